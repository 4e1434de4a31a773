"""The filters of the unpaid list that come with the portal, and that of one responsible person.

Each is a condition on one enrolled person, so that all may be laid over one another and
a page of the list still costs what fifty people cost.
"""

from datetime import date

from django.db.models import BooleanField, Exists, OuterRef, Q
from django.db.models.expressions import RawSQL

from contributions.models import CashLine, Chase, Outcome
from contributions.unpaid import CHASE_FIRST_AGE, born_by, has_paid, pays_beyond
from enrollment.models import SpecialIdentity
from pension_portal.clock import today
from policies.models import PolicyVersion, Rule
from policies.rules.ages import months_after
from townships.models import VILLAGE_CODE_LENGTH

SOMEBODY_ELSE_PAID = """exists (
    select from enrollment_resident me
    left join enrollment_joinedhousehold mine on mine.resident_id = me.id
    cross join lateral (
        select o.id from enrollment_resident o
        where o.household_id = coalesce(mine.household_id, me.household_id)
          and not exists (select from enrollment_joinedhousehold j where j.resident_id = o.id)
        union all
        select g.resident_id from enrollment_joinedhousehold g
        where g.household_id = coalesce(mine.household_id, me.household_id)
    ) other
    join contributions_effectivetransfer paid
        on paid.county_code = me.county_code and paid.resident_id = other.id
        and paid.scheme_id = %s and paid.year = %s
    where me.id = enrollment_enrolment.resident_id and other.id <> me.id
    offset 0
)"""


def of_ready_filter(enrolments, key, *, county_code, scheme_id, year, as_a_whole=False):
    """Narrow a list by one of the filters that come with the portal; an unknown key leaves it."""

    def paid_for(one_year):
        return has_paid(one_year, as_a_whole=as_a_whole)

    chase = Chase.objects.filter(
        resident_id=OuterRef("resident_id"), scheme_id=scheme_id, year=year
    )
    held = CashLine.objects.standing().filter(
        resident_id=OuterRef("resident_id"), scheme_id=scheme_id, year=year
    )
    narrowing = {
        "paid_before": lambda: [paid_for(year - 1)],
        "aged_45": lambda: [Q(resident__born_on__lte=born_by(today(), CHASE_FIRST_AGE))],
        "both": lambda: [
            paid_for(year - 1),
            Q(resident__born_on__lte=born_by(today(), CHASE_FIRST_AGE)),
        ],
        # Enrolled before both years, and no payment in either.
        "lapsed": lambda: [
            Q(started_on=None) | Q(started_on__lt=date(year - 1, 1, 1)),
            ~paid_for(year - 1),
            ~paid_for(year - 2),
        ],
        "says_paid": lambda: [Exists(chase.filter(outcome=Outcome.SAYS_PAID))],
        "cash": lambda: [Exists(held)],
        "before_60": lambda: [~pays_beyond(county_code, scheme_id, months_after(today(), 12))],
        "proxy": lambda: [_holds_a_proxy_identity(county_code, scheme_id, year)],
        "partly": lambda: [_of_a_partly_paid_household(scheme_id, year)],
        "visit": lambda: [Exists(chase.filter(needs_visit=True))],
        "promise_due": lambda: [
            Exists(chase.filter(outcome=Outcome.PROMISED, promised_on__lte=today()))
        ],
        "not_contacted": lambda: [~Exists(chase.filter(contacts__gt=0))],
    }
    return enrolments.filter(*narrowing[key]()) if key in narrowing else enrolments


def _of_a_partly_paid_household(scheme_id, year):
    """The condition that somebody else who counts with the person's household has paid (M12)."""
    return RawSQL(SOMEBODY_ELSE_PAID, [scheme_id, year], output_field=BooleanField())  # noqa: S611


def _holds_a_proxy_identity(county_code, scheme_id, year):
    """The condition that a person holds today what the county's policy pays in the place of."""
    policy = PolicyVersion.objects.in_force(county_code, scheme_id, year)
    tokens = Rule.objects.filter(policy__in=policy, subject="proxy").values_list(
        "condition__identities", flat=True
    )
    kinds = Q(pk__in=[])
    for token in {token for some in tokens for token in some or []}:
        kinds |= _holds(token)
    day = today()
    held = SpecialIdentity.objects.filter(
        kinds,
        Q(valid_to=None) | Q(valid_to__gte=day),
        county_code=county_code,
        resident_id=OuterRef("resident_id"),
        valid_from__lte=day,
    )
    return Exists(held)


def _holds(token):
    """The condition that an identity is what a policy calls `disabled2` or `low_income`."""
    name = token.partition("@")[0]
    kind = name.rstrip("0123456789")
    grade = name[len(kind) :]
    return Q(identity=kind, grade=int(grade)) if grade else Q(identity=kind)


def of_collector(enrolments, collector, *, scheme_id, year):
    """Narrow a list to whom one person answers for: their villages and groups, less those given to
    somebody else, and those given to them.
    """
    chase = Chase.objects.filter(
        resident_id=OuterRef("resident_id"), scheme_id=scheme_id, year=year
    )
    codes = list(collector.areas.values_list("area_id", flat=True))
    villages = [code for code in codes if len(code) == VILLAGE_CODE_LENGTH]
    groups = [code for code in codes if len(code) > VILLAGE_CODE_LENGTH]
    theirs = Q(village_code__in=villages) | Q(resident__group_code__in=groups)
    given = Chase.objects.filter(collector=collector, scheme_id=scheme_id, year=year)
    elsewhere = chase.exclude(collector=None).exclude(collector=collector)
    reached = {*villages, *(code[:VILLAGE_CODE_LENGTH] for code in groups)}
    reached.update(given.values_list("village_code", flat=True).distinct())
    return enrolments.filter(
        (theirs & ~Exists(elsewhere)) | Exists(chase.filter(collector=collector)),
        village_code__in=sorted(reached),
    )
