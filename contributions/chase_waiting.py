"""What waits on the start page of those who remind: the unpaid, promises that are due, leads."""

from typing import NamedTuple

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from contributions.models import Chase, Collector, Contact, Lead, Outcome
from contributions.ready_filters import of_collector
from contributions.unpaid import unpaid
from pension_portal.clock import today
from policies.switching import campaigns
from staff.waiting import State, Waiting
from townships.models import TOWN_CODE_LENGTH, VILLAGE_CODE_LENGTH, TaskPlan

# A start page counts no further; the list behind it knows.
MOST_COUNTED = 1_000


def waiting_items(staff):
    """Give what waits for somebody who calls people or sees that they are called."""
    if not staff.may("note_contact"):
        return
    year, url = today().year, reverse("contributions:unpaid", args=[staff.area_code])
    for scheme, name in campaigns(staff.county_code, year).items():
        yield from _of_scheme(staff, Campaign(scheme, year, name), f"{url}?scheme={scheme}")
    if staff.may("decide_lead"):
        leads = Lead.objects.visible_to(staff).waiting().count()
        yield Waiting(_("村里报已故、迁出，待核实"), leads, reverse("contributions:leads"), _("人"))
    mine = Contact.objects.standing().filter(made_by=staff, contacted_at__date=timezone.localdate())
    yield Waiting(_("今天联系"), mine.count(), url, _("人"), State.DONE)


class Campaign(NamedTuple):
    """What is collected for: a scheme's number, the year, and what the scheme is called."""

    scheme_id: int
    year: int
    name: str

    @property
    def of_it(self):
        return {"scheme_id": self.scheme_id, "year": self.year}


def _of_scheme(staff, campaign, url):
    yield from _everybody(staff, campaign, url)
    yield from _given_to_me(staff, campaign, url)
    chased = Chase.objects.visible_to(staff).filter(**campaign.of_it)
    promised = chased.filter(outcome=Outcome.PROMISED, promised_on__lte=today())
    yield Waiting(
        _("承诺到期未缴"),
        _still_unpaid(promised, staff, campaign),
        f"{url}&who=promise_due",
        _("人"),
        due_on=promised.order_by("promised_on").values_list("promised_on", flat=True).first(),
        note=campaign.name,
    )
    says_paid = chased.filter(outcome=Outcome.SAYS_PAID)
    yield Waiting(
        _("称已缴未到账"),
        _still_unpaid(says_paid, staff, campaign),
        f"{url}&who=says_paid",
        _("人"),
        note=campaign.name,
    )


def _everybody(staff, campaign, url):
    """The unpaid of a town or village, until the milestone that is next.

    A county sees them in its progress; counting all of them would keep a start page waiting.
    """
    if len(staff.area_code) < TOWN_CODE_LENGTH:
        return
    people = unpaid(staff.area_code, **campaign.of_it, as_a_whole=True)
    plan = TaskPlan.objects.visible_to(staff).filter(**campaign.of_it).first()
    milestone = plan and plan.milestone_on(today())
    calls = f"{reverse('contributions:calls', args=[staff.area_code])}?scheme={campaign.scheme_id}"
    is_village = len(staff.area_code) == VILLAGE_CODE_LENGTH
    yield Waiting(
        _("应缴未缴"),
        people.visible_to(staff).order_by().count(),
        calls if is_village else url,
        _("人"),
        due_on=milestone.due_on if milestone else None,
        note=f"{campaign.name} {milestone.label}" if milestone else campaign.name,
    )


def _given_to_me(staff, campaign, url):
    """What was shared out to the person who looks, and is not contacted yet."""
    for collector in Collector.objects.visible_to(staff).filter(staff=staff, is_active=True):
        people = unpaid(staff.area_code, **campaign.of_it).visible_to(staff)
        people = of_collector(people, collector, **campaign.of_it)
        contacted = Chase.objects.filter(**campaign.of_it, contacts__gt=0)
        people = people.exclude(resident_id__in=contacted.values("resident_id"))
        yield Waiting(
            _("分派给我，还没联系"),
            people.order_by()[:MOST_COUNTED].count(),
            f"{url}&collector={collector.pk}&who=not_contacted",
            _("人"),
            note=campaign.name,
        )


def _still_unpaid(chases, staff, campaign):
    people = unpaid(staff.area_code, **campaign.of_it).visible_to(staff)
    return (
        people.filter(resident_id__in=chases.values("resident_id"))
        .order_by()[:MOST_COUNTED]
        .count()
    )
