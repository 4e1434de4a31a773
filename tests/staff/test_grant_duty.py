from datetime import date, timedelta

import pytest

from staff.granting import (
    AccountIsClosed,
    AreaNoLongerInForce,
    DutyAlreadyOver,
    DutyHasEnded,
    DutyLevelMismatch,
    DutyStillInForce,
    DutyTooLong,
    GrantToOneself,
    GroupsMustStayApart,
    NotYourself,
    OutsideYourArea,
    close_account,
    end_duty,
    grant_duty,
    latest_expiry,
    open_account,
    reopen_account,
    reset_password,
)
from staff.models import SYSTEM_DUTIES, AuditEntry, Duty, DutyKind, Staff
from townships.models import Area

pytestmark = pytest.mark.django_db

TODAY = date(2021, 3, 20)
IN_A_YEAR = date(2022, 3, 19)


@pytest.fixture(autouse=True)
def that_day(settings):
    settings.PORTAL_TODAY = TODAY.isoformat()


@pytest.fixture
def anquan(county):
    """An grants duties for the county."""
    return county.staff("安全", "security_admin")


@pytest.fixture
def newcomer(anquan):
    staff, _password = open_account("newcomer", "何新", phone="15400000009", by=anquan)
    return staff


def area(code):
    return Area.objects.get(pk=code)


def grant(staff, by, kind="town_clerk", code="990100101", until=IN_A_YEAR):
    return grant_duty(staff, kind, area(code), until, by=by)


def test_a_granted_duty_counts_from_today_through_its_last_day(newcomer, anquan):
    duty = grant(newcomer, anquan)

    assert (duty.starts_on, duty.expires_on, duty.granted_by) == (TODAY, IN_A_YEAR, anquan)
    assert Duty.objects.in_force_on(IN_A_YEAR).filter(pk=duty.pk).exists()
    assert not Duty.objects.in_force_on(IN_A_YEAR + timedelta(days=1)).exists()
    entry = AuditEntry.objects.get(action="grant_duty")
    assert (entry.staff, entry.subject, entry.detail["kind"]) == (
        anquan,
        f"staff:{newcomer.pk}",
        "town_clerk",
    )


def test_nobody_grants_a_duty_to_themselves(anquan, county):
    end_duty(anquan.duty, by=anquan)

    with pytest.raises(GrantToOneself):
        grant(anquan, anquan, "leader", county.COUNTY)

    assert Duty.objects.in_force_on(TODAY).count() == 0


@pytest.mark.parametrize("day", [IN_A_YEAR + timedelta(days=1), date(2023, 1, 1)])
def test_a_duty_lasts_twelve_months_at_most(newcomer, anquan, day):
    with pytest.raises(DutyTooLong, match="2022-03-19"):
        grant(newcomer, anquan, until=day)

    assert not newcomer.duties.exists()


def test_twelve_months_from_a_leap_day_end_on_the_last_of_february():
    assert latest_expiry(date(2024, 2, 29)) == date(2025, 2, 28)
    assert latest_expiry(date(2021, 3, 1)) == date(2022, 2, 28)


def test_a_duty_may_end_today_but_not_yesterday(newcomer, anquan):
    with pytest.raises(DutyAlreadyOver):
        grant(newcomer, anquan, until=TODAY - timedelta(days=1))

    assert grant(newcomer, anquan, until=TODAY).expires_on == TODAY


@pytest.mark.parametrize("kind", DutyKind.values)
@pytest.mark.parametrize("code", ["990100", "990100101", "990100101201"])
def test_the_area_of_a_duty_is_of_the_level_of_its_work(newcomer, anquan, kind, code):
    digits = {"village_agent": 12, "town_clerk": 9, "town_reviewer": 9}.get(kind, 6)

    # Another system may be shown a town or a village alone.
    if len(code) == digits or kind in SYSTEM_DUTIES:
        assert grant(newcomer, anquan, kind, code).area_id == code
    else:
        with pytest.raises(DutyLevelMismatch):
            grant(newcomer, anquan, kind, code)


def test_duties_are_granted_inside_ones_own_area(newcomer, anquan):
    with pytest.raises(OutsideYourArea):
        grant(newcomer, anquan, "town_clerk", "990200101")


