"""The API's progress: the figures of the progress page and of its evenings, as data (征缴进度)."""

from django.http import Http404
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from oversight.columns import cut_share
from oversight.models import ProgressSnapshot
from oversight.plans import BASIC_SCHEME, plan_for, plans_of
from oversight.progress import read_progress
from oversight.small_cells import for_reader
from pension_portal.api import Question, api_door
from pension_portal.api_refusals import NotUnderstood
from pension_portal.clock import today
from townships.models import Area

DIGITS = 6


class CampaignQuestion(Question):
    """Which scheme and year; the basic scheme and this year where nothing is said."""

    scheme = serializers.IntegerField(required=False, min_value=1, max_value=32767)
    year = serializers.IntegerField(required=False, min_value=2009, max_value=2100)


class ProgressQuestion(CampaignQuestion):
    """On which day; the last day the data know where nothing is said."""

    day = serializers.DateField(required=False, help_text="no later than today")


@extend_schema_field({"type": "string", "examples": ["0.849999"]})
class ShareField(serializers.Field):
    """A share of one as text with six places, cut off; a goal not reached never looks reached."""

    def to_representation(self, value) -> str:
        return str(cut_share(value, DIGITS))


class StandingAnswer(serializers.Serializer):
    """Where one place stands; a figure that would show few people is null for readers of figures
    alone.
    """

    code = serializers.CharField()
    name = serializers.CharField()
    task = serializers.IntegerField(allow_null=True)
    payable = serializers.IntegerField(allow_null=True)
    paid = serializers.IntegerField(allow_null=True)
    proxy = serializers.IntegerField(allow_null=True)
    new = serializers.IntegerField(allow_null=True)
    rate = ShareField(allow_null=True)
    due = serializers.IntegerField(allow_null=True)
    ahead = serializers.IntegerField(allow_null=True)
    daily_mean = ShareField(allow_null=True)
    needed_a_day = serializers.IntegerField(allow_null=True)
    reached_on = serializers.DateField(allow_null=True)
    is_reached = serializers.BooleanField()
    score = serializers.DecimalField(5, 2, allow_null=True)
    amount = serializers.DecimalField(18, 2, allow_null=True)
    average = serializers.DecimalField(12, 2, allow_null=True)
    high_tier_share = ShareField(allow_null=True)
    open_exceptions = serializers.IntegerField(allow_null=True)
    rank = serializers.IntegerField(allow_null=True)
    rank_before = serializers.IntegerField(allow_null=True)


class MilestoneAnswer(serializers.Serializer):
    """A stage of the task: its day, its share of the task, and how many people that is."""

    label = serializers.CharField()
    due_on = serializers.DateField()
    share = serializers.DecimalField(6, 2, help_text="percent of the task, cumulative")
    people = serializers.IntegerField(allow_null=True)


class ProgressAnswer(serializers.Serializer):
    """One area and the places in it on a day."""

    scheme_id = serializers.IntegerField()
    year = serializers.IntegerField()
    day = serializers.DateField()
    data_until = serializers.DateField(allow_null=True, help_text="数据截至")
    posted_at = serializers.DateTimeField(allow_null=True)
    is_latest = serializers.BooleanField()
    total = StandingAnswer()
    places = StandingAnswer(many=True)
    milestones = MilestoneAnswer(many=True)


class EveningAnswer(serializers.Serializer):
    """What was known of an area on the evening of a day; later files do not change it."""

    day = serializers.DateField()
    task = serializers.IntegerField(allow_null=True)
    people = serializers.IntegerField(allow_null=True)
    proxy_people = serializers.IntegerField(allow_null=True)
    amount = serializers.DecimalField(16, 2, allow_null=True)
    open_exceptions = serializers.IntegerField(allow_null=True)
    noted_at = serializers.DateTimeField()


class EveningsAnswer(serializers.Serializer):
    code = serializers.CharField()
    scheme_id = serializers.IntegerField()
    year = serializers.IntegerField()
    evenings = EveningAnswer(many=True)


@api_door("view_progress", asks=ProgressQuestion, answers=ProgressAnswer)
def progress(request, asked, area_code):
    """Figures, ranking and milestones of an area and the places in it."""
    area = _area_or_404(request, area_code)
    plan = _plan_of(area, asked)
    found = for_reader(read_progress(area, plan, day=_day_of(plan, asked)), request.user)
    return {
        "scheme_id": plan.scheme_id,
        "year": plan.year,
        "day": found.day,
        "data_until": found.data_age.until,
        "posted_at": found.data_age.posted_at,
        "is_latest": found.is_latest,
        "total": found.total,
        "places": found.places,
        "milestones": [
            {
                "label": stage.label,
                "due_on": stage.due_on,
                "share": stage.share,
                "people": stage.people_of(found.total.task) if found.total.task else None,
            }
            for stage in found.pace.stages
            if stage.is_planned
        ],
    }


@api_door("view_progress", asks=CampaignQuestion, answers=EveningsAnswer)
def evenings(request, asked, area_code):
    """What was known of an area each evening; readers of figures alone see their own area's."""
    area = _area_or_404(request, area_code)
    if area.code != request.user.area_code and not request.user.may("view_person"):
        # One evening less the one before is how many paid in between; in a village those are few.
        raise Http404
    plan = _plan_of(area, asked)
    noted = ProgressSnapshot.objects.visible_to(request.user).filter(
        county_code=area.county_code,
        year=plan.year,
        scheme_id=plan.scheme_id,
        area_code=area.code,
    )
    return {
        "code": area.code,
        "scheme_id": plan.scheme_id,
        "year": plan.year,
        "evenings": noted.order_by("day"),
    }


def _area_or_404(request, area_code):
    if not (area_code.isascii() and area_code.isdecimal()):
        raise Http404
    areas = Area.objects.visible_to(request.user).filter(level__lte=Area.Level.VILLAGE)
    return get_object_or_404(areas.select_related("parent__parent"), pk=area_code)


def _plan_of(area, asked):
    return plan_for(
        plans_of(area.county_code),
        scheme_id=asked.get("scheme", BASIC_SCHEME),
        year=asked.get("year", today().year),
    )


def _day_of(plan, asked):
    """Return the day asked for; a campaign has no figures before its year began or after today."""
    day = asked.get("day")
    if (day and not plan.year - 1 <= day.year <= plan.year + 1) or (day and day > today()):
        raise NotUnderstood(name="day", why=f"{plan.year - 1}-01-01 … {today():%Y-%m-%d}。")
    return day
