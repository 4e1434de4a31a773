"""Chase the unpaid: note what came of a call, share people out, look into what was said (催缴).

    note_contact(person, outcome="promised", promised_on=…, client_key=…, by=agent)
    assign(unpaid_people, collector, by=clerk)      all of a filter at once, two statements
    decide_lead(lead, is_true=True, reason="…", by=clerk)

A phone may send the same contact twice, or a day late: the key it made decides whether it is new,
its own clock says when it happened, and only the latest contact says how a person stands. That
somebody has died or moved is a lead for the clerk; the registry stays as it is.
"""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from contributions.errors import (
    ContactNotYours,
    LeadDecidedAlready,
    LeadReasonMissing,
    PromiseInThePast,
)
from contributions.models import HEARSAY, Chase, Contact, Lead, Outcome
from contributions.statements import run_statement
from enrollment.conflicts import EFFECTS, draft_what_follows
from enrollment.errors import CaseOpenAlready
from enrollment.models import Case, Resident, Subject
from pension_portal.clock import today
from staff.audit import record
from staff.permissions import may

# Without a word about the day, who promises promises to pay within a week.
PROMISE_DAYS = 7
# How late a phone may send what it kept: the day it may be offline, and one more to find a network.
LATEST = timedelta(hours=48)
# What a department's list would call what was heard.
SUBJECTS = {Outcome.DEAD: Subject.DEATH, Outcome.MOVED: Subject.MOVED}


@transaction.atomic
def note_contact(
    resident,
    *,
    scheme_id,
    year,
    outcome,
    client_key,
    by,
    promised_on=None,
    note="",
    contacted_at=None,
):
    """Note what came of one contact; return (contact, is_new), the first one for a known key.

    Refuses PromiseInThePast, and ContactNotYours where the key is another person's.
    """
    if known := Contact.objects.filter(client_key=client_key).first():
        return _same(known, resident, by), False
    _hold(resident)
    contact, is_new = Contact.objects.get_or_create(
        client_key=client_key,
        defaults={
            "county_code": resident.county_code,
            "village_code": resident.village_code,
            "scheme_id": scheme_id,
            "year": year,
            "resident": resident,
            "outcome": outcome,
            "promised_on": _promise(outcome, promised_on),
            "note": note.strip(),
            "contacted_at": _when(contacted_at),
            "made_by": by,
        },
    )
    if not is_new:
        return _same(contact, resident, by), False
    _settle_chase(resident, scheme_id, year)
    if outcome in HEARSAY:
        Lead.objects.get_or_create(
            resident=resident,
            kind=outcome,
            state=Lead.State.WAITING,
            defaults={
                "county_code": resident.county_code,
                "village_code": resident.village_code,
                "contact": contact,
            },
        )
    record("note_contact", resident, by=by, outcome=outcome)
    return contact, True


def _same(contact, resident, by):
    if contact.made_by_id != by.pk or contact.resident_id != resident.pk:
        raise ContactNotYours()
    return contact


def _hold(resident):
    """Let contacts of one person be noted one after the other."""
    Resident.objects.select_for_update(of=["self"], no_key=True).get(pk=resident.pk)


def _promise(outcome, promised_on):
    if outcome != Outcome.PROMISED:
        return None
    if promised_on is None:
        return today() + timedelta(days=PROMISE_DAYS)
    if promised_on < today() - LATEST:
        raise PromiseInThePast()
    return promised_on


def _when(contacted_at):
    """Return the moment a phone names, or now where that cannot be."""
    now = timezone.now()
    if contacted_at is None or not now - LATEST <= contacted_at <= now:
        return now
    return contacted_at


