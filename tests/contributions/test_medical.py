"""Medical insurance goes through the machine of the pensions, where a county has switched it on."""

import io
from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse
from openpyxl import Workbook

from contributions.judging import strip_of
from contributions.models import PaidDay
from contributions.posting import reverse_feed
from contributions.receiving import receive_feed
from contributions.statements import fetch_statement
from enrollment.models import SpecialIdentity
from pension_portal.models import Job
from policies.errors import (
    MakerMayNotApproveSwitch,
    SchemeHasNoPolicy,
    SwitchStaysTheSame,
    SwitchWaitsAlready,
)
from policies.models import SchemeSwitch
from policies.switching import approve_switch, followed_schemes, propose_switch, reject_switch
from tests import faults
from tests.county import HEADER as HEADER_OF_A_FILE

pytestmark = pytest.mark.django_db
ITEM = "城乡居民基本医疗保险费"


@pytest.fixture
def ruled(county):
    """The county has policies of both kinds, medical insurance not switched on."""
    county.policy()
    county.medical_policy()
    county.posts_by_itself()
    return county


@pytest.fixture
def medical(ruled):
    """The county follows medical insurance of 2021."""
    ruled.switch_on()
    return ruled


def premium(county, person, **changes):
    """Return a row: this person pays 280 yuan of medical insurance for 2021 in November 2020."""
    return county.payment_row(
        person,
        **{
            "item": ITEM,
            "amount": "280",
            "paid_on": "2020-11-05",
            "treasury_on": "2020-11-06",
        }
        | changes,
    )


def insured(county, name="李四海", **fields):
    return county.enrolled(name, scheme=county.MEDICAL, **fields)


# --- The switch ---------------------------------------------------------------------------------


@pytest.mark.requirement("M01")
def test_one_person_proposes_a_scheme_and_another_agrees(ruled, mei, qian):
    switch = propose_switch(
        ruled.COUNTY, ruled.MEDICAL, 2021, is_on=True, why="按医保通知开办", by=mei
    )

    with pytest.raises(MakerMayNotApproveSwitch):
        approve_switch(switch, by=mei)
    assert ruled.MEDICAL not in followed_schemes(ruled.COUNTY)

    approve_switch(switch, by=qian)
    assert ruled.MEDICAL in followed_schemes(ruled.COUNTY)
    assert ruled.MEDICAL not in followed_schemes(ruled.NEIGHBOUR)


def test_what_was_sent_back_changes_nothing(ruled, mei, qian):
    switch = propose_switch(ruled.COUNTY, ruled.MEDICAL, 2021, is_on=True, why="试办", by=mei)

    reject_switch(switch, by=qian, reason="先发布政策")

    assert ruled.MEDICAL not in followed_schemes(ruled.COUNTY)


def test_a_switch_is_refused_without_policy_twice_or_to_no_effect(ruled, mei, qian):
    with pytest.raises(SchemeHasNoPolicy):
        propose_switch(ruled.COUNTY, ruled.MEDICAL, 2030, is_on=True, why="早", by=mei)
    with pytest.raises(SchemeHasNoPolicy):
        propose_switch(ruled.COUNTY, ruled.BASIC, 2021, is_on=True, why="养老不必", by=mei)
    with pytest.raises(SwitchStaysTheSame):
        propose_switch(ruled.COUNTY, ruled.MEDICAL, 2021, is_on=False, why="停", by=mei)
    propose_switch(ruled.COUNTY, ruled.MEDICAL, 2021, is_on=True, why="办", by=mei)
    with pytest.raises(SwitchWaitsAlready):
        propose_switch(ruled.COUNTY, ruled.MEDICAL, 2021, is_on=True, why="办", by=mei)

    assert SchemeSwitch.objects.count() == 1


