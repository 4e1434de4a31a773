"""Many people at the same settlements, days and payments at the same moment: whatever the order,
each step counts once, nobody decides twice, and the books balance.

`make test` lets 8 clients race for some seconds, `make faults` 64 for minutes.
"""

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal

import pytest

from benefits import interest, settling
from benefits.accounts import accounts_of
from benefits.models import InterestTerms, Settlement
from contributions import settling as exceptions
from contributions import tying_out, undoing, withholding
from contributions.models import DayClose, Handling, PaymentException, WithholdingBatch
from enrollment.models import Resident
from pension_portal.jobs import run_job
from pension_portal.models import Job
from pension_portal.secrecy import blind_index
from staff import approving
from staff.audit import subject_key
from staff.models import Approvable, DutyKind
from subsidies import claiming, rosters
from subsidies.models import ProxyRoster, SubsidyClaim
from tests import county as places
from tests.faults import wait_until
from tests.races import History, check_approvals, race

FIRST_DAY = date(2021, 3, 1)
DIED_ON = date(2021, 5, 20)
CAMPAIGN = {"county_code": places.COUNTY, "scheme_id": places.BASIC, "year": places.YEAR}
SOME, MANY = (8, 2, 6), (64, 40, 20)  # clients, objects, turns of each client at each object
HOW_MANY = [pytest.param(SOME, id="8"), pytest.param(MANY, id="64", marks=pytest.mark.faults)]
STEPS = ["make", "submit", "review", "review", "approve", "return", "withdraw"]

pytestmark = pytest.mark.requirement("Y76")


class Person:
    """A natural person with an account in each duty: the telephone gives them away."""

    def __init__(self, number):
        phone = f"154{number:08d}"
        self.clerk = self._account(DutyKind.TOWN_CLERK, places.EAST_BAY, phone)
        self.reviewer = self._account(DutyKind.TOWN_REVIEWER, places.EAST_BAY, phone)
        self.finance = self._account(DutyKind.FINANCE, places.COUNTY, phone)
        self.approver = self._account(DutyKind.COUNTY_APPROVER, places.COUNTY, phone)

    def _account(self, kind, area, phone):
        return places.staff(f"{kind} {phone[-2:]}", kind, area, phone=phone)


@pytest.fixture
def open_for_business(committed, county):
    county.posts_by_itself()
    county.policy()
    return county


