"""Load a policy file as a draft, publish it, withdraw it (录入、发布、撤回).

A version is a copy of the file's text and the rows made from it, written in one transaction.
The same text loaded again answers with the version that is already there. Loading and
publishing are two persons' work: one copies the document, another reads it again.
"""

import hashlib
from pathlib import Path

from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone
from psycopg2.extras import DateRange, NumericRange

from pension_portal.statements import run_statement
from policies.boxes import Span
from policies.checking import understand, understand_file
from policies.errors import (
    NewerVersionPublished,
    PolicyFileFaulty,
    PolicyNotDraft,
    PolicyNotPublished,
    SecondPersonNeeded,
    WithdrawalReasonMissing,
)
from policies.models import (
    BackPaymentRule,
    Condition,
    EligibilityRule,
    LocalIdentity,
    PolicyVersion,
    Provision,
    Rule,
    Source,
    Target,
    Tier,
    Window,
)
from staff.audit import record

SQL = Path(__file__).with_name("sql")
# An advisory lock of this class and a hash of county, scheme and year numbers versions in turn.
LOCK_CLASS = 0x504F  # "PO"
LONGEST_WORDS = 400


@transaction.atomic
def load_policy(path_or_text, *, by=None):
    """Return the draft made from a policy file, or the version that has this very text already.

    A draft that a later version has passed is loaded anew and comes last. `path_or_text` is a Path,
    or the text itself. Raises PolicyFileFaulty with every fault;
    nothing is written then.
    """
    raw = _raw_text(path_or_text)
    is_file = isinstance(path_or_text, Path)
    text, rows = understand_file(path_or_text) if is_file else understand(raw)
    if text.faults:
        raise PolicyFileFaulty(text.faults)
    sha256 = hashlib.sha256(raw).hexdigest()
    same_place = _lock_place(rows.head)
    known = same_place.exclude(status=PolicyVersion.Status.WITHDRAWN).filter(sha256=sha256)
    highest = same_place.aggregate(Max("version"))["version__max"] or 0
    for version in known:
        if not newer_published(version):
            return version
        # Later versions have passed this draft: the same text takes a place behind them.
        version.delete()
    policy = PolicyVersion.objects.create(
        **rows.head,
        version=highest + 1,
        parent_id=text.ground_id,
        source=raw.decode("utf-8-sig"),
        sha256=sha256,
        loaded_by=by,
    )
    _write_rows(policy, rows)
    run_statement(SQL, "note_needs", {"policy": policy.pk})
    run_statement(SQL, "decide_tier_subsidies", {"policy": policy.pk})
    _note("load_policy", policy, by)
    return policy


@transaction.atomic
def publish_policy(version, *, by):
    """Put a draft in force for its county, scheme and year; return it.

    `by` must be somebody else than the person who loaded it; the table refuses it too. `by=None`
    is the set-up command, which may publish only where nothing has been published before. Raises
    PolicyNotDraft, NewerVersionPublished, SecondPersonNeeded.
    """
    _lock_place(
        {
            "county_code": version.county_code,
            "scheme_id": version.scheme_id,
            "year": version.year,
        }
    )
    policy = PolicyVersion.objects.select_for_update().get(pk=version.pk)
    if policy.status != PolicyVersion.Status.DRAFT:
        raise PolicyNotDraft()
    newer = newer_published(policy)
    if newer:
        raise NewerVersionPublished(newer=newer.version)
    if not _may_publish(policy, by):
        raise SecondPersonNeeded()
    policy.status = PolicyVersion.Status.PUBLISHED
    policy.published_at, policy.published_by = timezone.now(), by
    policy.save(update_fields=["status", "published_at", "published_by"])
    _note("publish_policy", policy, by)
    return policy


def newer_published(policy):
    """Return the published version that a draft, by its number, would stay behind; None if none."""
    if policy.status != PolicyVersion.Status.DRAFT:
        return None
    in_force = PolicyVersion.objects.in_force(policy.county_code, policy.scheme_id, policy.year)
    return in_force.filter(version__gt=policy.version).first()


