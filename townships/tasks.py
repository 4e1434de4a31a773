"""A county's yearly task (年度任务) and its breaking down over towns and villages (任务分解).

Milestones are cumulative, as the plan's text has them; the annex prints the increment of each
phase, which is derived:

    target 27,000; 85% by 31 March, 100% by 30 June
    annex:  全年任务数 27000   第一阶段任务数 22950   第二阶段任务数 4050

What should add up and does not is a warning that stands until it does; it never stops the work.
"""

from collections import defaultdict
from typing import NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from townships.errors import (
    CampaignEndsBeforeItStarts,
    MilestoneOutsideTheCampaign,
    MilestonesDoNotRise,
    NotACounty,
    NotInThisCounty,
    QuotaIsNegative,
)
from townships.models import Area, Milestone, Quota, TaskPlan

WHOLE = 100


class StandingWarning(NamedTuple):
    """Something of a plan that does not hold together yet: which area, what kind, in words."""

    area: Area
    kind: str
    words: str


class AnnexRow(NamedTuple):
    """A line of the annex: an area (None for the total), its task and its phases."""

    area: Area | None
    people: int
    increments: list
    cumulative: list

    @property
    def phases(self):
        """Each phase's (increment, cumulative target)."""
        return list(zip(self.increments, self.cumulative, strict=True))


@transaction.atomic
def plan_task(
    county,
    scheme_id,
    year,
    target,
    starts_on,
    ends_on,
    milestones,
    *,
    by,
    document_no="",
    counts_proxy=True,
):
    """Set a county's task of a scheme and year, for the first time or anew; return the TaskPlan.

    `milestones` are (label, due day, cumulative share in percent); the campaign's first and last
    day both count. Refuses NotACounty, CampaignEndsBeforeItStarts, MilestoneOutsideTheCampaign and
    MilestonesDoNotRise.
    """
    if county.level != Area.Level.COUNTY:
        raise NotACounty(area=county.name)
    if ends_on < starts_on:
        raise CampaignEndsBeforeItStarts(starts_on=starts_on, ends_on=ends_on)
    milestones = sorted(milestones, key=lambda milestone: milestone[1])
    _refuse_wrong_milestones(milestones, starts_on, ends_on)
    plan, _is_new = TaskPlan.objects.update_or_create(
        county=county,
        scheme_id=scheme_id,
        year=year,
        defaults={
            "target": target,
            "starts_on": starts_on,
            "ends_on": ends_on,
            "document_no": document_no,
            "counts_proxy": counts_proxy,
        },
    )
    plan.milestones.all().delete()
    Milestone.objects.bulk_create(
        [
            Milestone(plan=plan, label=label, due_on=due_on, share=share)
            for label, due_on, share in milestones
        ]
    )
    if by is not None:
        stages = [[label, due_on, share] for label, due_on, share in milestones]
        by.note("plan_task", plan, area_code=county.code, target=target, milestones=stages)
    return plan


@transaction.atomic
def set_quotas(plan, people_by_area, *, by, file=None):
    """Set the parts of a plan's task by area code; return how many changed. None takes a part away.

    Refuses NotInThisCounty and QuotaIsNegative; sums that do not match are warnings, see
    `quota_warnings`.
    """
    areas = Area.objects.in_bulk(list(people_by_area))
    _refuse_wrong_quotas(plan, people_by_area, areas, by)
    had = dict(plan.quotas.select_for_update().values_list("area_id", "people"))
    changed = {code: people for code, people in people_by_area.items() if had.get(code) != people}
    gone = [code for code, people in changed.items() if people is None]
    plan.quotas.filter(area_id__in=gone).delete()
    Quota.objects.bulk_create(
        [
            Quota(plan=plan, area_id=code, people=people, set_by=by)
            for code, people in changed.items()
            if people is not None
        ],
        update_conflicts=True,
        unique_fields=["plan", "area"],
        update_fields=["people", "set_by", "set_at"],
    )
    if changed:
        by.note(
            "set_quotas",
            plan,
            area_code=plan.county_id,
            quotas={code: [had.get(code), people] for code, people in changed.items()},
            **({"file": file.name, "sha256": file.sha256} if file else {}),
        )
    return len(changed)


def quota_warnings(plan):
    """Return the StandingWarnings of a plan: what does not sum to its parent, and towns without a
    征缴负责人.
    """
    towns = list(plan_areas(plan, Area.Level.TOWN))
    villages = list(plan_areas(plan, Area.Level.VILLAGE))
    people = dict(plan.quotas.values_list("area_id", "people"))
    return [
        *_warnings_of_towns(plan, towns, people),
        *_warnings_of_villages(towns, villages, people),
        *_warnings_of_contacts(towns),
    ]


