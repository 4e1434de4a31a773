"""Show chasing in the made-up county: who answers for whom, and what a village has said so far."""

import uuid
from datetime import timedelta

from contributions.chasing import note_contact, set_visit
from contributions.models import Collector, CollectorArea, Outcome
from contributions.unpaid import unpaid
from enrollment.models import Resident
from pension_portal.clock import today
from townships.models import Area

SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜"
BASIC = 1
# What the first people of the agent's village said, in the order of the list.
SAID = [
    (Outcome.PROMISED, -1, "卖了粮就缴"),
    (Outcome.AWAY, None, "在苏州务工"),
    (Outcome.SAYS_PAID, None, "说在手机上缴过"),
    (Outcome.PROMISED, 5, ""),
    (Outcome.NO_ANSWER, None, ""),
    (Outcome.REFUSES, None, "觉得年纪还轻"),
    (Outcome.WRONG_NUMBER, None, ""),
    (Outcome.MOVED, None, "邻居说全家迁到合肥"),
    (Outcome.SAYS_PAID, None, ""),
    (Outcome.DEAD, None, "村组长说去年冬天过世"),
]


def show_chasing(*, agent):
    """Let a village's agent have called ten people."""
    year = today().year
    people = unpaid(agent.area_code, scheme_id=BASIC, year=year)[: len(SAID) + 2]
    residents = [Resident.objects.get(pk=one.resident_id) for one in people]
    campaign = {"scheme_id": BASIC, "year": year, "by": agent}
    for (outcome, days, note), person in zip(SAID, residents, strict=False):
        promised = today() + timedelta(days=days) if days is not None else None
        note_contact(
            person,
            outcome=outcome,
            promised_on=promised,
            note=note,
            client_key=uuid.uuid4(),
            **campaign,
        )
    for person in residents[len(SAID) :]:
        set_visit(person, needs_visit=True, **campaign)


def name_collectors(county_code, *, town_clerk, agent):
    """Name a collector for each village of a town."""
    villages = Area.objects.inside(town_clerk.area_code).villages().order_by("code")
    for place, village in enumerate(villages):
        account = agent if village.code == agent.area_code else None
        surname = SURNAMES[place % len(SURNAMES)]
        collector = Collector.objects.create(
            county_code=county_code,
            area_id=village.code,
            name=account.name if account else f"{surname}守信",
            unit=f"{village.name}村委会" if village.name[-1] != "村" else f"{village.name}委会",
            phone=f"154{place:08d}",
            staff=account,
        )
        CollectorArea.objects.create(area=village, collector=collector)
