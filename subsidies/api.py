"""The API's residents: people of one's area, masked, and one of them with what they joined, paid,
are entitled to, and why (参保居民). Whoever is given is in the trail, each by themselves.
"""

from django.db.models import Q
from django.shortcuts import get_object_or_404
from rest_framework import serializers

from contributions.models import Transfer
from enrollment.finding import find
from enrollment.models import Enrolment, Resident, SpecialIdentity
from pension_portal.api import MOST_ROWS_A_PAGE, ROWS_A_PAGE, Question, api_door, page_of
from pension_portal.clock import today
from pension_portal.masking import mask_id, mask_name, mask_phone
from staff.audit import record_looks
from subsidies.entitlements import entitlements_of
from subsidies.why import why_as_data, why_of


class ResidentsQuestion(Question):
    """Which area, and which part of the list."""

    area = serializers.RegexField(r"^[0-9]{6,12}$", required=False, help_text="code of an area")
    after = serializers.RegexField(
        r"^[0-9]{12}-[0-9]{1,18}$", required=False, help_text="next of the page before"
    )
    limit = serializers.IntegerField(
        required=False, min_value=1, max_value=MOST_ROWS_A_PAGE, default=ROWS_A_PAGE
    )


class YearQuestion(Question):
    """The year that is explained; this year where nothing is said."""

    year = serializers.IntegerField(required=False, min_value=2009, max_value=2100)


class EnrolmentAnswer(serializers.ModelSerializer):
    """What somebody has joined."""

    scheme = serializers.CharField(source="scheme.name")

    class Meta:
        model = Enrolment
        fields = ["scheme_id", "scheme", "status", "registered_tier", "started_on", "ended_on"]


class IdentityAnswer(serializers.ModelSerializer):
    """A special identity, and from when until when it is certified."""

    class Meta:
        model = SpecialIdentity
        fields = ["identity", "valid_from", "valid_to"]


class ResidentLine(serializers.Serializer):
    """One person, masked."""

    id = serializers.IntegerField()
    name = serializers.SerializerMethodField()
    id_number = serializers.SerializerMethodField()
    phone = serializers.SerializerMethodField()
    sex = serializers.CharField()
    birth_year = serializers.IntegerField(source="born_on.year")
    village_code = serializers.CharField()
    group_code = serializers.CharField()
    life_status = serializers.CharField()

    def get_name(self, person) -> str:
        return mask_name(person.name)

    def get_id_number(self, person) -> str:
        return mask_id(person.id_number)

    def get_phone(self, person) -> str:
        return mask_phone(person.phone or "")


class ResidentsAnswer(serializers.Serializer):
    residents = ResidentLine(many=True)
    next = serializers.CharField(allow_null=True, help_text="`after` of the next page")


class PaymentAnswer(serializers.ModelSerializer):
    """One movement of the ledger; what was taken back stands beside what it takes back."""

    amount = serializers.DecimalField(12, 2, source="signed_amount")

    class Meta:
        model = Transfer
        fields = [
            *("id", "year", "scheme_id", "kind", "source", "amount", "tier_amount", "paid_on"),
            *("posted_at", "reverses_id"),
        ]


class EntitlementAnswer(serializers.Serializer):
    """What the state owes for one payment, and by which rule."""

    year = serializers.IntegerField()
    transfer_id = serializers.IntegerField()
    scheme = serializers.CharField()
    paid_amount = serializers.DecimalField(12, 2)
    amount = serializers.DecimalField(12, 2)
    is_decided = serializers.BooleanField()
    document_no = serializers.CharField(allow_null=True)
    source_article = serializers.CharField(allow_null=True)


class ShareAnswer(serializers.Serializer):
    item = serializers.CharField()
    payer = serializers.CharField()
    amount = serializers.CharField(allow_null=True)


class ReasonAnswer(serializers.Serializer):
    sentence = serializers.CharField()
    source = serializers.CharField(allow_null=True, allow_blank=True)


class WhyAnswer(serializers.Serializer):
    """What is due, paid and added for the year in one scheme, and the chain of rules."""

    scheme_id = serializers.IntegerField()
    scheme = serializers.CharField()
    version = serializers.CharField(allow_null=True)
    document = serializers.CharField(allow_null=True)
    due = serializers.CharField(allow_null=True)
    paid = serializers.CharField(allow_null=True)
    left_to_pay = serializers.CharField(allow_null=True)
    state_adds = serializers.CharField(allow_null=True)
    state_adds_is_given = serializers.BooleanField()
    proxy = serializers.CharField(allow_null=True)
    shares = ShareAnswer(many=True)
    reasons = ReasonAnswer(many=True)


class ResidentAnswer(serializers.Serializer):
    resident = ResidentLine()
    year = serializers.IntegerField()
    enrolments = EnrolmentAnswer(many=True)
    identities = IdentityAnswer(many=True)
    payments = PaymentAnswer(many=True)
    entitlements = EntitlementAnswer(many=True)
    why = WhyAnswer(many=True)


@api_door("view_person", asks=ResidentsQuestion, answers=ResidentsAnswer)
def residents(request, asked):
    """People of one's area by village, a page at a time."""
    people = Resident.objects.visible_to(request.user)
    if "area" in asked:
        people = people.filter(village_code__startswith=asked["area"])
    if "after" in asked:
        village, number = asked["after"].split("-")
        people = people.filter(
            Q(village_code__gt=village) | Q(id__gt=int(number)), village_code__gte=village
        )
    page, following = page_of(find(people, ""), asked["limit"], _place_of)
    record_looks("view_person", page, by=request.user)
    return {"residents": page, "next": following}


@api_door("view_person", asks=YearQuestion, answers=ResidentAnswer)
def resident(request, asked, resident_id):
    """One person: joined, paid, entitled to, and why."""
    person = get_object_or_404(Resident.objects.visible_to(request.user), pk=resident_id)
    record_looks("view_person", [person], by=request.user)
    year = asked.get("year", today().year)
    payments = Transfer.objects.filter(county_code=person.county_code, resident=person)
    return {
        "resident": person,
        "year": year,
        "enrolments": person.enrolments.select_related("scheme").order_by("scheme_id"),
        "identities": person.identities.order_by("-valid_from", "identity"),
        "payments": payments.order_by("-year", "-id"),
        "entitlements": entitlements_of(person),
        "why": why_as_data(why_of(person, year)),
    }


def _place_of(person):
    return f"{person.village_code}-{person.pk}"
