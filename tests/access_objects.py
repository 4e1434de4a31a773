"""Objects of every kind in every area, for the test of who may open what (`test_access.py`).

A route names the kind of each of its arguments; here each kind says on which levels of the area
tree it lives and how one is made there. What everybody of a county may see (its plans, its
policies) is `OF_THE_COUNTY`.

To add a kind, write one function:

    @builds("household", VILLAGE)
    def household(code):
        return county.household(code).pk
"""

from functools import cache
from typing import NamedTuple

from staff.models import DutyKind, Staff
from tests import county
from tests.townships import plans
from townships.models import AreaAlias, AreaContact

COUNTY, TOWN, VILLAGE = 6, 9, 12
OF_THE_COUNTY = 0
BUILDERS = {}


class Builder(NamedTuple):
    """How one kind of object is made: on which levels, and by which function of an area code."""

    levels: tuple
    make: object

    def at(self, code):
        """Return the URL argument of this kind's object in an area; each is made once."""
        return self.make(code[:COUNTY] if OF_THE_COUNTY in self.levels else code)


def builds(kind, *levels):
    """Register how the URL argument of one kind of object is made in an area of these levels."""

    def register(make):
        BUILDERS[kind] = Builder(levels, cache(make))
        return make

    return register


def forget():
    """Forget what was made: the database it was made in is gone."""
    for builder in BUILDERS.values():
        builder.make.cache_clear()


@builds("area", COUNTY, TOWN, VILLAGE)
def area(code):
    return code


@builds("town", TOWN)
def town(code):
    return code


@builds("alias", TOWN, VILLAGE)
def alias(code):
    return AreaAlias.objects.create(
        county_code=code[:COUNTY], source="tax", text=f"税务{code}", area_id=code
    ).pk


@builds("contact", TOWN, VILLAGE)
def contact(code):
    return AreaContact.objects.create(area_id=code, role="cadre", name="郑干部", phone="1").pk


@builds("plan", OF_THE_COUNTY)
def plan(code):
    return plans.plan(code=code).pk


@builds("person", COUNTY, TOWN, VILLAGE)
def person(code):
    kinds = {COUNTY: DutyKind.FINANCE, TOWN: DutyKind.TOWN_CLERK, VILLAGE: DutyKind.VILLAGE_AGENT}
    return county.staff("吴同事", kinds[len(code)], code).pk


@builds("duty", COUNTY, TOWN, VILLAGE)
def duty(code):
    return Staff.objects.get(pk=person(code)).duty.pk


@builds("resident", VILLAGE)
def resident(code):
    return county.enrolled("张桂兰", code).pk
