"""From the tax bureau's file to the dashboard, and from a figure back to the row of the file."""

import re

import pytest

from contributions.models import Transfer
from pension_portal.models import Job
from tests.browser.conftest import WITHOUT_A_DRIVER

pytestmark = pytest.mark.browser
expect = pytest.importorskip("playwright.sync_api", reason=WITHOUT_A_DRIVER).expect

PAYERS = 40


def sign_in(page, person, password):
    person.set_password(password)
    person.save()
    page.goto("/")
    page.get_by_label("用户名").fill(person.username)
    page.get_by_label("密码", exact=True).fill(password)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "sign-in" not in url)


def payers(county, count=PAYERS):
    return [county.enrolled(f"李{'甲乙丙丁戊己庚辛壬癸'[n % 10]}") for n in range(count)]


def upload(page, content, name="3月上旬.csv"):
    page.goto("/feeds/")
    page.get_by_label("把文件拖到页面任意位置").set_input_files(
        {"name": name, "mimeType": "text/csv", "buffer": content}
    )
    page.get_by_role("button", name="上传文件").click()
    page.wait_for_url(re.compile(r"/feeds/\d+/$"))


def figure(page, label):
    """Return what a figure of the dashboard shows."""
    kpi = page.locator(".kpi", has_text=label).first
    return kpi.locator(".kpi-value").inner_text().removesuffix("人")


def test_a_file_moves_the_dashboard_and_leads_back_to_its_rows(
    portal, campaign, worker, mei, lin, picture
):
    people = payers(campaign)
    content = campaign.payment_file(*map(campaign.payment_row, people))
    officer = portal.open_as(lin)
    officer.goto("/progress/")
    assert figure(officer, "已缴人数") == "0"
    admin = portal.open()

    sign_in(admin, mei, campaign.PASSWORD)
    upload(admin, content)
    picture(admin, "running")

    # The page asks for itself until the file is posted; nobody reloads it.
    expect(admin.get_by_role("link", name="入账", exact=True)).to_be_visible()
    strip = admin.locator(".control-strip")
    expect(strip).to_contain_text(re.compile(rf"已入账\s*{PAYERS} 笔 12,000.00 元"))
    expect(strip.locator(".control-difference")).to_contain_text("0.00")
    picture(admin, "posted")

    officer.reload()
    assert figure(officer, "已缴人数") == str(PAYERS)
    picture(officer, "dashboard")
    for place in ("东湾镇", "李家村"):
        officer.locator("#ranking").get_by_role("link", name=place).click()
        expect(officer.get_by_role("heading", level=1)).to_contain_text(place)
        assert figure(officer, "已缴人数") == str(PAYERS)
    officer.get_by_role("link", name="已缴名单").first.click()
    person = officer.locator("tbody th a").first
    name = person.inner_text()
    person.click()
    expect(officer.get_by_role("heading", level=1)).to_contain_text(name)
    officer.locator("#payments").get_by_role("link", name="2021").click()
    expect(officer.get_by_role("heading", level=1)).to_contain_text("正常缴费 300.00 元")
    picture(officer, "account")
    officer.get_by_role("link", name="3月上旬.csv").click()
    expect(officer.get_by_role("table")).to_contain_text(name)
    picture(officer, "row")
    assert portal.complaints == []


def test_a_file_goes_on_while_nobody_looks(portal, campaign, worker, mei, picture):
    content = campaign.payment_file(*map(campaign.payment_row, payers(campaign)))
    worker.stop()
    page = portal.open_as(mei)
    upload(page, content)
    expect(page.locator("#feed-state")).to_contain_text("可以关掉页面")
    address, tabs = page.url, page.context
    picture(page, "queued")

    page.close()
    worker.ensure_running()
    again = portal.listen(tabs.new_page())
    again.goto(address)

    expect(again.locator(".control-strip")).to_contain_text(f"{PAYERS} 笔")
    assert Job.objects.count() == 1
    upload(again, content)
    assert again.url == address
    expect(again.get_by_text("没有重复入账")).to_be_visible()
    assert Transfer.objects.count() == PAYERS
    picture(again, "same-file")
    assert portal.complaints == []
