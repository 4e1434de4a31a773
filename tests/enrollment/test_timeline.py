"""Everything that happened to one person, from every app, in one list."""

import uuid
from datetime import date

import pytest
from django.urls import reverse

from contributions.chasing import note_contact
from enrollment.timeline import timeline_of
from oversight.notice_wall import post_sheet
from tests import county as sample
from tests.county import EAST_BAY, LI_VILLAGE
from tests.enrollment import casework
from tests.oversight.notices import drawn_up, hotline
from townships.models import Area


@pytest.fixture(autouse=True)
def _twentieth_of_march(settings):
    settings.PORTAL_TODAY = "2021-03-20"


@pytest.fixture
def lived(zhao, mei, gui_lan):
    """张桂兰 has paid, was called, stands on the wall, and is about to leave."""
    sample.policy()
    sample.posts_by_itself()
    sample.process(sample.payment_row(gui_lan, amount="300"), by=mei)
    note_contact(gui_lan, scheme_id=1, year=2021, outcome="away", client_key=uuid.uuid4(), by=zhao)
    hotline(EAST_BAY)
    sheet = drawn_up(Area.objects.get(pk=EAST_BAY), by=zhao).sheets.get(village_code=LI_VILLAGE)
    post_sheet(sheet, day=date(2021, 3, 20), by=zhao)
    casework.submitted("change", gui_lan, {"name": "张桂蓝"}, by=zhao)
    return gui_lan


def test_a_clerk_sees_registry_payments_contacts_cases_and_notices_in_one_order(lived, zhao):
    found = timeline_of(lived, zhao)

    assert {str(one.kind) for one in found} == {"参保", "缴费", "联系", "业务办理", "公示"}
    assert [one.day for one in found] == sorted((one.day for one in found), reverse=True)
    payment = next(one for one in found if str(one.kind) == "缴费")
    assert payment.words == "居民养老 2021 年 300.00 元 个人缴费"


def test_an_agent_gets_no_link_to_the_ledger(lived, county):
    hao = county.staff("郑好", county.DutyKind.VILLAGE_AGENT, LI_VILLAGE)

    assert [one.url for one in timeline_of(lived, hao) if str(one.kind) == "缴费"] == [""]


def test_the_page_shows_the_newest_and_folds_the_rest(lived, zhao, as_user):
    page = as_user(zhao).get(reverse("enrollment:resident_timeline", args=[lived.pk]))

    assert "300.00" in page.content.decode()
    assert page.content.decode().count("<li>") == len(timeline_of(lived, zhao))


def test_a_clerk_of_another_town_gets_nothing(lived, sun, as_user):
    page = as_user(sun).get(reverse("enrollment:resident_timeline", args=[lived.pk]))

    assert page.status_code == 404