def test_the_page_shows_proposes_and_agrees(ruled, mei, qian, as_user):
    page = as_user(mei).get(reverse("policies:schemes")).content.decode()
    assert "开办 2021 年居民医保" in page

    answer = as_user(mei).post(
        reverse("policies:propose_switch"), {"change": "3-2021-1", "why": "按医保通知开办"}
    )
    assert answer.status_code == 302
    switch = SchemeSwitch.objects.get()
    as_user(qian).post(reverse("policies:approve_switch", args=[switch.pk]))

    assert "已开办" in as_user(qian).get(reverse("policies:schemes")).content.decode()


# --- Judging and posting ------------------------------------------------------------------------


@pytest.mark.requirement("M01", "M14", "M19", "M26", "A61")
def test_a_workbook_with_medical_rows_posts_them_where_the_scheme_is_on(
    committed, worker, county, mei
):
    """Through the real worker; while it is off the same rows are set aside."""
    county.policy()
    county.medical_policy()
    county.posts_by_itself()
    payers = [insured(county, f"参保人{place}") for place in range(3)]
    pensioner = county.enrolled("张桂兰")
    rows = [premium(county, person) for person in payers] + [county.payment_row(pensioner)]

    off = _worked_on(county.upload(_workbook(rows), "明细.xlsx"), mei)
    assert strip_of(off)["set_aside"] == {"rows": 3, "amount": Decimal("840.00")}
    assert county.transfers(scheme_id=county.MEDICAL).count() == 0

    county.switch_on()
    again = [premium(county, person) for person in payers]
    _worked_on(county.upload(_workbook(again), "明细2.xlsx"), mei)
    posted = county.transfers(scheme_id=county.MEDICAL)
    assert [(t.year, t.amount, t.paid_on) for t in posted] == [
        (2021, Decimal("280.00"), date(2020, 11, 5))
    ] * 3
    assert county.transfers(scheme_id=county.BASIC).count() == 1
    assert county.balance() == 0


def _worked_on(upload, by):
    """Return a feed when the worker has done with it."""
    feed, _is_new = receive_feed(upload, year=2021, by=by)
    faults.wait_until_done(feed)
    return feed


def _workbook(rows):
    book = Workbook()
    sheet = book.active
    for line in [HEADER_OF_A_FILE, *rows]:
        sheet.append(line.split(","))
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


@pytest.mark.requirement("M19")
def test_the_year_comes_from_the_row_in_a_file_of_the_year_before(medical, mei):
    """In the autumn of 2020 the export of 2020 holds pensions of 2020 and premiums of 2021."""
    medical.policy(year=2020)
    person = insured(medical)
    pensioner = medical.enrolled("张桂兰")
    rows = [
        premium(medical, person),
        medical.payment_row(pensioner, year="2020", paid_on="2020-11-05"),
        medical.payment_row(medical.enrolled("王五"), year="2021", paid_on="2020-11-05"),
    ]

    feed = medical.process(*rows, by=mei, year=2020)

    assert medical.verdicts(feed) == ["", "", "E07"]
    [transfer] = medical.transfers(scheme_id=medical.MEDICAL)
    assert (transfer.year, transfer.paid_on) == (2021, date(2020, 11, 5))
    # Counted in its own year.
    days = PaidDay.objects.filter(scheme_id=medical.MEDICAL, area_code=medical.COUNTY)
    assert list(days.values_list("year", "people", "amount")) == [(2021, 1, Decimal("280.00"))]
    assert medical.balance() == 0


@pytest.mark.requirement("M19")
def test_a_second_payment_of_the_year_to_come_is_held(medical, mei):
    person = insured(medical)
    medical.policy(year=2020)
    medical.process(premium(medical, person), by=mei, year=2020)

    in_the_same_file_year = medical.process(premium(medical, person), by=mei, year=2020, name="2")
    in_its_own = medical.process(premium(medical, person), by=mei, name="3.csv")

    assert medical.verdicts(in_the_same_file_year) == ["E06"]
    assert medical.verdicts(in_its_own) == ["E06"]
    assert medical.transfers(scheme_id=medical.MEDICAL).count() == 1


@pytest.mark.requirement("M01")
def test_a_year_that_is_not_switched_on_is_set_aside(medical, mei):
    person = insured(medical)
    rows = [premium(medical, person, year="2020"), premium(medical, person, year="2022")]

    assert medical.verdicts(medical.process(*rows, by=mei)) == ["S01", "S01"]


