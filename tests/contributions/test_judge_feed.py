"""Each row of an export gets one verdict, by questions asked in a fixed order."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contributions.judging import strip_of
from contributions.models import PaymentException
from enrollment.models import Resident
from pension_portal.models import Job

pytestmark = pytest.mark.django_db


@pytest.fixture
def open_county(county):
    """The county has its policies and posts what is clean by itself."""
    county.policy()
    county.policy(county.SUPPLEMENTARY, tiers=(200, 500), proxy_tier=None)
    county.posts_by_itself()
    return county


def judged(county, *rows, by):
    return county.verdicts(county.process(*rows, by=by))


def test_a_clean_payment_is_posted(open_county, mei, gui_lan):
    feed = open_county.process(open_county.payment_row(gui_lan), by=mei)

    assert feed.job.state == Job.State.DONE, feed.job.message
    assert open_county.verdicts(feed) == [""]
    [transfer] = open_county.transfers()
    assert (transfer.amount, transfer.tier_amount) == (Decimal("300.00"), Decimal("300.00"))
    assert (transfer.from_account, transfer.to_account) == ("payer", "personal")
    assert (transfer.people, transfer.paid_on) == (1, date(2021, 3, 5))
    assert open_county.balance() == 0


@pytest.mark.requirement("A61", "M26", "Y77")
def test_a_medical_row_is_set_aside_and_counted(open_county, mei, gui_lan):
    row = open_county.payment_row(gui_lan, item="城乡居民基本医疗保险费", amount="280")

    feed = open_county.process(row, by=mei)

    assert open_county.verdicts(feed) == ["S01"]
    assert strip_of(feed)["set_aside"] == {"rows": 1, "amount": Decimal("280.00")}


@pytest.mark.parametrize(
    ("state", "verdict"),
    [
        ("01", "S02"),
        ("02", "S02"),
        ("09", "S02"),
        ("03", "S03"),
        ("04", ""),
        ("", ""),
        ("已入库", ""),
    ],
)
def test_only_what_has_reached_the_treasury_counts_as_arrived(
    open_county, mei, gui_lan, state, verdict
):
    row = open_county.payment_row(gui_lan, state=state)

    assert judged(open_county, row, by=mei) == [verdict]


@pytest.mark.requirement("A51")
@pytest.mark.parametrize(
    "number", ["", "99010119750302001", "990101197503020011", "9.90101E+17", "990101197513020019"]
)
def test_an_id_number_that_cannot_be_anyones_is_held(open_county, mei, gui_lan, number):
    others = [open_county.payment_row(open_county.enrolled(f"居民{n}")) for n in range(9)]
    row = open_county.payment_row(gui_lan, id=number)

    assert judged(open_county, *others, row, by=mei) == [""] * 9 + ["E01"]


@pytest.mark.parametrize("amount", ["", "0", "三百", "0.00"])
def test_an_amount_that_cannot_be_read_is_held(open_county, mei, gui_lan, amount):
    assert judged(open_county, open_county.payment_row(gui_lan, amount=amount), by=mei) == ["E05"]


def test_a_year_that_cannot_be_read_is_held(open_county, mei, gui_lan):
    assert judged(open_county, open_county.payment_row(gui_lan, year="今年"), by=mei) == ["E07"]


def test_the_same_row_twice_in_one_file_is_posted_once(open_county, mei, gui_lan):
    row = open_county.payment_row(gui_lan)

    feed = open_county.process(row, row, by=mei)

    assert open_county.verdicts(feed) == ["", "E18"]
    assert open_county.transfers().count() == 1


def test_an_overlapping_file_adds_only_what_is_new(open_county, mei, gui_lan):
    other = open_county.enrolled("李四海")
    first, second = open_county.payment_row(gui_lan), open_county.payment_row(other)
    open_county.process(first, by=mei)

    feed = open_county.process(first, second, by=mei, name="重叠.csv")

    assert open_county.verdicts(feed) == ["E18", ""]
    assert open_county.transfers().count() == 2


@pytest.mark.requirement("A29")
@pytest.mark.parametrize("item", ["", "社会保险费", "城乡居民养老保险费"])
def test_an_item_that_does_not_name_its_scheme_is_held(open_county, mei, gui_lan, item):
    row = open_county.payment_row(gui_lan, item=item, amount="200")

    assert judged(open_county, row, by=mei) == ["E15"]


@pytest.mark.requirement("A29", "A01")
def test_the_same_sum_goes_to_the_scheme_that_its_item_names(open_county, mei, gui_lan):
    open_county.enrol(gui_lan, open_county.SUPPLEMENTARY)
    rows = [
        open_county.payment_row(gui_lan, amount="200"),
        open_county.payment_row(gui_lan, amount="200", item="城乡居民补充养老保险费"),
    ]

    open_county.process(*rows, by=mei)

    assert sorted(open_county.transfers().values_list("scheme_id", "amount")) == [
        (1, Decimal("200.00")),
        (2, Decimal("200.00")),
    ]


def test_somebody_nobody_knows_is_held_as_not_registered(open_county, mei):
    stranger = Resident(
        name="陌生人", id_number=open_county.id_number(), village_code="990100101201"
    )

    assert judged(open_county, open_county.payment_row(stranger), by=mei) == ["E03"]


def test_somebody_of_another_county_is_held_as_such(open_county, mei):
    neighbour = open_county.resident("邻居", "990200101201")

    assert judged(open_county, open_county.payment_row(neighbour, town="东湾镇"), by=mei) == ["E04"]


@pytest.mark.requirement("A07")
def test_a_scheme_that_was_not_joined_is_held_as_not_registered(open_county, mei, gui_lan):
    row = open_county.payment_row(gui_lan, item="城乡居民补充养老保险费", amount="200")

    assert judged(open_county, row, by=mei) == ["E03"]


@pytest.mark.requirement("A23")
def test_another_name_on_the_same_number_is_held(open_county, mei, gui_lan):
    assert judged(open_county, open_county.payment_row(gui_lan, name="张桂花"), by=mei) == ["E02"]


@pytest.mark.parametrize(
    ("registered", "written"),
    [("买买提·艾力", "买买提•艾力"), ("张桂兰", "张　桂兰 "), ("李升", "李昇")],
)
def test_a_name_written_another_way_is_the_same_name(open_county, mei, registered, written):
    person = open_county.enrolled(registered, name_key=registered.replace("·", ""))

    assert judged(open_county, open_county.payment_row(person, name=written), by=mei) == [""]


@pytest.mark.parametrize(
    ("change", "verdict"),
    [
        ({"life_status": "dead"}, "E09"),
        ({"life_status": "moved"}, "E09"),
        ({"other_cover": "employees"}, "E10"),
        ({"other_cover": "civil_service"}, "E10"),
        ({"other_cover": "student"}, ""),
    ],
)
@pytest.mark.requirement("A05", "A06")
def test_somebody_who_may_not_pay_is_held(open_county, mei, change, verdict):
    person = open_county.enrolled("王五", **change)

    assert judged(open_county, open_county.payment_row(person), by=mei) == [verdict]


@pytest.mark.parametrize(
    ("status", "verdict"), [("drawing", "E09"), ("terminated", "E09"), ("suspended", "")]
)
def test_an_enrolment_that_has_ended_is_held(open_county, mei, status, verdict):
    person = open_county.resident("王五")
    open_county.enrol(person, status=status)

    assert judged(open_county, open_county.payment_row(person), by=mei) == [verdict]


@pytest.mark.requirement("A03")
@pytest.mark.parametrize(
    ("born_on", "verdict"),
    [
        (date(2005, 3, 5), ""),
        (date(2005, 3, 6), "E09"),
        (date(1961, 3, 6), ""),
        (date(1961, 3, 5), "E09"),
    ],
)
def test_one_pays_from_the_16th_birthday_until_the_day_before_the_60th(
    open_county, mei, born_on, verdict
):
    person = open_county.enrolled("王五", born_on=born_on)

    assert judged(open_county, open_county.payment_row(person, paid_on="2021-03-05"), by=mei) == [
        verdict
    ]


@pytest.mark.requirement("A26", "A30", "A24")
@pytest.mark.parametrize(
    ("change", "verdict"),
    [
        ({"year": "2020"}, "E07"),
        ({"year": "2022"}, "E07"),
        ({"type": "31"}, "E07"),
        ({"year": "2020", "type": "补缴"}, "E07"),
    ],
)
def test_a_back_payment_that_nobody_determined_is_held(open_county, mei, gui_lan, change, verdict):
    assert judged(open_county, open_county.payment_row(gui_lan, **change), by=mei) == [verdict]


@pytest.mark.requirement("A27")
@pytest.mark.parametrize(
    ("change", "verdict"),
    [
        ({"year": "2020", "amount": "500", "determination_no": "HD0001"}, ""),
        ({"year": "2020", "amount": "500"}, ""),
        ({"year": "2020", "amount": "300", "determination_no": "HD0001"}, "E08"),
        ({"year": "2019", "amount": "500", "determination_no": "HD0001"}, "E08"),
        ({"year": "2020", "amount": "500", "determination_no": "HD9999"}, "E07"),
    ],
)
def test_a_back_payment_must_be_what_was_determined(open_county, mei, gui_lan, change, verdict):
    open_county.determination(gui_lan, [2020], 500)

    assert judged(open_county, open_county.payment_row(gui_lan, type="31", **change), by=mei) == [
        verdict
    ]


def test_somebody_past_60_may_pay_what_was_determined(open_county, mei):
    person = open_county.enrolled("老王", born_on=date(1960, 1, 1))
    open_county.determination(person, [2020], 500)
    row = open_county.payment_row(person, type="33", year="2020", amount="500")

    assert judged(open_county, row, by=mei) == [""]


@pytest.mark.parametrize(
    "change",
    [{"other_cover": Resident.OtherCover.EMPLOYEES}, {}],
    ids=["covered elsewhere", "for a year to come"],
)
def test_past_60_the_missing_determination_is_the_first_thing_in_the_way(open_county, mei, change):
    person = open_county.enrolled("老人", born_on=date(1960, 3, 2), **change)
    row = open_county.payment_row(person, type="33", year="2020" if change else "2022")

    assert judged(open_county, row, by=mei) == ["E09"]


@pytest.mark.requirement("A17", "M47")
@pytest.mark.parametrize(("amount", "verdict"), [("350", "E05"), ("300.5", "E05"), ("500", "")])
def test_a_sum_that_is_no_tier_is_held(open_county, mei, gui_lan, amount, verdict):
    assert judged(open_county, open_county.payment_row(gui_lan, amount=amount), by=mei) == [verdict]


@pytest.mark.requirement("Y15", "X13")
@pytest.mark.parametrize(
    ("identity", "verdict"),
    [
        (None, "E16"),
        ({"kind": "low_income"}, ""),
        ({"kind": "disabled", "grade": 2}, ""),
        ({"kind": "disabled", "grade": 3}, "E16"),
        ({"kind": "low_income", "until": date(2020, 12, 31)}, "E17"),
        ({"kind": "low_income", "until": date(2021, 1, 1)}, ""),
    ],
)
def test_the_proxy_tier_needs_an_identity_that_holds_in_the_year(
    open_county, mei, gui_lan, identity, verdict
):
    if identity:
        open_county.identity(gui_lan, **identity)

    assert judged(open_county, open_county.payment_row(gui_lan, amount="100"), by=mei) == [verdict]


@pytest.mark.parametrize(
    ("town", "verdict"), [("东湾镇", ""), ("", ""), ("西岭镇", "E11"), ("税务某分局", "E11")]
)
def test_a_payment_booked_in_another_town_is_held(open_county, mei, gui_lan, town, verdict):
    assert judged(open_county, open_county.payment_row(gui_lan, town=town), by=mei) == [verdict]


def test_an_alias_names_the_town_as_the_tax_bureau_does(open_county, mei, gui_lan):
    from townships.models import AreaAlias

    AreaAlias.objects.create(
        county_code="990100", source="tax", text="税务东湾分局", area_id=open_county.EAST_BAY
    )

    assert judged(open_county, open_county.payment_row(gui_lan, town="税务东湾分局"), by=mei) == [
        ""
    ]


@pytest.mark.requirement("Y11", "A13")
def test_a_second_payment_in_the_year_is_held(open_county, mei, gui_lan):
    open_county.process(open_county.payment_row(gui_lan), by=mei)

    feed = open_county.process(
        open_county.payment_row(gui_lan, amount="500"), by=mei, name="二.csv"
    )

    assert open_county.verdicts(feed) == ["E06"]


def test_two_payments_of_one_person_in_one_file_are_one_and_a_question(open_county, mei, gui_lan):
    rows = [open_county.payment_row(gui_lan), open_county.payment_row(gui_lan, amount="500")]

    assert judged(open_county, *rows, by=mei) == ["", "E06"]


@pytest.mark.requirement("X10")
def test_own_and_proxy_money_stand_side_by_side_and_count_one_person(open_county, mei, gui_lan):
    open_county.identity(gui_lan)
    rows = [open_county.payment_row(gui_lan, amount="100"), open_county.payment_row(gui_lan)]

    assert judged(open_county, *rows, by=mei) == ["", ""]

    found = open_county.transfers().order_by("row_no").values_list("source", "people")
    assert list(found) == [("proxy", 1), ("own", 0)]


def test_a_refund_takes_back_the_payment_it_belongs_to(open_county, mei, gui_lan):
    open_county.process(open_county.payment_row(gui_lan), by=mei)
    row = open_county.payment_row(gui_lan, amount="-300", paid_on="2021-04-01")

    assert judged(open_county, row, by=mei) == [""]

    refund = open_county.transfers().get(kind="refund")
    original = open_county.transfers().get(kind="normal")
    assert (refund.reverses_id, refund.people, refund.amount) == (
        original.id,
        -1,
        Decimal("300.00"),
    )
    assert open_county.balance() == 0


@pytest.mark.parametrize("amount", ["-300", "-500"])
def test_a_refund_of_nothing_is_held(open_county, mei, gui_lan, amount):
    assert judged(open_county, open_county.payment_row(gui_lan, amount=amount), by=mei) == ["E14"]


def test_one_payment_is_refunded_once(open_county, mei, gui_lan):
    open_county.process(open_county.payment_row(gui_lan), by=mei)
    rows = [open_county.payment_row(gui_lan, amount="-300") for _ in range(2)]

    assert judged(open_county, *rows, by=mei) == ["", "E14"]


def test_what_was_refunded_may_be_paid_again(open_county, mei, gui_lan):
    open_county.process(open_county.payment_row(gui_lan), by=mei)
    open_county.process(open_county.payment_row(gui_lan, amount="-300"), by=mei, name="退.csv")

    assert judged(open_county, open_county.payment_row(gui_lan, amount="500"), by=mei) == [""]
    assert sum(open_county.transfers().values_list("people", flat=True)) == 1


def test_the_file_is_what_was_posted_held_and_set_aside_to_the_fen(open_county, mei, gui_lan):
    rows = [
        open_county.payment_row(gui_lan),
        open_county.payment_row(gui_lan, amount="350.55"),
        open_county.payment_row(gui_lan, item="城乡居民基本医疗保险费", amount="280"),
    ]

    feed = open_county.process(*rows, by=mei)

    strip = strip_of(feed)
    assert (feed.rows, feed.amount) == (3, Decimal("930.55"))
    assert strip["posted"] == {"rows": 1, "amount": Decimal("300.00")}
    assert strip["held"] == {"rows": 1, "amount": Decimal("350.55")}
    assert strip["set_aside"] == {"rows": 1, "amount": Decimal("280.00")}


def test_a_held_row_waits_in_the_town_it_belongs_to(open_county, mei, zhao, sun, gui_lan):
    open_county.process(open_county.payment_row(gui_lan, name="张桂花"), by=mei)

    [waiting] = PaymentException.objects.visible_to(zhao)
    assert (waiting.code, waiting.resident_id, waiting.suggestion) == ("E02", gui_lan.pk, "same_id")
    assert not PaymentException.objects.visible_to(sun).exists()


def test_a_file_of_200_rows_takes_as_many_questions_as_one_of_a_single_row(open_county, mei):
    people = [open_county.enrolled(f"居民{n}") for n in range(200)]
    open_county.process(open_county.payment_row(people[0]), by=mei, name="零.csv")

    with CaptureQueriesContext(connection) as one:
        open_county.process(open_county.payment_row(people[1]), by=mei)
    with CaptureQueriesContext(connection) as many:
        rows = [open_county.payment_row(person) for person in people[2:]]
        open_county.process(*rows, by=mei, name="多.csv")

    assert len(many) == len(one)


@pytest.mark.requirement("Y19")
def test_a_debit_of_less_than_the_whole_sum_counts_as_no_payment(open_county, mei, gui_lan):
    """A card with 120 yuan on it gives no part of a tier: nothing is posted until all is paid."""
    part = open_county.payment_row(gui_lan, amount="120", channel="银行代扣")

    feed = open_county.process(part, by=mei)

    assert open_county.verdicts(feed) == ["E05"]
    assert not open_county.transfers().exists()
    whole = open_county.process(
        open_county.payment_row(gui_lan, receipt="334121040100000001"), by=mei
    )
    assert open_county.verdicts(whole) == [""]
    assert open_county.transfers().get().amount == Decimal("300.00")
