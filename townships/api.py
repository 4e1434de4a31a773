"""The API's areas: the tree of one's own area, and from when until when each holds (区划)."""

from rest_framework import serializers

from pension_portal.api import Question, api_door
from townships.models import Area


class AreaQuestion(Question):
    """Which level, and on which day; without them all that ever was."""

    level = serializers.ChoiceField(required=False, choices=[1, 2, 3, 4])
    under = serializers.RegexField(r"^[0-9]{6,14}$", required=False, help_text="code of an area")
    day = serializers.DateField(required=False, help_text="areas in force on this day")


class AreaAnswer(serializers.Serializer):
    """One area; its code begins with its parent's."""

    code = serializers.CharField()
    name = serializers.CharField()
    level = serializers.IntegerField(help_text="1 county, 2 town, 3 village, 4 group")
    parent = serializers.CharField(source="parent_id", allow_null=True)
    valid_from = serializers.DateField(allow_null=True)
    valid_to = serializers.DateField(allow_null=True)
    successor = serializers.CharField(source="successor_id", allow_null=True)


class AreasAnswer(serializers.Serializer):
    areas = AreaAnswer(many=True)


@api_door("view_areas", asks=AreaQuestion, answers=AreasAnswer)
def areas(request, asked):
    """Areas inside one's own, in their official order."""
    found = Area.objects.visible_to(request.user)
    if "level" in asked:
        found = found.filter(level=asked["level"])
    if "under" in asked:
        found = found.inside(asked["under"])
    if "day" in asked:
        found = found.in_force_on(asked["day"])
    return {"areas": found}