@pytest.mark.requirement("M14", "M47")
@pytest.mark.parametrize("amount", ["30", "250", "200", "300", "560"])
def test_only_280_is_the_premium_of_somebody_without_identity(medical, mei, amount):
    row = premium(medical, insured(medical), amount=amount)

    assert medical.verdicts(medical.process(row, by=mei)) == ["E05"]


@pytest.mark.requirement("M16")
def test_thirty_yuan_are_the_whole_share_of_who_is_poor_in_the_year(medical, mei):
    poor, before, stranger = (insured(medical, name) for name in ("赵一", "钱二", "孙三"))
    medical.identity(poor)
    medical.identity(before, until=date(2020, 12, 31))

    feed = medical.process(
        *(premium(medical, person, amount="30") for person in (poor, before, stranger)), by=mei
    )

    assert medical.verdicts(feed) == ["", "E05", "E05"]
    [transfer] = medical.transfers(scheme_id=medical.MEDICAL)
    assert (transfer.resident_id, transfer.amount) == (poor.pk, Decimal("30.00"))


@pytest.mark.requirement("M18")
def test_who_is_wholly_paid_for_has_no_share_of_thirty(medical, mei):
    """低保 and 特困 at once: the highest aid is 280, and nothing is left to pay."""
    person = insured(medical)
    medical.identity(person)
    medical.identity(person, SpecialIdentity.Kind.DESTITUTE)

    feed = medical.process(premium(medical, person, amount="30"), by=mei)

    assert medical.verdicts(feed) == ["E05"]


@pytest.mark.requirement("X20", "M04", "M05")
@pytest.mark.parametrize("born_on", [date(2020, 10, 1), date(2012, 5, 6), date(1939, 1, 1)])
def test_no_age_is_too_young_or_too_old(medical, mei, born_on):
    person = insured(medical, born_on=born_on)

    assert medical.verdicts(medical.process(premium(medical, person), by=mei)) == [""]


@pytest.mark.requirement("M07", "X20")
@pytest.mark.parametrize(
    ("cover", "verdict"), [("medical", "E10"), ("student", ""), ("employees", ""), ("", "")]
)
def test_employees_medical_insurance_is_the_same_insurance_twice(medical, mei, cover, verdict):
    person = insured(medical, other_cover=cover)

    assert medical.verdicts(medical.process(premium(medical, person), by=mei)) == [verdict]


def test_employees_medical_insurance_is_no_bar_to_the_pension(medical, mei):
    person = medical.enrolled("张桂兰", other_cover="medical")

    assert medical.verdicts(medical.process(medical.payment_row(person), by=mei)) == [""]


def test_who_is_enrolled_for_a_pension_only_is_not_insured(medical, mei, gui_lan):
    assert medical.verdicts(medical.process(premium(medical, gui_lan), by=mei)) == ["E03"]


@pytest.mark.requirement("Y77")
def test_pension_and_premium_stand_in_separate_books(medical, mei):
    person = medical.enrolled("张桂兰")
    medical.enrol(person, medical.MEDICAL)

    feed = medical.process(premium(medical, person), medical.payment_row(person), by=mei)

    assert medical.verdicts(feed) == ["", ""]
    totals = {
        one.scheme_id: one.amount
        for one in PaidDay.objects.filter(area_code=medical.COUNTY, source="own")
    }
    assert totals == {medical.BASIC: Decimal("300.00"), medical.MEDICAL: Decimal("280.00")}
    assert medical.balance() == 0
    reverse_feed(feed, by=mei, reason="文件传错")
    assert medical.balance_of_the_books(medical.COUNTY) == {"payer": 0, "personal": 0}


@pytest.mark.requirement("M23")
def test_who_pays_where_they_live_is_booked_where_they_are_insured(medical, mei):
    """Paid in 西岭镇, insured in 东湾镇: held for somebody to look, then posted at home."""
    person = insured(medical)
    feed = medical.process(premium(medical, person, town="西岭镇"), by=mei)

    assert medical.verdicts(feed) == ["E11"]


