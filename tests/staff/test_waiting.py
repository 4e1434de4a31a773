"""What waits on the start page: one list, by deadline, in three states."""

from datetime import date

import pytest

from contributions.models import PaymentException
from staff import waiting
from staff.models import DutyKind
from staff.waiting import State, Waiting, desk_of
from tests import county as people

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _twentieth_of_march(settings):
    settings.PORTAL_TODAY = "2021-03-20"


@pytest.fixture
def things(settings, monkeypatch):
    """Make the start page show these things alone."""

    def show(*items):
        monkeypatch.setattr(waiting, "import_string", lambda _name: lambda _staff: items)
        settings.WAITING = ["one"]

    return show


def test_what_is_due_first_stands_first_and_what_somebody_has_in_hand_after_the_untouched(
    things, zhao
):
    things(
        Waiting("以后", 1, "/"),
        Waiting("有人办", 1, "/", state=State.HANDLED, who="孙经办"),
        Waiting("下周", 1, "/", due_on=date(2021, 3, 27)),
        Waiting("昨天", 1, "/", state=State.HANDLED, due_on=date(2021, 3, 19)),
        Waiting("没有", 0, "/", due_on=date(2021, 3, 1)),
    )

    to_do = desk_of(zhao).to_do

    assert [one.title for one in to_do] == ["昨天", "下周", "以后", "有人办"]


def test_what_is_done_and_what_is_only_begun_stand_apart(things, client, zhao):
    things(
        Waiting("缴费异常", 3, "/a", "笔", due_on=date(2021, 3, 18)),
        Waiting("今天处理的异常", 5, "/b", "笔", State.DONE),
        Waiting("参保登记", 1, "/c", "份", State.DRAFT),
    )
    client.force_login(zhao)

    page = client.get("/")

    desk = page.context["desk"]
    assert [[one.title for one in part] for part in desk] == [
        ["缴费异常"],
        ["今天处理的异常"],
        ["参保登记"],
    ]
    assert "过期 2 天" in page.content.decode()


def test_exceptions_wait_for_the_town_they_are_in_and_for_no_other(zhao, sun, mei, gui_lan):
    people.policy()
    people.posts_by_itself()
    people.process(people.payment_row(gui_lan, name="张桂花"), by=mei)
    assert PaymentException.objects.visible_to(zhao).open().count() == 1

    assert ("缴费异常", 1) in [(one.title, one.count) for one in desk_of(zhao).to_do]
    assert desk_of(sun).to_do == []


def test_a_file_waits_for_the_approver_and_is_in_hand_for_who_uploaded_it(county, mei, gui_lan):
    people.policy()
    approver = county.staff("方审批", DutyKind.COUNTY_APPROVER)
    people.process(people.payment_row(gui_lan), by=mei)

    def said_to(person):
        return [(one.title, one.state, one.who) for one in desk_of(person).to_do]

    assert ("缴费文件待批准入账", State.UNTOUCHED, "") in said_to(approver)
    assert ("缴费文件待批准入账", State.HANDLED, "县级审批") in said_to(mei)