def people(clients):
    """Four natural persons to every eight clients: some sit at two screens at once."""
    return [Person(number) for number in range(clients // 2)]


def days(objects):
    return [FIRST_DAY + timedelta(days=number) for number in range(objects)]


def payers(county, mei, objects):
    """Return so many residents; each has paid 300 yuan, which arrived on a day of its own."""
    found = [county.enrolled(f"甲{number}") for number in range(objects)]
    county.process(
        *(
            county.payment_row(one, treasury_on=day.isoformat())
            for one, day in zip(found, days(objects), strict=True)
        ),
        by=mei,
    )
    assert county.transfers().count() == objects
    return found


def approvals(clients, objects, turns, *, newest, steps):
    """Let everybody take random steps at one object after the other; return the History.

    `newest(place)` gives what was last made there or None, `steps` {name: (person → account, deed
    of (thing, account, place))}.
    """
    history, staff = History(), people(clients)

    def turn(client, rng):
        person = staff[client % len(staff)]
        for place in range(objects):
            for _turn in range(turns):
                name = rng.choice(STEPS)
                account, deed = steps[name]
                thing, by = newest(place), account(person, rng)
                if name == "make":
                    history.note(name, None, by, lambda: deed(None, by, place))  # noqa: B023
                elif thing:
                    history.note(name, thing, by, lambda: deed(thing, by, place))  # noqa: B023

    race(clients, turn)
    return history


def carried_out(history):
    """Every kind of step was taken by somebody and refused to somebody."""
    answers = history.in_short()
    taken = {what for what, answer in answers if answer == "yes"}
    refused = {what for what, answer in answers if answer != "yes"}
    return taken & refused


def _finance(person, rng):
    return person.finance


def _approver(person, rng):
    return person.approver


def _clerk(person, rng):
    return person.clerk


def _reviewer(person, rng):
    return person.reviewer


def _send_back(thing, by, place):
    return approving.return_to_maker(thing, by=by, reason="材料不全")


def _step(deed):
    return lambda thing, by, place: deed(thing, by=by)


@pytest.mark.parametrize("size", HOW_MANY)
def test_whoever_closes_days_at_once_closes_each_once(open_for_business, mei, size):
    clients, objects, turns = size
    payers(open_for_business, mei, objects)

    def newest(place):
        return DayClose.objects.filter(day=days(objects)[place]).order_by("-pk").first()

    def close(_thing, by, place):
        day = days(objects)[place]
        return tying_out.close_day(places.COUNTY, day, explanation="银行未到", by=by)

    history = approvals(
        clients,
        objects,
        turns,
        newest=newest,
        steps={
            "make": (_finance, close),
            "submit": (_finance, _step(approving.submit)),
            "review": (_finance, _step(approving.review)),
            "approve": (_approver, _step(tying_out.approve_close)),
            "return": (lambda p, rng: rng.choice([p.finance, p.approver]), _send_back),
            "withdraw": (_finance, _step(approving.withdraw)),
        },
    )

    check_approvals(history, DayClose)
    closed = DayClose.objects.standing().values_list("day", flat=True)
    assert len(set(closed)) == len(closed)
    assert {"make", "review"} <= carried_out(history)
    assert places.balance() == 0


@pytest.mark.parametrize("size", HOW_MANY)
def test_whoever_settles_accounts_at_once_pays_each_out_once(open_for_business, mei, size):
    clients, objects, turns = size
    dead = payers(open_for_business, mei, objects)
    Resident.objects.update(life_status=Resident.LifeStatus.DEAD)

    def newest(place):
        return Settlement.objects.filter(resident=dead[place]).order_by("-pk").first()

    def propose(_thing, by, place):
        asked = {"scheme_id": places.BASIC, "reason": "death", "settled_on": DIED_ON}
        resident = Resident.objects.get(pk=dead[place].pk)
        return settling.propose_settlement(Settlement(resident=resident, **asked), by=by)

    history = approvals(
        clients,
        objects,
        turns,
        newest=newest,
        steps={
            "make": (_clerk, propose),
            "submit": (_clerk, _step(approving.submit)),
            "review": (_reviewer, _step(approving.review)),
            "approve": (_approver, _step(settling.approve_settlement)),
            "return": (lambda p, rng: rng.choice([p.reviewer, p.approver]), _send_back),
            "withdraw": (_clerk, _step(approving.withdraw)),
        },
    )

    check_approvals(history, Settlement)
    standing = Settlement.objects.exclude(state=Approvable.State.WITHDRAWN)
    assert standing.values("resident").distinct().count() == standing.count()
    assert {"make", "review"} <= carried_out(history)
    for resident in dead:
        paid_out = standing.approved().filter(resident=resident).exists()
        assert [one.balance for one in accounts_of(resident)] == [Decimal(0 if paid_out else 330)]
    assert places.balance() == 0


BEGINS = {
    "claim": lambda by: claiming.begin_claim(
        SubsidyClaim(kind="settlement", until=date(2021, 12, 31), **CAMPAIGN), by=by
    ),
    "roster": lambda by: rosters.begin_roster(
        ProxyRoster(as_of=date(2021, 3, 1), **CAMPAIGN), by=by
    ),
    "terms": lambda by: interest.propose_terms(
        InterestTerms(
            rate=3, date_basis="treasury", starts="next_month", rounding="down", **CAMPAIGN
        ),
        by=by,
    ),
}


@pytest.mark.parametrize("what", BEGINS)
def test_of_many_who_begin_the_same_at_once_one_does_and_the_others_are_told(
    open_for_business, what
):
    makers = [places.staff(f"甲{number}", DutyKind.DATA_ADMIN) for number in range(8)]
    history = History()

    def begin(client, rng):
        history.note("begin", None, makers[client], lambda: BEGINS[what](makers[client]))

    race(len(makers), begin)

    assert len(history.said_yes()) == 1
    assert len(history.calls) == len(makers)


@pytest.mark.parametrize("size", HOW_MANY)
def test_a_settlement_is_paid_once_whoever_notes_it(open_for_business, mei, size):
    clients, objects, _turns = size
    dead = payers(open_for_business, mei, objects)
    Resident.objects.update(life_status=Resident.LifeStatus.DEAD)
    first, second, third = people(6)
    cashiers = [person.finance for person in people(clients)]
    for resident in dead:
        asked = {"scheme_id": places.BASIC, "reason": "death", "settled_on": DIED_ON}
        resident.refresh_from_db()
        made = settling.propose_settlement(Settlement(resident=resident, **asked), by=first.clerk)
        approving.review(made, by=second.reviewer)
        settling.approve_settlement(made, by=third.approver)
    history = History()

    def pay(client, rng):
        by = cashiers[client % len(cashiers)]
        for made in Settlement.objects.order_by("pk"):
            day = DIED_ON + timedelta(days=client)
            history.note(
                "pay",
                made,
                by,
                lambda: settling.note_payment(made, paid_on=day, by=by),  # noqa: B023
                has_steps=False,
            )

    race(clients, pay)

    yes = {call.subject: call.staff_id for call in history.said_yes()}
    assert history.in_short() == {
        ("pay", "yes"): objects,
        ("pay", settling.PaidOutAlready.code): objects * (clients - 1),
    }
    noted = {subject_key(one): one.paid_by_id for one in Settlement.objects.all()}
    assert noted == yes


@pytest.mark.parametrize("size", HOW_MANY)
def test_a_payment_accepted_and_taken_back_at_once_counts_once_or_not(open_for_business, mei, size):
    clients, objects, turns = size
    county = open_for_business
    county.process(
        *(county.payment_row(county.enrolled(f"甲{n}"), name=f"乙{n}") for n in range(objects)),
        by=mei,
    )
    held = list(PaymentException.objects.order_by("pk"))
    assert len(held) == objects
    staff, history = people(clients), History()

    def turn(client, rng):
        by = staff[client % len(staff)]
        for exception in held:
            for _turn in range(turns):
                what = rng.choice(["accept", "undo"])
                account = rng.choice([by.clerk, by.reviewer]) if what == "undo" else by.clerk
                deed = exceptions.accept_exception if what == "accept" else undoing.undo_settlement
                history.note(
                    what,
                    exception,
                    account,
                    lambda: deed(exception, by=account),  # noqa: B023
                    has_steps=False,
                )

    race(clients, turn)

    yes = Counter((call.subject, call.what) for call in history.said_yes())
    for exception in PaymentException.objects.all():
        key, deeds = subject_key(exception), Handling.objects.filter(exception=exception)
        accepted, undone = yes[key, "accept"], yes[key, "undo"]
        assert (deeds.count(), deeds.exclude(undone_at=None).count()) == (accepted, undone)
        is_posted = exception.state == PaymentException.State.POSTED
        assert accepted - undone == is_posted
        kinds = Counter(
            county.transfers(feed_id=exception.feed_id, row_no=exception.row_no).values_list(
                "kind", flat=True
            )
        )
        assert (kinds["normal"], kinds["reversal"]) == (accepted, undone)
    assert {"accept", "undo"} <= carried_out(history)
    assert county.balance() == 0


@pytest.mark.parametrize("size", HOW_MANY)
def test_the_banks_answer_is_posted_once_whoever_uploads_it(open_for_business, size):
    clients, objects, _turns = size
    county = open_for_business
    for number in range(objects):
        account = f"6217001234500{number:06d}"
        fields = {"bank_account": account, "bank_index": blind_index(account)}
        county.enrolled(f"甲{number}", tier=300, **fields)
    first, second, third = people(6)
    cashiers = [person.finance for person in people(clients)]
    batch = withholding.draw_up(county.COUNTY, county.BASIC, county.YEAR, by=first.finance)
    approving.review(batch, by=second.finance)
    approving.approve(batch, by=third.approver)
    withholding.send_batch(batch, by=first.finance)
    batch = WithholdingBatch.objects.get(pk=batch.pk)
    rows = [f"{number},300,成功,,2021-03-09" for number in range(1, objects + 1)]
    answer = "\n".join(["序号,金额,扣款结果,失败原因,扣款日期", *rows, ""]).encode("gb18030")
    history = History()

    def send(client, rng):
        by = cashiers[client % len(cashiers)]
        file = county.upload(answer, "回盘.csv")
        history.note(
            "answer",
            batch,
            by,
            lambda: withholding.receive_answer(batch, file, by=by),
            has_steps=False,
        )
        for job in Job.objects.filter(kind=withholding.JOB_KIND).order_by("?"):
            run_job(job.pk)

    race(clients, send)
    jobs = Job.objects.filter(kind=withholding.JOB_KIND)

    def are_finished():
        for job in jobs.unfinished():
            run_job(job.pk)
        return not jobs.unfinished().exists()

    # Whoever was struck in the midst may hold a job until the lease has run out.
    wait_until(are_finished)

    assert history.said_yes()
    assert {job.state for job in jobs} == {Job.State.DONE}, list(jobs.values("state", "message"))
    assert set(batch.lines.values_list("result", flat=True)) == {"paid"}
    posted = county.transfers().values_list("resident_id", flat=True)
    assert sorted(posted) == sorted(batch.lines.values_list("resident_id", flat=True))
    assert county.balance() == 0
