"""The queue of exceptions as the address narrows it, and who comes next (队列)."""

from datetime import timedelta

from django.db.models import Count, Q, Sum
from django.utils import timezone

from contributions.models import SettlementProposal
from contributions.remedies import AGES, BY_SLUG, REMEDIES
from contributions.verdicts import VERDICTS
from townships.models import Area


def within(exceptions, chosen):
    """Only what a figure elsewhere was about: one file, one area, one scheme and year.

    An exception whose scheme is unclear stands in the way of every scheme.
    """
    if chosen.get("feed"):
        exceptions = exceptions.filter(feed_id=chosen["feed"])
    if chosen.get("area"):
        exceptions = exceptions.filter(area_code__startswith=chosen["area"])
    if chosen.get("scheme"):
        exceptions = exceptions.filter(Q(scheme_id=chosen["scheme"]) | Q(scheme_id=None))
    if chosen.get("year"):
        exceptions = exceptions.filter(year=chosen["year"])
    return exceptions


def filtered(exceptions, chosen, *, staff):
    """Return the exceptions that all filters of the address leave over."""
    exceptions = within(exceptions, chosen).filter(state=chosen.get("state") or "open")
    if chosen.get("code"):
        exceptions = exceptions.filter(code=chosen["code"])
    if chosen.get("remedy"):
        exceptions = exceptions.filter(code__in=BY_SLUG[chosen["remedy"]].codes)
    if chosen.get("age"):
        exceptions = of_age(exceptions, chosen["age"])
    if chosen.get("owner"):
        exceptions = _of_owner(exceptions, chosen["owner"], staff)
    if words := chosen.get("q", "").strip():
        is_tail = len(words) == 4 and words[:3].isdigit()
        exceptions = exceptions.filter(**{"id_last4" if is_tail else "name__startswith": words})
    return exceptions


def of_age(exceptions, slug):
    """Return those found so many whole days ago as one of AGES says."""
    _slug, _name, youngest, oldest = next(age for age in AGES if age[0] == slug)
    now = timezone.now()
    exceptions = exceptions.filter(opened_at__lte=now - timedelta(days=youngest))
    if oldest is not None:
        exceptions = exceptions.filter(opened_at__gt=now - timedelta(days=oldest + 1))
    return exceptions


def _of_owner(exceptions, owner, staff):
    if owner == "mine":
        return exceptions.claimed().filter(claimed_by=staff)
    if owner == "others":
        return exceptions.claimed().exclude(claimed_by=staff)
    if owner == "waiting":
        waiting = SettlementProposal.objects.waiting().values("exception")
        return exceptions.filter(pk__in=waiting)
    return exceptions.exclude(pk__in=exceptions.claimed().values("pk"))


def following(queue, settled):
    """Return the next of a queue behind an exception, by reason and number; from the start again
    at its end; None where nothing is left.
    """
    queue = queue.exclude(pk=settled.pk).order_by("code", "pk")
    behind = Q(code=settled.code, pk__gt=settled.pk) | Q(code__gt=settled.code)
    waiting = SettlementProposal.objects.waiting().values("exception")
    queue = queue.exclude(pk__in=waiting)
    return queue.filter(behind).first() or queue.first()


def groups(exceptions):
    """Return the open exceptions by what repairs them: how many, how much, by which reasons."""
    counted = exceptions.order_by().values("code").annotate(rows=Count("id"), amount=Sum("amount"))
    by_code = {group["code"]: group | {"verdict": VERDICTS[group["code"]]} for group in counted}
    found = []
    for remedy in REMEDIES:
        reasons = [by_code[code] for code in remedy.codes if code in by_code]
        if reasons:
            rows = sum(reason["rows"] for reason in reasons)
            amount = sum(reason["amount"] or 0 for reason in reasons)
            found.append({"remedy": remedy, "reasons": reasons, "rows": rows, "amount": amount})
    return found


def ages(exceptions):
    """Return how many open exceptions there are of each age, youngest first."""
    now = timezone.now()
    counts = {}
    for slug, _name, youngest, oldest in AGES:
        bound = Q(opened_at__lte=now - timedelta(days=youngest))
        if oldest is not None:
            bound &= Q(opened_at__gt=now - timedelta(days=oldest + 1))
        counts[slug] = Count("id", filter=bound)
    found = exceptions.aggregate(**counts)
    return [{"slug": slug, "name": name, "rows": found[slug]} for slug, name, *_bounds in AGES]


def named_areas(codes):
    """Return {code: town and village in words} for some area codes, in one query."""
    codes = list(codes)
    names = dict(
        Area.objects.filter(
            code__in={part for code in codes for part in (code, code[:9])}
        ).values_list("code", "name")
    )
    return {
        code: " ".join(names[part] for part in dict.fromkeys([code[:9], code]) if part in names)
        for code in codes
    }
