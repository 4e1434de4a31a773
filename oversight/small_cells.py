"""Keep few people from being counted out (小单元格不显示): what somebody reads who sees figures and
never a person.

    王店镇   proxy 12        李村 3, 王村 9      → 李村 --, 王村 --
    3 is few; with 12 and 9 shown it would be 12 − 9, so the next smallest goes as well.

Counted are those who paid, for whom the government paid, who have not paid, who chose a high tier,
who paid that day, and payments that wait. Fewer than five are not shown, nor what follows
from a total less the others, nor what would lead there by a page further up or down: the page of a
town hides what the page of its county hides of the town. Those who look at people see everything.
"""

from copy import copy

from oversight.progress import read_progress
from townships.models import VILLAGE_CODE_LENGTH, Area

FEW = 5

# Whatever is worked out from the people who paid.
OF_PAID = (
    *("paid", "proxy", "new", "daily_mean", "needed_a_day", "reached_on", "score", "amount"),
    *("payable", "high_tier_share", "rank", "rank_before", "open_exceptions"),
)
# What is counted of a place → the figures that would give it away.
COUNTED = {
    "paid": (lambda place: place.paid, OF_PAID),
    "proxy": (lambda place: place.proxy, ("proxy", "amount", "high_tier_share")),
    "own": (lambda place: _own(place), ("proxy", "amount", "high_tier_share")),
    "unpaid": (lambda place: _unpaid(place), ("payable",)),
    "high_tier": (lambda place: _high_tier(place), ("high_tier_share",)),
    "new": (lambda place: place.new, ("new",)),
    "exceptions": (lambda place: place.open_exceptions, ("open_exceptions",)),
}


def for_reader(progress, staff):
    """Return the Progress as somebody may read it: as it is for those who look at people, without
    small cells for all others.
    """
    if staff.may("view_person"):
        return progress
    return _without_small_cells(progress, staff.area_code)


def _without_small_cells(progress, top):
    hidden_above = _hidden_of_the_area(progress, top)
    hidden = {place.code: set() for place in progress.places}
    of_total = set()
    for name, (count_of, _figures) in COUNTED.items():
        total = count_of(progress.total)
        is_hidden = name in hidden_above or _is_few(total)
        if is_hidden:
            of_total.add(name)
        counts = {place.code: count_of(place) for place in progress.places}
        for code in hidden_cells(counts, total_is_shown=not is_hidden):
            hidden[code].add(name)
    shown = copy(progress)
    shown.is_for_readers = True
    shown.total = _veiled(progress.total, of_total)
    is_one = len(progress.area.code) >= VILLAGE_CODE_LENGTH
    shown.places = (
        [shown.total]
        if is_one
        else [_veiled(place, hidden[place.code]) for place in progress.places]
    )
    # The payments of each day in a village are few by themselves.
    if is_one or "paid" in of_total:
        shown.gains, shown.gains_last_year = {}, {}
    shown.tiers = _tiers_of(progress) if progress.area.code == top else {}
    shown.has_veiled = any(place.is_veiled for place in [shown.total, *shown.places])
    return shown


def _tiers_of(progress):
    """Return the tiers of the reader's own area, where none has few; those of its places could be
    subtracted from each other.
    """
    return {
        (code, year): people
        for (code, year), people in progress.tiers.items()
        if code == progress.area.code and not any(_is_few(count) for count in people.values())
    }


def _hidden_of_the_area(progress, top):
    """Return what the page one level up hides of this area; nothing where the reader has none."""
    area = progress.area
    if area.code == top or not area.parent_id or len(area.parent_id) < len(top):
        return set()
    parent = Area.objects.select_related("parent__parent").get(pk=area.parent_id)
    above = read_progress(parent, progress.plan, day=progress.day)
    hidden_above = _hidden_of_the_area(above, top)
    found = set()
    for name, (count_of, _figures) in COUNTED.items():
        counts = {place.code: count_of(place) for place in above.places}
        is_shown = name not in hidden_above and not _is_few(count_of(above.total))
        if area.code in hidden_cells(counts, total_is_shown=is_shown):
            found.add(name)
    return found


def hidden_cells(counts, *, total_is_shown):
    """Return the keys of a column {key: people or None} that must not be shown.

    Few are hidden. So are the next smallest, until those hidden can no longer be told from the
    total: two at least, five people at least together. Where the total itself is hidden, one is.
    """
    known = {key: count for key, count in counts.items() if count is not None}
    hidden = {key for key, count in known.items() if _is_few(count)}
    if total_is_shown and not hidden:
        return hidden
    others = sorted((count, key) for key, count in known.items() if count and key not in hidden)
    for _count, key in others:
        together = sum(known[one] for one in hidden)
        if hidden and (not total_is_shown or (len(hidden) > 1 and together >= FEW)):
            break
        hidden.add(key)
    return hidden


def _is_few(count):
    return count is not None and 0 < abs(count) < FEW


def _own(place):
    """People who pay themselves."""
    return place.paid - place.proxy if place.is_proxy_counted else place.paid


def _unpaid(place):
    return None if place.payable is None else max(place.payable - place.paid, 0)


def _high_tier(place):
    share = place.high_tier_share
    return None if share is None else round(share * _own(place))


def _veiled(place, names):
    """Return a standing without the figures that give away what is named."""
    if not names:
        return place
    veiled = copy(place)
    for name in names:
        for figure in COUNTED[name][1]:
            setattr(veiled, figure, None)
    if "paid" in names:
        veiled.is_reached = False
    veiled.is_veiled = True
    return veiled