@transaction.atomic
def take_back_contact(contact, *, by):
    """Take back one's own contact; return False where it was taken back already.

    How the person stands is again what the contact before said; a lead that nobody has looked into
    goes with it. Refuses ContactNotYours.
    """
    _hold(contact.resident)
    contact = Contact.objects.select_for_update(of=["self"]).get(pk=contact.pk)
    if contact.made_by_id != by.pk:
        raise ContactNotYours()
    if contact.taken_back_at:
        return False
    contact.taken_back_at = timezone.now()
    contact.save(update_fields=["taken_back_at"])
    waiting = Lead.objects.waiting().filter(contact=contact)
    waiting.update(state=Lead.State.WITHDRAWN, decided_by=by, decided_at=timezone.now())
    _settle_chase(contact.resident, contact.scheme_id, contact.year)
    record("take_back_contact", contact.resident, by=by, outcome=contact.outcome)
    return True


def _settle_chase(resident, scheme_id, year):
    """Write how a person stands: what their latest contact that counts says."""
    standing = Contact.objects.standing().filter(resident=resident, scheme_id=scheme_id, year=year)
    last = standing.order_by("-contacted_at", "-id").first()
    Chase.objects.update_or_create(
        resident=resident,
        scheme_id=scheme_id,
        year=year,
        defaults={
            "county_code": resident.county_code,
            "village_code": resident.village_code,
            "outcome": last.outcome if last else "",
            "promised_on": last.promised_on if last else None,
            "contacted_at": last.contacted_at if last else None,
            "contacts": standing.count(),
        },
    )


@transaction.atomic
def set_visit(resident, *, scheme_id, year, needs_visit, by):
    """Say whether somebody has to be helped to pay at home (上门代办, M45)."""
    Chase.objects.update_or_create(
        resident=resident,
        scheme_id=scheme_id,
        year=year,
        defaults={
            "county_code": resident.county_code,
            "village_code": resident.village_code,
            "needs_visit": needs_visit,
        },
    )
    record("set_visit", resident, by=by, needs_visit=needs_visit)


@transaction.atomic
def assign(enrolments, collector, *, scheme_id, year, by, area_code):
    """Give all people of a list to one collector, or back to whom their village has (None).

    Returns how many. Two statements, however many people.
    """
    residents = list(enrolments.order_by().values_list("resident_id", flat=True))
    values = {
        "residents": residents,
        "scheme_id": scheme_id,
        "year": year,
        "collector": collector.pk if collector else None,
        "by": by.pk,
        "at": timezone.now(),
    }
    run_statement("assign_chase", values)
    record("assign_chase", collector, by=by, area_code=area_code, people=len(residents))
    return len(residents)


@transaction.atomic
def decide_lead(lead, *, is_true, reason, by):
    """Say whether a lead is true, and return the Case that then follows: a draft, or the one that
    is open already; None where nothing follows, or where cases are made by somebody else.

    The registry is changed by that case, never by this. Refuses LeadReasonMissing and
    LeadDecidedAlready.
    """
    if not reason.strip():
        raise LeadReasonMissing()
    lead = Lead.objects.select_for_update(of=["self"]).get(pk=lead.pk)
    if lead.state != Lead.State.WAITING:
        raise LeadDecidedAlready(who=lead.decided_by.name, state=lead.get_state_display())
    lead.state = Lead.State.CONFIRMED if is_true else Lead.State.DISMISSED
    lead.decided_by, lead.decided_at, lead.reason = by, timezone.now(), reason.strip()[:200]
    lead.save(update_fields=["state", "decided_by", "decided_at", "reason"])
    record("decide_lead", lead.resident, by=by, reason=lead.reason, state=lead.state)
    return _case_of(lead, by) if is_true and may(by, "make_sensitive_case") else None


def _case_of(lead, by):
    subject = SUBJECTS[lead.kind]
    try:
        return draft_what_follows(
            lead.resident,
            subject,
            happened_on=None,
            note=f"{lead.get_kind_display()}：{lead.reason}"[:200],
            by=by,
        )
    except CaseOpenAlready:
        open_ones = Case.objects.open().filter(resident=lead.resident)
        return open_ones.filter(kind=EFFECTS[subject].kind).first()
