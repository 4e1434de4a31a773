"""Pay for the people of an agreed roster: into the ledger as a source of its own (代缴入账).

    2021-04-02  the finance office notes that 62,400.00 went to the treasury
                → 624 transfers government → personal_proxy, and the counters of each village
    the same roster again, or a tax file with the same people: nothing a second time

One statement posts one person or all, with the county's books locked; the unique natural key is one
a person, scheme and year.
"""

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contributions.errors import BooksDoNotBalance
from contributions.posting import last_transfer_id, lock_books, move_books
from contributions.statements import run_statement as run_in_the_ledger
from pension_portal.jobs import start_job
from pension_portal.refusals import Refusal
from pension_portal.statements import analyze, joining_as_a_whole
from staff.audit import record
from staff.models import Approvable
from subsidies.models import ProxyRoster
from subsidies.statements import run_statement


class RosterNotApproved(Refusal):
    code = "roster_not_approved"
    sentence = gettext_lazy("这份代缴名册还没有审批同意，不能登记拨付。")


class ProxiesPaidAlready(Refusal):
    code = "proxies_paid_already"
    sentence = gettext_lazy("这份代缴名册已于 %(day)s 登记拨付，不用再登记。")


@transaction.atomic
def pay_roster(roster, *, paid_on, by):
    """Note that a roster was paid; a worker posts it. Return the roster.

    Refuses RosterNotApproved and ProxiesPaidAlready.
    """
    roster = ProxyRoster.objects.select_for_update(of=["self"]).get(pk=roster.pk)
    if roster.state != Approvable.State.APPROVED:
        raise RosterNotApproved()
    if roster.paid_on:
        raise ProxiesPaidAlready(day=roster.paid_on)
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


def _parameters(roster, *, after_id):
    names = ("county_code", "scheme_id", "year", "paid_on", "posted_at")
    return {name: getattr(roster, name) for name in names} | {
        "roster_id": roster.pk,
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
