"""What an unpaid list shows: whom its filter finds, and what stands in their lines.

Pages, workbooks and a village's telephone read the same lines, so that they never disagree.
"""

from django.http import QueryDict

from contributions.forms import UnpaidFilter
from contributions.models import Chase, Collector, CollectorArea
from contributions.ready_filters import of_collector, of_ready_filter
from contributions.unpaid import last_tiers, unpaid
from pension_portal.clock import today
from pension_portal.masking import mask_id, mask_phone
from policies.rules.ages import age_on
from townships.models import Area

# Filters that are no field of the bar: they are kept, and shown as badges.
KEPT = ("scheme", "year", "who", "outcome", "collector", "group", "household")


def filter_of(data, area, staff, *, is_shown=False):
    """Return the filter of an unpaid list, as somebody asked for it; one that is shown offers the
    schemes that the county follows.
    """
    groups = Area.objects.filter(parent=area, level=Area.Level.GROUP).order_by("position", "code")
    is_village = area.level == Area.Level.VILLAGE
    choices = [(group.code, group.name) for group in groups] if is_village else []
    return UnpaidFilter(
        data,
        groups=choices,
        collectors=collectors_of(staff),
        county_code=area.county_code if is_shown else None,
    )


def collectors_of(staff):
    """Return those who answer for collection in a person's area, and are at work."""
    return Collector.objects.visible_to(staff).filter(is_active=True)


def people_of(area, chosen, staff, *, as_a_whole=False):
    """Return the enrolments that a filter finds in an area, inside the reader's own."""
    campaign = {"scheme_id": chosen["scheme"], "year": chosen["year"]}
    people = unpaid(area.code, **campaign, as_a_whole=as_a_whole).visible_to(staff)
    people = of_ready_filter(
        people,
        chosen.get("who"),
        county_code=area.county_code,
        as_a_whole=as_a_whole,
        **campaign,
    )
    if chosen.get("outcome"):
        found = Chase.objects.filter(**campaign, outcome=chosen["outcome"])
        people = people.filter(resident_id__in=found.inside(area.code).values("resident_id"))
    if chosen.get("collector"):
        people = of_collector(people, chosen["collector"], **campaign)
    if chosen.get("group"):
        people = people.filter(resident__group_code=chosen["group"])
    if chosen.get("household"):
        people = people.filter(resident__household_id=chosen["household"])
    return people


def query_of(asked):
    """Return what was asked, as a query string without places and pages."""
    kept = QueryDict(mutable=True)
    for name in KEPT:
        if asked.get(name):
            kept[name] = asked[name]
    return kept.urlencode()


def lines_of(enrolments, chosen):
    """Return what a list shows of some people, with six statements however many they are."""
    if not enrolments:
        return []
    residents = [enrolment.resident_id for enrolment in enrolments]
    campaign = {"scheme_id": chosen["scheme"], "year": chosen["year"]}
    names = place_names(enrolments)
    before = last_tiers(residents, county_code=enrolments[0].county_code, **campaign)
    chases = Chase.objects.filter(**campaign, resident_id__in=residents)
    chased = {chase.resident_id: chase for chase in chases.select_related("collector")}
    answers = _who_answers(enrolments)
    return [
        {
            "resident": enrolment.resident,
            "village": names.get(enrolment.village_code, enrolment.village_code),
            "group": names.get(enrolment.resident.group_code, ""),
            "household": enrolment.resident.household,
            "age": age_on(today(), enrolment.resident.born_on),
            "masked_id": mask_id(enrolment.resident.id_number),
            "masked_phone": mask_phone(enrolment.resident.phone or ""),
            "registered_tier": enrolment.registered_tier,
            "last_tier": before.get(enrolment.resident_id),
            "chase": (chase := chased.get(enrolment.resident_id)),
            "collector": (chase and chase.collector)
            or answers.get(enrolment.resident.group_code)
            or answers.get(enrolment.village_code),
        }
        for enrolment in enrolments
    ]


def _who_answers(enrolments):
    """Return area code → who answers for it, of the villages and groups of some people."""
    codes = {enrolment.village_code for enrolment in enrolments}
    codes |= {enrolment.resident.group_code for enrolment in enrolments}
    found = CollectorArea.objects.filter(area_id__in=codes).select_related("collector")
    return {one.area_id: one.collector for one in found if one.collector.is_active}


def place_names(enrolments):
    """Return code → name of the villages and groups of some people."""
    codes = {enrolment.village_code for enrolment in enrolments}
    codes |= {enrolment.resident.group_code for enrolment in enrolments}
    return dict(Area.objects.filter(code__in=codes).values_list("code", "name"))
