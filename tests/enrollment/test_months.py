"""A town sends its month up by the 10th, and says so also when there was nothing."""

from datetime import date

import pytest
from django.urls import reverse

from enrollment import monthly
from enrollment.errors import MonthNotOver, MonthReportedAlready
from enrollment.models import Case, MonthlyReport
from staff.waiting import desk_of
from tests import county as places
from tests.enrollment import casework

MARCH = date(2021, 3, 1)


@pytest.fixture(autouse=True)
def on_day(settings):
    """It is 1 March 2021, when everybody's duties begin, until a test says another day."""
    settings.PORTAL_TODAY = "2021-03-01"

    def is_today(day):
        settings.PORTAL_TODAY = day

    return is_today


def reviewed_in_march(person, by, kind="change", after=None):
    day = date(2021, 3, 20)
    made = casework.reviewed(kind, person, after or {"name": "张桂蓝"}, by=by, happened_on=day)
    Case.objects.filter(pk=made.pk).update(made_on=day, reviewed_on=day)
    return made


@pytest.mark.requirement("Y38")
@pytest.mark.parametrize(("day", "is_late"), [("2021-04-10", False), ("2021-04-11", True)])
def test_the_tenth_is_in_time_and_the_eleventh_is_late(county, zhao, on_day, day, is_late):
    on_day(day)

    report = monthly.send_month(places.EAST_BAY, MARCH, by=zhao)

    assert (report.due_on, report.is_late) == (date(2021, 4, 10), is_late)


@pytest.mark.requirement("Y38")
def test_a_month_goes_up_by_class(gui_lan, zhao, on_day):
    on_day("2021-04-05")
    reviewed_in_march(gui_lan, zhao)

    report = monthly.send_month(places.EAST_BAY, MARCH, by=zhao)

    assert report.counts == {"new": 0, "change": 1, "drawing": 0, "end": 0}
    assert report.cases.get().resident == gui_lan


@pytest.mark.requirement("A45")
def test_a_month_without_cases_is_a_nil_report(county, zhao, on_day):
    on_day("2021-04-05")

    assert monthly.send_month(places.EAST_BAY, MARCH, by=zhao).total == 0


def test_a_month_is_sent_once(county, zhao, on_day):
    on_day("2021-04-05")
    monthly.send_month(places.EAST_BAY, MARCH, by=zhao)

    with pytest.raises(MonthReportedAlready):
        monthly.send_month(places.EAST_BAY, MARCH, by=zhao)

    assert MonthlyReport.objects.count() == 1


def test_a_month_is_sent_when_it_is_over(county, zhao, on_day):
    on_day("2021-03-31")

    with pytest.raises(MonthNotOver):
        monthly.send_month(places.EAST_BAY, MARCH, by=zhao)

    assert not MonthlyReport.objects.exists()


def test_what_is_reviewed_later_goes_with_the_next_month(gui_lan, zhao, on_day):
    on_day("2021-05-02")
    made = reviewed_in_march(gui_lan, zhao)
    Case.objects.filter(pk=made.pk).update(reviewed_on=date(2021, 4, 1))

    march = monthly.send_month(places.EAST_BAY, MARCH, by=zhao)
    april = monthly.send_month(places.EAST_BAY, date(2021, 4, 1), by=zhao)

    assert (march.total, april.total) == (0, 1)


@pytest.mark.requirement("Y39")
def test_the_county_agrees_to_the_ticked_cases_but_looks_at_sensitive_ones(
    as_user, gui_lan, zhao, qian, on_day
):
    on_day("2021-04-05")
    plain = reviewed_in_march(gui_lan, zhao)
    grave = reviewed_in_march(
        places.enrolled("李四"), zhao, "death", {"life_status": "dead", "status_1": "terminated"}
    )
    report = monthly.send_month(places.EAST_BAY, MARCH, by=zhao)

    as_user(qian).post(
        reverse("enrollment:approve_several", args=[report.pk]), {"case": [plain.pk, grave.pk]}
    )

    assert (casework.state_of(plain), casework.state_of(grave)) == ("approved", "reviewed")


def test_the_page_says_who_is_late(as_user, county, zhao, lin, on_day):
    on_day("2021-04-11")
    monthly.send_month(places.EAST_BAY, MARCH, by=zhao)

    page = as_user(lin).get(reverse("enrollment:months"), {"month": "2021-03"}).content.decode()

    assert "迟报" in page
    assert "逾期未报" in page


def test_the_start_page_says_until_when_the_month_is_due(gui_lan, zhao, on_day):
    on_day("2021-04-05")
    reviewed_in_march(gui_lan, zhao)

    waiting = {str(one.title): one for one in desk_of(zhao).to_do}

    assert waiting["上月月报未上报"].due_on == date(2021, 4, 10)
