"""What the state owes by tier, town and payer, and what is asked for on a frozen list."""

import io
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
from django.db import ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext

from contributions.posting import reverse_feed
from pension_portal.jobs import run_job
from pension_portal.models import Job
from policies.loading import load_policy, publish_policy
from staff import approving
from staff.models import DutyKind
from subsidies import claiming
from subsidies.claiming import parts_with_arrivals
from subsidies.matrix import matrix_now, matrix_of_claim
from subsidies.models import ClaimArrival, ClaimLine, SubsidyClaim
from tests import county
from tests.subsidies import money

pytestmark = pytest.mark.django_db


@pytest.fixture
def feng(county):
    """Feng keeps the county's money."""
    return county.staff("冯账", DutyKind.FINANCE)


@pytest.fixture
def published(lin, qian):
    """300 yuan earn 33.33: three fifths the province, the rest the county; 100 is undecided."""
    text = county.policy_text(
        county.BASIC, (200, 300, 500), 100, {300: "33.33"}, county.COUNTY, county.YEAR, 1
    )
    county.posts_by_itself()
    return publish_policy(load_policy(text + money.SHARES, by=lin), by=qian)


def pays(by, *people, **changes):
    """Everybody pays 300 yuan in one file."""
    return county.process(*(county.payment_row(one, **changes) for one in people), by=by)


def matrix(area=county.COUNTY):
    return matrix_now(county.COUNTY, county.BASIC, county.YEAR, area_code=area)


def agreed(claim, *, by, feng, qian):
    return money.agreed(claim, claiming.submit_claim, by=by, reviewer=feng, approver=qian)


def asked(claim):
    return {part.payer: (part.listed, part.carried, part.requested) for part in claim.parts.all()}


@pytest.mark.requirement("A18", "Y24")
def test_persons_times_standard_is_the_amount_for_each_tier_town_and_payer(published, mei):
    pays(mei, county.enrolled(), county.enrolled(), county.enrolled(village=county.STONE_VILLAGE))

    found = matrix()

    (tier,) = found.tiers
    assert (tier.people, tier.standard, tier.amount) == (3, Decimal("33.33"), Decimal("99.99"))
    # 33.33 × 60% is 19.998: 20.00 and 13.33 a person, and not a fen is lost.
    assert tier.parts == {"province": Decimal("60.00"), "county": Decimal("39.99")}
    assert [(town.town, town.people) for town in found.towns] == [
        (county.EAST_BAY, 2),
        (county.WEST_RIDGE, 1),
    ]
    assert found.adds_up
    assert matrix(county.WEST_RIDGE).whole.people == 1


@pytest.mark.requirement("X08")
def test_what_the_policy_has_not_decided_is_listed_with_nothing(published, mei):
    poor = county.enrolled()
    county.identity(poor)
    pays(mei, poor, amount="100")

    found = matrix()

    assert (found.undecided, found.whole.people, found.whole.amount) == (1, 1, 0)


@pytest.mark.requirement("Y26")
def test_back_payments_and_what_was_taken_back_earn_nothing(published, mei, qian):
    late = county.enrolled()
    county.determination(late, [2021], 300)
    feed = pays(mei, county.enrolled())
    pays(mei, late, type="31", determination_no="HD0001")
    reverse_feed(feed, by=qian, reason="文件发错了")

    assert matrix().whole.people == 0


def test_the_statements_are_as_many_for_one_person_as_for_many(published, mei):
    pays(mei, county.enrolled())
    with CaptureQueriesContext(connection) as few:
        matrix()
    pays(mei, *(county.enrolled(f"张{n}") for n in range(40)))
    with CaptureQueriesContext(connection) as many:
        found = matrix()

    assert found.whole.people == 41
    assert len(few) == len(many)


