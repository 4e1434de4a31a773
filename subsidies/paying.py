"""Pay for the people of an agreed roster: into the ledger as a source of its own (代缴入账).

    2021-04-02  the finance office notes that 62,400.00 went to the treasury
                → 624 transfers government → personal_proxy, and the counters of each village
    the same roster again, or a tax file with the same people: nothing a second time
    three have paid themselves since the roster was agreed to: somebody says for each of them
                whether the state pays all the same, before any money is noted

One statement posts one person or all, with the county's books locked; the unique natural key is one
a person, scheme and year. Whom it passes over stands in the roster with the reason.
"""

from dataclasses import dataclass, field
from decimal import Decimal

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contributions.errors import BooksDoNotBalance
from contributions.posting import last_transfer_id, lock_books, move_books
from contributions.statements import run_statement as run_in_the_ledger
from enrollment.models import Resident
from pension_portal.jobs import start_job
from pension_portal.refusals import Refusal
from pension_portal.statements import analyze, joining_as_a_whole
from staff.audit import record
from staff.models import Approvable
from subsidies.models import ProxyLine, ProxyRoster
from subsidies.rosters import allows_both
from subsidies.statements import fetch_statement, run_statement

Answer, Unpaid = ProxyLine.Answer, ProxyLine.Unpaid


class RosterNotApproved(Refusal):
    code = "roster_not_approved"
    sentence = gettext_lazy("这份代缴名册还没有审批同意，不能登记拨付。")


class ProxiesPaidAlready(Refusal):
    code = "proxies_paid_already"
    sentence = gettext_lazy("这份代缴名册已于 %(day)s 登记拨付，不用再登记。")


class PaidThemselvesSince(Refusal):
    code = "paid_themselves_since"
    sentence = gettext_lazy(
        "有 %(people)d 人在名册定稿后自己缴了费。先由业务人员答复照付还是不付，再登记拨付。"
    )


class NobodyToAnswerFor(Refusal):
    code = "nobody_to_answer_for"
    sentence = gettext_lazy("选中的人里没有定稿后本人缴费的。刷新名单，勾选后再答复。")


class AnswerMissing(Refusal):
    code = "answer_missing"
    sentence = gettext_lazy("没有说照付还是不付。勾选人员后点其中一个按钮。")
    status = 400


class BothForbidden(Refusal):
    code = "both_forbidden"
    sentence = gettext_lazy("政策不许代缴和本人缴费并存，这些人只能不付。")


@dataclass
class Due:
    """What a roster would pay now: people and yuan, whom it would pass over, whom to ask about."""

    people: int = 0
    amount: Decimal = Decimal(0)
    passed_over: dict = field(default_factory=dict)
    asked: int = 0


def due_of(roster):
    """Return the Due of a roster by the books as they stand: one statement."""
    due = Due()
    for row in fetch_statement("roster_due", _asked(roster)):
        reason, people = row["unpaid_because"], row["people"]
        if reason:
            due.passed_over[reason] = due.passed_over.get(reason, 0) + people
        else:
            due.people, due.amount = people, row["amount"]
        if row["is_asked"] and allows_both(roster):
            due.asked += people
    return due


def paid_since(roster, *, area_code):
    """Return resident → (yuan they have paid themselves by now, the answer to just that), of those
    who have paid since the roster was drawn up; {}.
    """
    rows = fetch_statement("paid_since", _asked(roster) | {"area_code": area_code})
    return {row["resident_id"]: (row["own_since"], row["answer_now"]) for row in rows}


@transaction.atomic
def answer_for(roster, resident_ids, *, answer, by):
    """Say of people who have paid themselves since the roster was agreed to whether the state pays
    all the same; return how many.

    Refuses AnswerMissing, RosterNotApproved, ProxiesPaidAlready, NobodyToAnswerFor and
    BothForbidden.
    """
    if answer not in Answer.values:
        raise AnswerMissing()
    roster = _not_paid_yet(roster)
    if answer == Answer.PAY and not allows_both(roster):
        raise BothForbidden()
    since = paid_since(roster, area_code=by.area_code)
    asked = [number for number in resident_ids if number in since]
    if not asked:
        raise NobodyToAnswerFor()
    lines = ProxyLine.objects.of(roster).filter(resident_id__in=asked)
    for line in lines.select_for_update():
        line.answer, line.answered_by = answer, by
        line.answered_about, _before = since[line.resident_id]
        line.save(update_fields=["answer", "answered_by", "answered_about"])
    for person in Resident.objects.filter(pk__in=asked):
        record("answer_for_proxy", person, by=by, area_code=person.village_code, answer=answer)
    return len(asked)


@transaction.atomic
def pay_roster(roster, *, paid_on, by):
    """Note that a roster was paid; a worker posts it. Return the roster.

    Refuses RosterNotApproved, ProxiesPaidAlready and PaidThemselvesSince. Whoever pays themselves
    between this and the posting is passed over.
    """
    roster = _not_paid_yet(roster)
    if people := due_of(roster).asked:
        raise PaidThemselvesSince(people=people)
    roster.paid_on, roster.paid_by = paid_on, by
    roster.job = start_job("proxy_payment", roster.pk, county_code=roster.county_code, by=by)
    roster.save(update_fields=["paid_on", "paid_by", "job"])
    record("pay_roster", roster, by=by, paid_on=str(paid_on))
    return roster


def post_roster(roster_id, *, by, run):
    """Post everybody of a paid roster whom nothing was paid for yet, once; a job's step."""
    county_code = ProxyRoster.objects.values_list("county_code", flat=True).get(pk=roster_id)
    with run.transaction():
        books = lock_books(county_code)
        roster = ProxyRoster.objects.select_for_update(of=["self"]).get(pk=roster_id)
        if roster.posted_at:
            return
        roster.posted_at = timezone.now()
        parameters = _parameters(roster, after_id=last_transfer_id())
        with joining_as_a_whole():
            run_statement("post_proxies", parameters)
        run_in_the_ledger("move_counters", parameters)
        _note_what_was_posted(roster, parameters)
        move_books(books)
        analyze("contributions_transfer", roster.year)
        record("post_roster", roster, by=by, people=roster.posted_people)


def _not_paid_yet(roster):
    roster = ProxyRoster.objects.select_for_update(of=["self"]).get(pk=roster.pk)
    if roster.state != Approvable.State.APPROVED:
        raise RosterNotApproved()
    if roster.paid_on:
        raise ProxiesPaidAlready(day=roster.paid_on)
    return roster


def _asked(roster):
    names = ("county_code", "scheme_id", "year")
    return {name: getattr(roster, name) for name in names} | {
        "roster_id": roster.pk,
        "own_beside_proxy": allows_both(roster),
    }


def _parameters(roster, *, after_id):
    return _asked(roster) | {
        "paid_on": roster.paid_on,
        "posted_at": roster.posted_at,
        "feed_id": None,
        "after_id": after_id,
        "channel": _("代缴名册"),
        "receipt": f"{roster.year}-{roster.scheme_id}-{roster.number}",
    }


def _note_what_was_posted(roster, parameters):
    with connection.cursor() as cursor:
        cursor.execute(
            "select count(*), coalesce(sum(amount), 0), count(distinct resident_id)"
            " from contributions_transfer where county_code = %(county_code)s"
            " and year = %(year)s and id > %(after_id)s and feed_id is null",
            parameters,
        )
        count, amount, people = cursor.fetchone()
    if count != people:
        raise BooksDoNotBalance(f"roster {roster.pk}: {count} transfers for {people} people")
    roster.posted_people, roster.posted_amount = people, amount
    roster.save()
