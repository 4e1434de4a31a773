"""Keep the figures of police and statistics about an area's people (人口数, M37)."""

from django.db import transaction

from oversight.models import Population
from staff.audit import record


@transaction.atomic
def set_population(figures, *, by):
    """Keep the figures of some areas for a day, anew where that day has some; return how many.

    `figures` are (area code, registered, usual, source, as_of); who gave neither figure is left
    out. Both figures are people, the one by 户籍, the other by residence.
    """
    kept = 0
    for code, registered, usual, source, as_of in figures:
        if registered is None and usual is None:
            continue
        Population.objects.update_or_create(
            area_id=code,
            as_of=as_of,
            defaults={
                "registered": registered,
                "usual": usual,
                "source": source,
                "entered_by": by,
            },
        )
        kept += 1
    if kept:
        record("set_population", by=by, areas=kept, source=source, as_of=as_of.isoformat())
    return kept
