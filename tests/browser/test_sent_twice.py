"""A form that stays on the screen after it was sent: the same again, and something else."""

import pytest

from pension_portal.models import Submission
from tests.browser.conftest import WITHOUT_A_DRIVER
from townships.models import AreaContact

pytestmark = pytest.mark.browser
expect = pytest.importorskip("playwright.sync_api", reason=WITHOUT_A_DRIVER).expect

STAY = "document.querySelector('form[action*=contact]').target = '_blank'"
# What a second browser tab or an impatient hand gets past: the page itself lets one click through.
UNLOCK = "delete document.querySelector('form[action*=contact]').dataset.sent"


def send(page):
    """Send the form of a contact into a tab of its own; return what that says was done."""
    with page.context.expect_page() as opened:
        page.get_by_role("button", name="登记联系人").click()
    words = opened.value.locator(".alert-words").first.inner_text()
    opened.value.close()
    page.evaluate(UNLOCK)
    return words


def test_a_form_sent_again_is_done_once_and_a_changed_one_anew(portal, county, lin):
    page = portal.open_as(lin)
    page.goto(f"/areas/{county.EAST_BAY}/")
    form = page.locator("form[action*=contact]").last
    page.locator("summary", has_text="登记联系人").click()
    page.evaluate(STAY)
    form.locator("[name=name]").fill("郑干部")
    form.locator("[name=phone]").fill("13855580001")

    first, again = send(page), send(page)
    assert first == again
    assert Submission.objects.count() == 1

    form.locator("[name=name]").fill("钱干部")
    send(page)
    # A town has one collection lead: the second name took the place of the first.
    assert AreaContact.objects.get().name == "钱干部"
    assert Submission.objects.count() == 2
    assert portal.complaints == []


def test_questions_about_a_form_do_not_use_up_its_key(portal, campaign, zhao):
    page = portal.open_as(zhao)
    page.goto("/residents/new/")

    for number in [campaign.id_number(), campaign.id_number()]:
        with page.expect_response("**/check/") as asked:
            page.locator("#id_id_number").fill("")
            page.locator("#id_id_number").press_sequentially(number)
        assert asked.value.status == 200
    page.locator("#id_name").fill("孙秋菊")
    with page.expect_response("**/residents/new/") as answered:
        page.keyboard.press("Control+Enter")

    assert "没有办理" not in answered.value.text()
    assert Submission.objects.count() <= 1
    assert all("check" not in one.route for one in Submission.objects.all())
