"""A village's telephone list: two taps a person, a day without network, each contact once."""

import time

import pytest

from contributions.models import Chase, Contact
from staff.models import DutyKind
from tests.browser.conftest import PHONE, WITHOUT_A_DRIVER

pytestmark = pytest.mark.browser
expect = pytest.importorskip("playwright.sync_api", reason=WITHOUT_A_DRIVER).expect

VISITS, OFFLINE = 10, 5
SENDING_SECONDS = 10
NO_TELEPHONE = "link => link.addEventListener('click', (event) => event.preventDefault())"


@pytest.fixture
def agent(campaign):
    """The agent of 李家村, whose people have telephones and live two in a household."""
    homes = [campaign.household(number=f"{number:04d}") for number in range(VISITS // 2)]
    for number, sign in enumerate("甲乙丙丁戊己庚辛壬癸"):
        campaign.enrolled(f"李{sign}", phone="15400000011", household=homes[number // 2])
    return campaign.staff("郑好", DutyKind.VILLAGE_AGENT, campaign.LI_VILLAGE)


def opened(portal, agent):
    page = portal.open_as(agent, PHONE)
    page.goto(f"/chase/{agent.area_code}/")
    expect(page.locator("[data-card]")).to_be_visible()
    expect(page.locator("#calls[data-kept]")).to_be_attached()
    return page


def visit(page, outcome="外出"):
    """Call, then tap what came of it: two taps; the next person is there."""
    before = page.locator("[data-name]").inner_text()
    # The machine has no telephone: the tap is made, the call is not.
    page.locator("[data-call]").evaluate(NO_TELEPHONE)
    page.get_by_role("link", name="拨打").click()
    page.get_by_role("button", name=outcome, exact=True).click()
    return before


def kept(page, contacts):
    """Whether as many contacts come to be kept, and no more; a tap is sent a moment after it."""
    end = time.monotonic() + SENDING_SECONDS
    while Contact.objects.count() < contacts and time.monotonic() < end:
        page.wait_for_timeout(50)
    return Contact.objects.count() == contacts


@pytest.mark.requirement("A44")
def test_ten_visits_five_of_them_offline_are_each_kept_once(portal, agent, picture):
    page = opened(portal, agent)
    picture(page, "list")
    seen = {visit(page) for _number in range(VISITS - OFFLINE)}
    assert kept(page, VISITS - OFFLINE)

    page.context.set_offline(True)
    seen |= {visit(page, "已承诺") for _number in range(OFFLINE)}
    expect(page.locator("[data-unsent]")).to_have_text(f"未同步 {OFFLINE} 条")
    picture(page, "offline")
    page.reload()
    expect(page.locator("[data-progress]")).to_have_text(f"{VISITS} / {VISITS} 人已联系")
    expect(page.locator("[data-unsent]")).to_have_text(f"未同步 {OFFLINE} 条")
    assert Contact.objects.count() == VISITS - OFFLINE

    page.context.set_offline(False)
    page.get_by_role("button", name="现在同步").or_(page.locator("[data-unsent]")).first.wait_for()
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("[data-unsent]")).to_be_hidden()

    assert len(seen) == VISITS
    assert kept(page, VISITS)
    assert Chase.objects.filter(outcome="promised", contacts=1).count() == OFFLINE


def test_a_tap_too_many_is_taken_back(portal, agent):
    page = opened(portal, agent)
    name = visit(page, "已故")

    page.get_by_role("button", name="撤销").click()

    expect(page.locator("[data-name]")).to_have_text(name)
    expect(page.locator("[data-unsent]")).to_be_hidden()
    expect(page.locator("[data-progress]")).to_have_text(f"0 / {VISITS} 人已联系")
    assert not Contact.objects.standing().exists()


def test_whoever_signs_out_leaves_no_list_behind(portal, agent):
    page = opened(portal, agent)
    assert page.evaluate("caches.has('chase-list')")

    page.locator("summary.topbar-button").last.click()
    page.get_by_role("button", name="退出登录").click()
    page.wait_for_url("**/sign-in/**")

    assert not page.evaluate("caches.has('chase-list')")