def plan_areas(plan, level):
    """Return the county's areas of a level that exist in the campaign, or have a quota all the
    same, in official order.
    """
    existing = Area.objects.inside(plan.county_id).filter(level=level)
    in_force = existing.in_force_on(plan.ends_on) | existing.filter(quotas__plan=plan)
    return in_force.distinct().order_by("position", "code")


def annex_rows(plan, quotas):
    """Return quotas as annex 1 prints them, in official order, and last their total.

    Increments follow the order of the plan's milestones.
    """
    milestones = list(plan.milestones.all())
    quotas = quotas.select_related("area").order_by("area__position", "area__code")
    rows = [_annex_row(quota.area, quota.people, milestones) for quota in quotas]
    columns = list(zip(*[row.increments for row in rows], strict=True)) or [()] * len(milestones)
    sums = [sum(column) for column in columns]
    total = AnnexRow(
        area=None,
        people=sum(row.people for row in rows),
        increments=sums,
        cumulative=[sum(sums[: place + 1]) for place in range(len(sums))],
    )
    return [*rows, total]


def _annex_row(area, people, milestones):
    cumulative = [milestone.people_of(people) for milestone in milestones]
    return AnnexRow(area, people, increments_of(cumulative), cumulative)


def increments_of(cumulative):
    """Return what each phase adds to the one before: [22950, 27000] → [22950, 4050]."""
    return [now - before for before, now in zip([0, *cumulative], cumulative, strict=False)]


def _refuse_wrong_milestones(milestones, starts_on, ends_on):
    reached = 0
    for label, due_on, share in milestones:
        if not starts_on <= due_on <= ends_on:
            raise MilestoneOutsideTheCampaign(
                label=label, due_on=due_on, starts_on=starts_on, ends_on=ends_on
            )
        if not reached < share <= WHOLE:
            raise MilestonesDoNotRise(label=label, share=share)
        reached = share


def _refuse_wrong_quotas(plan, people_by_area, areas, by):
    outside = [
        code
        for code in people_by_area
        if code not in areas
        or not code.startswith(plan.county_id)
        or code == plan.county_id
        or not (by.area_code and code.startswith(by.area_code))
    ]
    if outside:
        raise NotInThisCounty(codes=_("、").join(outside), county=plan.county.name)
    for code, people in people_by_area.items():
        if people is not None and people < 0:
            raise QuotaIsNegative(area=areas[code].name, people=people)


def _warnings_of_towns(plan, towns, people):
    missing = [town for town in towns if town.code not in people]
    if len(missing) == len(towns):
        words = _("还没有分解到乡镇街道。上传分解表，或逐个填写")
        return [StandingWarning(plan.county, "undivided", words)]
    found = [
        StandingWarning(town, "missing", _("「%s」没有任务数，补填") % town.name)
        for town in missing
    ]
    total = sum(people.get(town.code, 0) for town in towns)
    if total != plan.target:
        found.append(
            StandingWarning(plan.county, "sum", _sum_words(plan.county, plan.target, total))
        )
    return found


def _warnings_of_villages(towns, villages, people):
    """Compare each town with its villages, or say that it was not broken down to any."""
    inside = defaultdict(list)
    for village in villages:
        if village.code in people:
            inside[village.parent_id].append(people[village.code])
    found = []
    for town in towns:
        if town.code not in people:
            continue
        if not inside[town.code]:
            words = _("「%s」还没有分解到村（社区）") % town.name
            found.append(StandingWarning(town, "undivided", words))
        elif sum(inside[town.code]) != people[town.code]:
            words = _sum_words(town, people[town.code], sum(inside[town.code]))
            found.append(StandingWarning(town, "sum", words))
    return found


def _sum_words(area, expected, found):
    return _("「%(area)s」任务 %(expected)s 人，下级合计 %(found)s 人，%(more)s %(gap)s 人") % {
        "area": area.name,
        "expected": f"{expected:,}",
        "found": f"{found:,}",
        "more": _("多") if found > expected else _("少"),
        "gap": f"{abs(found - expected):,}",
    }


def _warnings_of_contacts(towns):
    without = Area.objects.filter(code__in=[town.code for town in towns])
    return [
        StandingWarning(town, "contact", _("「%s」没有征缴负责人，登记姓名和电话") % town.name)
        for town in without.without_collection_contact().order_by("position", "code")
    ]