@transaction.atomic
def withdraw_policy(version, *, by, reason):
    """Take a published version out of force; the one before it, if any, is in force again.

    What was computed under it keeps pointing at its rows. Raises PolicyNotPublished, and
    WithdrawalReasonMissing where nobody says why.
    """
    if not reason.strip():
        raise WithdrawalReasonMissing()
    policy = PolicyVersion.objects.select_for_update().get(pk=version.pk)
    if not policy.is_published:
        raise PolicyNotPublished()
    policy.status = PolicyVersion.Status.WITHDRAWN
    policy.withdrawn_at, policy.withdrawn_by = timezone.now(), by
    policy.withdrawal_reason = reason.strip()
    policy.save(update_fields=["status", "withdrawn_at", "withdrawn_by", "withdrawal_reason"])
    _note("withdraw_policy", policy, by, reason=policy.withdrawal_reason)
    return policy


def _note(action, policy, by, reason=""):
    record(action, policy, by=by, reason=reason, area_code=policy.county_code, sha256=policy.sha256)


def _may_publish(policy, by):
    if by is not None:
        return policy.loaded_by_id != by.pk
    published_before = PolicyVersion.objects.exclude(status=PolicyVersion.Status.DRAFT).filter(
        county_code=policy.county_code, scheme=policy.scheme_id, year=policy.year
    )
    return not published_before.exists()


def _raw_text(path_or_text):
    if isinstance(path_or_text, Path):
        return path_or_text.read_bytes()
    return path_or_text.encode() if isinstance(path_or_text, str) else path_or_text


def _lock_place(head):
    """Let two loads for one county, scheme and year follow each other; return its versions."""
    place = {name: head[name] for name in ("county_code", "scheme_id", "year")}
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [LOCK_CLASS, repr(place)])
    return PolicyVersion.objects.filter(**place)


def _write_rows(policy, rows):
    sources = {
        row.values["label"]: Source.objects.create(policy=policy, **row.values)
        for row in rows.sources
    }

    def placed(row):
        return {"policy": policy, "basis": sources[row.label], "source_article": row.citation}

    for model, entries in [
        (BackPaymentRule, [rows.back_payment]),
        (Target, rows.targets),
        (LocalIdentity, rows.identities),
        (Provision, rows.provisions),
    ]:
        model.objects.bulk_create(model(**placed(row), **_columns(row.values)) for row in entries)
    conditional = [
        (EligibilityRule, rows.eligibility, False),
        (Window, rows.windows, False),
        (Tier, rows.tiers, False),
        (Rule, rows.rules, True),
    ]
    conditions = _write_conditions(policy, conditional)
    for model, entries, has_words in conditional:
        model.objects.bulk_create(
            model(
                **placed(row),
                condition=conditions.get(id(row)),
                **_columns(row.values),
                **({"words": row.words[:LONGEST_WORDS]} if has_words else {}),
            )
            for row in entries
        )


def _write_conditions(policy, conditional):
    """Write each condition once for the version; return it by the row that has it."""
    by_key, by_row = {}, {}
    for _model, entries, _has_words in conditional:
        for row in entries:
            columns = {name: value for name, value in row.condition.items() if value is not None}
            if not columns.keys() - {"words"}:
                continue
            key = repr(sorted(columns.items(), key=str))
            if key not in by_key:
                by_key[key] = Condition(policy=policy, **_columns(columns))
            by_row[id(row)] = by_key[key]
    Condition.objects.bulk_create(by_key.values())
    return by_row


def _columns(values):
    """Return the values with spans as the database knows them."""
    return {
        name: _range(name, value) if isinstance(value, Span) else value
        for name, value in values.items()
    }


def _range(name, span):
    made = DateRange if name in ("born", "paid") else NumericRange
    return made(span.low, span.high, span.bounds)
