"""A new county is set up as the guide says, from an empty portal to its dashboard, without Python.

Tables, policy and cases are taken out of `docs/policy-guide.zh-CN.md`; each step is done at the
page where an officer does it.
"""

import re
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from contributions.models import PaymentFeed
from pension_portal.clock import today
from pension_portal.jobs import run_job
from pension_portal.models import Job
from policies.cases import cases_beside
from staff.granting import latest_expiry
from staff.models import DutyKind, Staff
from subsidies.models import Entitlement
from tests.county import balance, upload
from townships.models import TaskPlan

GUIDE = (Path(__file__).parents[1] / "docs" / "policy-guide.zh-CN.md").read_text("utf-8")
COUNTY = "990300"
PASSWORD = "qinghe-2021-county"

pytestmark = pytest.mark.django_db


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", GUIDE, re.S)


def signed_in(username, password):
    """Sign in with the password that was shown once, and change it as the portal asks."""
    client = Client()
    client.post(reverse("staff:sign_in"), {"username": username, "password": password})
    fields = {"old_password": password, "new_password1": PASSWORD, "new_password2": PASSWORD}
    answer = client.post(reverse("staff:change_password"), fields)
    assert answer.status_code == 302, answer.content.decode()
    return client


def given_duty(security, username, name, kind):
    """Let the security administrator open an account and grant it a duty; sign in as it."""
    fields = {"username": username, "name": name, "phone": ""}
    page = security.post(reverse("staff:open_account"), fields).content.decode()
    [password] = re.findall(r'id="password">(\w+)<', page)
    person = Staff.objects.get(username=username)
    fields = {"kind": kind, "area": COUNTY, "expires_on": latest_expiry(today())}
    security.post(reverse("staff:grant", args=[person.pk]), fields)
    return signed_in(username, password)


def send(client, route, content, name, *args, **fields):
    file = upload(content.encode("gb18030"), name)
    answer = client.post(reverse(route, args=args), {"file": file, **fields}, follow=True)
    assert answer.status_code == 200, answer.content.decode()
    for job in Job.objects.unfinished():
        run_job(job.pk)


@pytest.fixture
def new_county(tmp_path, capsys, settings):
    """青禾县 after the steps of the guide: the clients of its officer, data admin and approver."""
    settings.PORTAL_TODAY = "2021-03-20"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    areas, annex, roster, export = blocks("csv")
    call_command("first_person", COUNTY, "青禾县", "anquan", "褚严")
    password = capsys.readouterr().out.split("临时密码 ")[1].split("（")[0]
    security = signed_in("anquan", password)
    officer = given_duty(security, "yewu", "林秋", DutyKind.COUNTY_OFFICER)
    data = given_duty(security, "shuju", "梅雨", DutyKind.DATA_ADMIN)
    approver = given_duty(security, "shenpi", "钱程", DutyKind.COUNTY_APPROVER)
    send(officer, "townships:load_areas", areas, "区划表.csv")
    put_policy_in_force(tmp_path)
    plan_task(officer)
    send(officer, "townships:upload_annex", annex, "分解表.csv", TaskPlan.objects.get().pk)
    send(data, "enrollment:upload_roster", roster, "花名册.csv")
    send(data, "contributions:upload_feed", export, "税务导出.csv", year="2021")
    approver.post(reverse("contributions:approve_feed", args=[PaymentFeed.objects.get().pk]))
    for job in Job.objects.unfinished():
        run_job(job.pk)
    return officer, data, approver


def put_policy_in_force(folder):
    policy, cases = blocks("yaml")
    path = folder / "2021-basic.yaml"
    path.write_text(policy, "utf-8")
    cases_beside(path).write_text(cases, "utf-8")
    call_command("check_policy", path)
    call_command("load_policy", path, "--publish")


def plan_task(officer):
    fields = {
        "scheme_id": "1",
        "year": "2021",
        "target": "4",
        "starts_on": "2021-01-01",
        "ends_on": "2021-06-30",
        "counts_proxy": "on",
        "stage-TOTAL_FORMS": "2",
        "stage-INITIAL_FORMS": "0",
        "stage-0-label": "第一阶段",
        "stage-0-due_on": "2021-03-31",
        "stage-0-share": "50",
        "stage-1-label": "第二阶段",
        "stage-1-due_on": "2021-06-30",
        "stage-1-share": "100",
    }
    answer = officer.post(reverse("townships:new_plan"), fields)
    assert answer.status_code == 302, answer.content.decode()


def test_a_new_county_has_its_dashboard_by_the_guide_alone(new_county):
    officer, _data, approver = new_county

    page = officer.get(reverse("oversight:progress", args=[COUNTY])).content.decode()
    queue = approver.get(reverse("contributions:exceptions")).content.decode()
    [address] = set(re.findall(r'data-href="(/exceptions/\d+/)"', queue))
    held = approver.get(address).content.decode()

    words = re.sub(r"<[^>]+>|\s+", " ", page)
    assert "青禾县" in words
    assert re.search(r"麦坪镇 .*柳河乡", words)
    assert re.search(r"\b50(\.0+)?\s*%", words), words
    assert "250 元不是 2021 年的档次" in held
    assert "青政发〔2020〕8号 第三条" in held
    earned = Entitlement.objects.order_by("paid_amount").values_list("paid_amount", "amount")
    assert [tuple(map(int, pair)) for pair in earned] == [(300, 40), (2000, 80)]
    assert not Job.objects.exclude(state=Job.State.DONE).exists()
    assert balance(COUNTY) == 0