def test_freezing_takes_as_many_statements_for_one_person_as_for_many(published, mei, feng, qian):
    def frozen():
        with CaptureQueriesContext(connection) as queries:
            made = money.claim(mei)
        return made, len(queries)

    pays(mei, county.enrolled())
    first, few = frozen()
    approving.withdraw(first, by=mei)
    pays(mei, *(county.enrolled(f"张{n}") for n in range(40)))
    second, many = frozen()

    # The second also looks at whether a claim stands before it.
    assert (second.lines, many) == (41, few)


@pytest.mark.requirement("Y23")
def test_a_claim_freezes_its_list_and_asks_each_payer(published, mei, feng, qian):
    pays(mei, county.enrolled(), county.enrolled())

    claim = agreed(money.claim(mei), by=mei, feng=feng, qian=qian)
    pays(mei, county.enrolled("后来的人"))

    assert asked(claim) == {
        "province": (Decimal("40.00"), 0, Decimal("40.00")),
        "county": (Decimal("26.66"), 0, Decimal("26.66")),
    }
    assert matrix_of_claim(claim, area_code=county.COUNTY).whole.people == 2
    assert matrix().whole.people == 3


def test_what_changed_after_the_freeze_is_the_next_claims_difference(published, mei, feng, qian):
    wrong = pays(mei, county.enrolled("错的人"))
    pays(mei, county.enrolled("早的人"))
    first = agreed(money.claim(mei), by=mei, feng=feng, qian=qian)
    reverse_feed(wrong, by=qian, reason="文件发错了")
    pays(mei, county.enrolled("晚的人"), county.enrolled("更晚的人"))

    second = money.claim(mei)

    lines = ClaimLine.objects.filter(claim_id=second.pk).order_by("people")
    assert [line.people for line in lines] == [-1, 1, 1]
    assert second.listed == Decimal("33.33")
    # Nothing arrived for the first, so all of it is still owed.
    assert asked(second)["province"] == (Decimal("20.00"), Decimal("40.00"), Decimal("60.00"))
    assert ClaimLine.objects.filter(claim_id=first.pk).count() == 2
    assert county.balance() == 0


def test_an_advance_asks_for_a_part_and_the_settlement_for_what_is_left(published, mei, feng, qian):
    pays(mei, county.enrolled(), county.enrolled())
    advance = agreed(money.claim(mei, kind="advance", percent=50), by=mei, feng=feng, qian=qian)
    for amount in (15, 3):
        claiming.note_arrival(
            advance, payer="province", amount=amount, arrived_on=date(2021, 5, 6), by=feng
        )

    settlement = money.claim(mei)

    assert advance.requested == Decimal("33.33")
    assert {part.payer: part.left for part in parts_with_arrivals(advance)} == {
        "province": Decimal("22.00"),
        "county": Decimal("26.66"),
    }
    assert asked(settlement)["province"] == (0, Decimal("22.00"), Decimal("22.00"))


def test_a_claim_that_the_next_one_took_over_is_locked(published, mei, feng, qian):
    pays(mei, county.enrolled())
    first = agreed(money.claim(mei), by=mei, feng=feng, qian=qian)
    arrival = {"payer": "province", "amount": 5, "arrived_on": date(2021, 5, 6), "by": feng}
    with pytest.raises(claiming.PayerNotAsked):
        claiming.note_arrival(first, **arrival | {"payer": "city"})
    second = money.claim(mei)

    with pytest.raises(claiming.ClaimIsLocked):
        claiming.note_arrival(first, **arrival)
    with pytest.raises(claiming.ClaimNotApproved):
        claiming.note_arrival(second, **arrival)
    assert not ClaimArrival.objects.exists()

    approving.withdraw(second, by=mei)
    claiming.note_arrival(first, **arrival)
    assert ClaimArrival.objects.get().amount == 5


def test_one_claim_is_made_at_a_time(published, mei):
    money.claim(mei)

    with pytest.raises(claiming.ClaimStillOpen):
        money.claim(mei)

    assert SubsidyClaim.objects.count() == 1


def test_freezing_twice_changes_nothing(published, mei):
    pays(mei, county.enrolled())
    claim = money.claim(mei)
    frozen_at = claim.frozen_at
    Job.objects.filter(pk=claim.job_id).update(state="queued", steps_done=0)

    run_job(claim.job_id)

    claim.refresh_from_db()
    assert (claim.frozen_at, claim.lines) == (frozen_at, 1)


