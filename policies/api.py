"""The API's policies: versions of one's county, their tiers, and the documents they rest on."""

from django.shortcuts import get_object_or_404
from rest_framework import serializers

from pension_portal.api import Question, api_door
from policies.answers import tiers_of
from policies.models import PolicyVersion


class PolicyQuestion(Question):
    """Which scheme and year; in force only, where asked."""

    scheme = serializers.IntegerField(required=False, min_value=1, max_value=32767)
    year = serializers.IntegerField(required=False, min_value=2009, max_value=2100)
    in_force = serializers.BooleanField(required=False, default=False)


class PolicyLine(serializers.Serializer):
    """One version without its text."""

    id = serializers.IntegerField()
    county_code = serializers.CharField()
    scheme_id = serializers.IntegerField()
    scheme = serializers.CharField(source="scheme.name")
    year = serializers.IntegerField()
    version = serializers.IntegerField()
    status = serializers.CharField(help_text="draft, published, withdrawn")
    document_no = serializers.CharField()
    document_title = serializers.CharField()
    published_at = serializers.DateTimeField(allow_null=True)
    withdrawn_at = serializers.DateTimeField(allow_null=True)


class PoliciesAnswer(serializers.Serializer):
    policies = PolicyLine(many=True)


class TierAnswer(serializers.Serializer):
    """One tier as the tier table prints it; the number is 0 for a tier of proxy payments alone."""

    number = serializers.IntegerField()
    amount = serializers.DecimalField(10, 2)
    proxy_only = serializers.BooleanField()
    subsidy_amount = serializers.DecimalField(10, 2, allow_null=True)
    decided = serializers.BooleanField()
    article = serializers.CharField(source="tier_article", allow_null=True)
    subsidy_article = serializers.CharField(allow_null=True)


class SourceAnswer(serializers.Serializer):
    """A document the policy rests on."""

    label = serializers.CharField()
    document_no = serializers.CharField()
    title = serializers.CharField()
    issued_on = serializers.DateField(allow_null=True)


class PolicyAnswer(PolicyLine):
    """One version with its tiers, its documents and the file it was loaded from."""

    tiers = TierAnswer(many=True)
    sources = SourceAnswer(many=True)
    source = serializers.CharField(help_text="the policy file, as loaded")


@api_door("view_policy", asks=PolicyQuestion, answers=PoliciesAnswer)
def policies(request, asked):
    """Policy versions of one's county, newest first."""
    found = PolicyVersion.objects.visible_to(request.user).select_related("scheme").defer("source")
    wanted = {"scheme": "scheme_id", "year": "year"}
    found = found.filter(**{wanted[name]: asked[name] for name in wanted if name in asked})
    if asked["in_force"]:
        found = found.filter(pk__in=PolicyVersion.objects.in_force().values("pk"))
    return {"policies": found}


@api_door("view_policy", answers=PolicyAnswer)
def policy(request, asked, policy_id):
    """One version: tiers, documents, text."""
    versions = PolicyVersion.objects.visible_to(request.user).select_related("scheme")
    version = get_object_or_404(versions.prefetch_related("sources"), pk=policy_id)
    return _Answer(version)


class _Answer:
    """A version, and beside it its tiers and sources as lists."""

    def __init__(self, version):
        self.policy = version
        self.tiers = tiers_of(version)
        self.sources = list(version.sources.all())

    def __getattr__(self, name):
        return getattr(self.policy, name)
