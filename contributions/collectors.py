"""Name who answers for collection in a village or group (责任人与责任区, M44)."""

from django.db import transaction

from contributions.models import CollectorArea
from staff.audit import record


@transaction.atomic
def save_collector(form, *, by):
    """Keep what a form says of a collector, and give them their villages and groups.

    A village that somebody else had goes over to this one.
    """
    collector = form.save(commit=False)
    if not collector.pk:
        collector.county_code, collector.area_id = by.county_code, by.area_code
    collector.save()
    places = form.cleaned_data["places"]
    collector.areas.exclude(area_id__in=places).delete()
    CollectorArea.objects.bulk_create(
        [CollectorArea(area_id=code, collector=collector) for code in places],
        update_conflicts=True,
        unique_fields=["area"],
        update_fields=["collector"],
    )
    record("set_collector", collector, by=by, areas=len(places))
    return collector