@pytest.mark.parametrize("table", ["claimline", "claimpart", "claimarrival"])
def test_the_portal_itself_cannot_change_a_frozen_list(published, mei, table):
    for deed in ("update {} set {} = {}", "delete from {}"):
        name = f"subsidies_{table}"
        with pytest.raises(ProgrammingError), transaction.atomic():
            connection.cursor().execute(deed.format(name, "payer", "payer"))


def test_finance_reads_the_claim_and_notes_what_arrived(client, published, mei, feng, qian):
    pays(mei, county.enrolled("张桂兰"), county.enrolled())
    claim = agreed(money.claim(mei), by=mei, feng=feng, qian=qian)
    client.force_login(feng)

    page = client.get(f"/subsidies/claims/{claim.pk}/").content.decode()
    wrong = client.post(
        f"/subsidies/claims/{claim.pk}/arrivals/",
        {"payer": "province", "amount": "0", "arrived_on": "2021-01-06"},
    )
    noted = client.post(
        f"/subsidies/claims/{claim.pk}/arrivals/",
        {"payer": "province", "amount": "30", "arrived_on": "2021-01-06"},
        follow=True,
    )

    assert "66.66" in page and "40.00" in page
    assert wrong.status_code == 422
    assert "10.00" in noted.content.decode()
    assert "张桂兰" not in page


def test_the_list_opens_down_to_the_person_inside_ones_area(client, published, mei, zhao, sun, lin):
    pays(mei, county.enrolled("张桂兰"))
    claim = money.claim(mei)
    found = {}
    for staff in (zhao, sun, lin):
        client.force_login(staff)
        found[staff.name] = client.get("/subsidies/matrix/people/?year=2021").content.decode()
    client.force_login(lin)
    of_claim = client.get(f"/subsidies/claims/{claim.pk}/people/").content.decode()

    assert "张桂兰" in found["赵明"] and "张桂兰" in found["林秋"] and "张桂兰" in of_claim
    assert "张桂兰" not in found["孙立"]


def test_a_clerk_makes_a_claim_from_the_page(client, published, mei):
    pays(mei, county.enrolled())
    client.force_login(mei)
    said = {"scheme_id": 1, "year": 2021, "kind": "advance", "until": "2021-03-31", "percent": "0"}

    refused = client.post("/subsidies/claims/new/", said)
    made = client.post("/subsidies/claims/new/", said | {"percent": "80"})

    assert refused.status_code == 422
    assert made.url == f"/subsidies/claims/{SubsidyClaim.objects.get().pk}/"


def test_the_matrix_goes_out_as_excel(client, published, mei, lin):
    pays(mei, county.enrolled())
    client.force_login(lin)

    book = client.get("/subsidies/matrix/excel/?year=2021")

    assert book.status_code == 200
    assert book.content[:2] == b"PK"


def test_claims_leave_as_the_page_shows_them(client, published, lin, mei, gui_lan, feng):
    data_admin = county.staff("梅雨", DutyKind.DATA_ADMIN)
    pays(mei, gui_lan)
    money.claim(data_admin)
    client.force_login(feng)

    answer = client.get("/subsidies/claims/excel/")

    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0]
    rows = [row for row in sheet.iter_rows(values_only=True) if row[0] == 2021]
    assert [(row[6], row[7]) for row in rows] == [("省级", 20), ("县级", 13.33)]


def test_the_list_of_claims_takes_the_same_statements_for_one_and_for_two(
    client, published, mei, feng, qian
):
    client.force_login(feng)

    def statements():
        with CaptureQueriesContext(connection) as seen:
            client.get("/subsidies/claims/excel/")
        return len(seen)

    pays(mei, county.enrolled())
    agreed(money.claim(mei), by=mei, feng=feng, qian=qian)
    statements()
    one = statements()
    money.claim(mei)

    assert statements() == one
