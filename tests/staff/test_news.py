"""The bell: what came of what somebody began, and which columns they leave out."""

from django.apps import apps
from django.db import connection, models
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from staff.approving import return_to_maker
from staff.models import Approvable
from staff.news import count_news, look_at_news, news_of
from staff.trail import SUBJECT_PAGES
from tests import county as sample
from tests.enrollment import casework


def test_a_returned_case_and_a_posted_file_are_news_to_whoever_began_them(zhao, mei, gui_lan):
    sample.policy()
    sample.posts_by_itself()
    sample.process(sample.payment_row(gui_lan, amount="300"), by=mei)
    made = casework.submitted("change", gui_lan, {"name": "张桂蓝"}, by=zhao)
    return_to_maker(made, by=casework.reviewer(), reason="照片看不清")

    assert [(one.what, one.state) for one in news_of(mei)] == [("税务文件", "已完成")]
    (returned,) = news_of(zhao)
    assert (returned.state, returned.detail) == ("退回", "韩复核：照片看不清")
    assert returned.url == reverse("enrollment:case", args=[made.pk])


def test_the_bell_counts_what_came_since_the_last_look(mei, gui_lan):
    sample.policy()
    sample.posts_by_itself()
    sample.process(sample.payment_row(gui_lan, amount="300"), by=mei)
    assert count_news(mei) == 1

    look_at_news(mei)

    assert (count_news(mei), len(news_of(mei))) == (0, 1)


def test_nobody_hears_of_what_others_began(zhao, sun, gui_lan):
    made = casework.submitted("change", gui_lan, {"name": "张桂蓝"}, by=zhao)
    return_to_maker(made, by=casework.reviewer(), reason="照片看不清")

    assert (count_news(sun), news_of(sun)) == (0, [])


def test_whatever_is_agreed_to_has_a_name_and_a_page():
    things = [
        one
        for one in apps.get_models()
        if issubclass(one, Approvable) and not one.__module__.startswith("tests")
    ]

    assert [one for one in things if one.__str__ is models.Model.__str__] == []
    assert {one._meta.model_name for one in things} <= SUBJECT_PAGES.keys()


def test_the_digest_takes_the_same_statements_for_one_thing_and_for_three(zhao, gui_lan):
    reviewer = casework.reviewer()

    def sent_back(person):
        made = casework.submitted("change", person, {"name": "张桂蓝"}, by=zhao)
        return_to_maker(made, by=reviewer, reason="照片看不清")

    def statements():
        with CaptureQueriesContext(connection) as seen:
            news_of(zhao)
        return len(seen)

    sent_back(gui_lan)
    statements()
    one = statements()
    sent_back(sample.enrolled("李四海"))
    sent_back(sample.enrolled("王五"))

    assert (statements(), len(news_of(zhao))) == (one, 3)


def test_hidden_columns_are_kept_with_the_account(zhao, sun, client):
    client.force_login(zhao)
    client.post(reverse("staff:hide_columns"), {"table": "people", "hidden": "3,5,x,99"})

    zhao.refresh_from_db()
    sun.refresh_from_db()
    assert (zhao.hidden_columns, sun.hidden_columns) == ({"people": [3, 5]}, {})


def test_a_name_that_no_table_has_is_not_kept(zhao, client):
    client.force_login(zhao)
    client.post(reverse("staff:hide_columns"), {"table": "../x", "hidden": "3"})

    zhao.refresh_from_db()
    assert zhao.hidden_columns == {}