def test_no_duty_is_granted_in_a_town_that_has_ended(newcomer, anquan, county):
    Area.objects.filter(pk=county.WEST_RIDGE).update(valid_to=TODAY - timedelta(days=1))

    with pytest.raises(AreaNoLongerInForce):
        grant(newcomer, anquan, code=county.WEST_RIDGE)


def test_one_person_has_one_duty_at_a_time(newcomer, anquan, county):
    first = grant(newcomer, anquan)

    with pytest.raises(DutyStillInForce, match="先结束现有岗位"):
        grant(newcomer, anquan, "finance", county.COUNTY)

    end_duty(first, by=anquan)
    assert grant(newcomer, anquan, "finance", county.COUNTY).kind == "finance"


def test_the_same_duty_is_renewed_without_a_gap(newcomer, anquan):
    first = grant(newcomer, anquan, until=TODAY + timedelta(days=10))

    renewed = grant(newcomer, anquan)

    first.refresh_from_db()
    assert (first.ended_on, renewed.expires_on) == (TODAY, IN_A_YEAR)
    assert Staff.objects.get(pk=newcomer.pk).duty == renewed


def test_an_expired_duty_gives_way(newcomer, anquan, county, settings):
    first = grant(newcomer, anquan, until=TODAY)
    settings.PORTAL_TODAY = "2021-03-25"

    grant(newcomer, anquan, "finance", county.COUNTY)

    first.refresh_from_db()
    assert first.ended_on == TODAY


@pytest.mark.parametrize(
    ("held", "wanted"),
    [
        ("county_officer", "finance"),
        ("finance", "county_approver"),
        ("data_admin", "county_officer"),
        ("auditor", "finance"),
        ("security_admin", "system_admin"),
        ("system_admin", "auditor"),
    ],
)
def test_groups_that_must_stay_apart_never_meet_in_one_person(
    newcomer, anquan, county, held, wanted
):
    second, _password = open_account("newcomer2", "何新", phone=newcomer.phone, by=anquan)
    grant(newcomer, anquan, held, county.COUNTY)

    with pytest.raises(GroupsMustStayApart, match="newcomer"):
        grant(second, anquan, wanted, county.COUNTY)

    assert not second.duties.exists()


def test_other_people_may_work_in_other_groups(newcomer, anquan, county):
    second, _password = open_account("newcomer2", "于财", phone="15400000010", by=anquan)
    grant(newcomer, anquan, "county_officer", county.COUNTY)

    assert grant(second, anquan, "finance", county.COUNTY).kind == "finance"


def test_an_ended_duty_is_over_at_once_and_ends_once(newcomer, anquan):
    duty = grant(newcomer, anquan)

    end_duty(duty, by=anquan, reason="调离")

    assert Staff.objects.get(pk=newcomer.pk).duty is None
    assert AuditEntry.objects.get(action="end_duty").reason == "调离"
    with pytest.raises(DutyHasEnded):
        end_duty(duty, by=anquan)


def test_a_new_account_has_a_temporary_password_and_belongs_to_the_county(anquan, county):
    staff, password = open_account("hexin", "何新", by=anquan)

    assert (len(password), staff.check_password(password)) == (16, True)
    assert staff.must_change_password
    assert staff in Staff.objects.visible_to(anquan)
    elsewhere = county.staff("邻安", "security_admin", county.NEIGHBOUR)
    assert staff not in Staff.objects.visible_to(elsewhere)
    assert password not in str(list(AuditEntry.objects.values()))


def test_a_reset_password_replaces_the_old_one(newcomer, anquan):
    newcomer.set_password("a long enough word")

    password = reset_password(newcomer, by=anquan)

    newcomer.refresh_from_db()
    assert newcomer.check_password(password)
    assert newcomer.has_temporary_password


def test_a_closed_account_gets_no_duty_until_it_is_opened_again(newcomer, anquan):
    close_account(newcomer, by=anquan)
    with pytest.raises(AccountIsClosed):
        grant(newcomer, anquan)

    reopen_account(newcomer, by=anquan)
    assert grant(newcomer, anquan).staff == newcomer


def test_nobody_closes_or_resets_their_own_account(anquan):
    with pytest.raises(NotYourself):
        close_account(anquan, by=anquan)
    with pytest.raises(NotYourself):
        reset_password(anquan, by=anquan)