def test_an_export_takes_as_many_statements_with_premiums_as_without(
    medical, mei, django_assert_num_queries
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from contributions.judging import ask_questions

    plain = medical.process(medical.payment_row(medical.enrolled("张三")), by=mei, name="1.csv")
    mixed = medical.process(
        *(premium(medical, insured(medical, f"李{place}")) for place in range(20)),
        by=mei,
        name="2.csv",
    )
    with CaptureQueriesContext(connection) as asked:
        ask_questions(plain)

    with django_assert_num_queries(len(asked)):
        ask_questions(mixed)


@pytest.mark.parametrize("job_state", [Job.State.DONE])
def test_the_snapshot_of_the_year_to_come_is_written_too(medical, mei, job_state):
    from oversight.models import ProgressSnapshot

    medical.policy(year=2020)
    feed = medical.process(premium(medical, insured(medical)), by=mei, year=2020)

    assert feed.job.state == job_state
    county = ProgressSnapshot.objects.get(
        scheme_id=medical.MEDICAL, year=2021, area_code=medical.COUNTY
    )
    assert (county.people, county.amount) == (1, Decimal("280.00"))


# --- On time or late ----------------------------------------------------------------------------


def outside(feed):
    values = {"county_code": feed.county_code, "year": feed.year, "feed_id": feed.pk}
    return fetch_statement("rows_outside_window", values)[0]["count"]


@pytest.mark.requirement("M19", "M20")
@pytest.mark.parametrize(
    ("day", "who", "late"),
    [
        ("2020-09-01", "", 0),
        ("2020-12-31", "", 0),
        ("2020-08-31", "", 1),
        ("2021-01-01", "", 1),
        ("2021-02-28", SpecialIdentity.Kind.RETURNING_WORKER, 0),
        ("2021-03-01", SpecialIdentity.Kind.RETURNING_WORKER, 1),
        ("2021-02-28", SpecialIdentity.Kind.LOW_INCOME, 1),
    ],
)
def test_returning_workers_may_pay_until_the_end_of_february(medical, mei, day, who, late):
    person = insured(medical)
    if who:
        medical.identity(person, who)

    feed = medical.process(premium(medical, person, paid_on=day), by=mei)

    assert outside(feed) == late


@pytest.mark.requirement("M42")
@pytest.mark.parametrize(
    ("since", "late"), [(date(2021, 6, 1), 0), (date(2020, 1, 1), 1), (date(2019, 6, 1), 1)]
)
def test_who_became_poor_within_the_year_may_pay_at_any_time(medical, mei, since, late):
    person = insured(medical)
    held = medical.identity(person, SpecialIdentity.Kind.REGISTERED_POOR)
    SpecialIdentity.objects.filter(pk=held.pk).update(valid_from=since)

    feed = medical.process(premium(medical, person, amount="30", paid_on="2021-08-15"), by=mei)

    assert medical.verdicts(feed) == [""]
    assert outside(feed) == late


@pytest.mark.requirement("M05")
@pytest.mark.parametrize(("day", "late"), [("2021-07-05", 0), ("2021-07-06", 1)])
def test_a_newborn_is_paid_for_within_three_months(medical, mei, day, late):
    person = insured(medical, born_on=date(2021, 4, 5))

    feed = medical.process(premium(medical, person, paid_on=day), by=mei)

    assert medical.verdicts(feed) == [""]
    assert outside(feed) == late


@pytest.mark.requirement("M05")
def test_a_newborn_known_by_its_certificate_is_found_by_it(medical, mei):
    person = insured(medical, "张新生", born_on=date(2020, 11, 5))
    person.take_id_number("R340123456", person.born_on, person.sex)
    person.save()

    others = [premium(medical, insured(medical, f"居民{place}")) for place in range(9)]
    stranger = premium(medical, person, id="R340999999")

    feed = medical.process(*others, premium(medical, person), stranger, by=mei)

    assert medical.verdicts(feed) == [*[""] * 10, "E01"]
