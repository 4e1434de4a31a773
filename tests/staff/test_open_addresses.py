"""A page leads only where its viewer's duty goes."""

import pytest

from staff.models import DutyKind
from staff.navigation import open_address
from tests import county

pytestmark = pytest.mark.django_db
ACCOUNT = "benefits:resident_account"


@pytest.fixture(autouse=True)
def areas():
    county.areas()


def test_an_address_is_given_to_the_duty_that_opens_it():
    clerk = county.staff("赵明", DutyKind.TOWN_CLERK, county.EAST_BAY)
    agent = county.staff("郑好", DutyKind.VILLAGE_AGENT, county.LI_VILLAGE)

    assert open_address(clerk, ACCOUNT, 7) == "/residents/7/account/part/"
    assert open_address(agent, ACCOUNT, 7) is None


def test_everybody_goes_to_what_is_about_oneself_and_nobody_to_what_is_not_there():
    agent = county.staff("郑好", DutyKind.VILLAGE_AGENT, county.LI_VILLAGE)

    assert open_address(agent, "staff:me") == "/staff/me/"
    assert open_address(agent, "staff:no_such_page") is None
