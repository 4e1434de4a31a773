"""The policy pages: read by everyone of the county, changed by two, closed to the next county."""

import re
from html import unescape
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from policies.loading import load_policy, publish_policy
from policies.models import PolicyVersion
from staff.models import DutyKind
from tests import county
from townships.models import TaskPlan

YINGZHOU = Path(__file__).parents[2] / "policies/counties/341202-yingzhou/2021-basic.yaml"
EXAMPLE = YINGZHOU.read_text("utf-8").replace('"341202"', f'"{county.COUNTY}"')

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _areas():
    county.areas()


@pytest.fixture
def lin():
    return county.staff("林", DutyKind.COUNTY_OFFICER)


@pytest.fixture
def approver():
    return county.staff("何", DutyKind.COUNTY_APPROVER)


@pytest.fixture
def zhao():
    return county.staff("赵", DutyKind.TOWN_CLERK, county.EAST_BAY)


@pytest.fixture
def stranger():
    return county.staff("邻", DutyKind.COUNTY_APPROVER, county.NEIGHBOUR)


@pytest.fixture
def draft(lin):
    return load_policy(EXAMPLE, by=lin)


def test_a_town_clerk_reads_the_tiers_with_their_articles(client, zhao, draft, approver):
    publish_policy(draft, by=approver)
    client.force_login(zhao)

    page = client.get(reverse("policies:version", args=[draft.pk])).content.decode()

    assert "<h1>颍州区 2021 年度城乡居民基本养老保险</h1>" in page
    assert "6,000.00" in page
    assert "阜州政办〔2020〕5号 由实施方案二（二）引用" in page
    assert "100.00 元的补贴未定，按 0 列示" in page
    assert "未再生育夫妻，女方年满49周岁，以卫健名单为准" in page
    assert "现行" in page
    assert reverse("policies:publish", args=[draft.pk]) not in page


def test_the_list_shows_every_version_by_year(client, zhao, draft):
    client.force_login(zhao)

    page = client.get(reverse("policies:list")).content.decode()

    assert "2021 年度" in page
    assert reverse("policies:version", args=[draft.pk]) in page
    assert reverse("policies:load") not in page


def test_an_empty_county_is_told_what_comes_next(client, zhao):
    client.force_login(zhao)

    assert "先由县级业务人员录入政策文件" in client.get(reverse("policies:list")).content.decode()


def test_the_source_text_comes_back_to_the_byte(client, zhao, draft):
    client.force_login(zhao)

    answer = client.get(reverse("policies:source", args=[draft.pk]))

    assert answer.content.decode() == EXAMPLE
    assert "990100-2021-basic-v1.yaml" in answer["Content-Disposition"]


@pytest.mark.parametrize("page", ["version", "source"])
def test_the_next_county_finds_nothing(client, stranger, draft, page):
    client.force_login(stranger)

    assert client.get(reverse(f"policies:{page}", args=[draft.pk])).status_code == 404


def test_nobody_reads_without_signing_in(client, draft):
    assert client.get(reverse("policies:list")).status_code == 302
    assert client.get(reverse("policies:version", args=[draft.pk])).status_code == 302


def test_the_second_person_publishes(client, approver, draft):
    client.force_login(approver)

    answer = client.post(reverse("policies:publish", args=[draft.pk]))

    assert answer.status_code == 302
    assert PolicyVersion.objects.in_force(county.COUNTY, 1, 2021).get() == draft


def test_a_clerk_and_the_next_county_do_not_publish(client, zhao, stranger, draft):
    for person, status in ((zhao, 403), (stranger, 404)):
        client.force_login(person)
        assert client.post(reverse("policies:publish", args=[draft.pk])).status_code == status

    draft.refresh_from_db()
    assert draft.status == "draft"


def test_a_published_version_is_withdrawn_by_an_approver(client, approver, draft):
    publish_policy(draft, by=approver)
    client.force_login(approver)

    answer = client.post(reverse("policies:withdraw", args=[draft.pk]), {"reason": "补贴抄错一档"})

    draft.refresh_from_db()
    assert answer.url == reverse("policies:version", args=[draft.pk])
    assert draft.status == "withdrawn"
    page = client.get(reverse("policies:version", args=[draft.pk])).content.decode()
    assert "已撤回" in page
    assert "补贴抄错一档" in page


def test_nothing_is_withdrawn_without_a_reason(client, approver, draft):
    publish_policy(draft, by=approver)
    client.force_login(approver)

    answer = client.post(reverse("policies:withdraw", args=[draft.pk]), {"reason": "  "})

    draft.refresh_from_db()
    assert answer.status_code == 422
    assert "没有写撤回原因" in answer.content.decode()
    assert draft.status == "published"


def test_an_officer_loads_a_file(client, lin):
    client.force_login(lin)

    answer = client.post(
        reverse("policies:load"), {"file": SimpleUploadedFile("p.yaml", EXAMPLE.encode())}
    )

    policy = PolicyVersion.objects.get()
    assert answer.url == reverse("policies:version", args=[policy.pk])
    assert policy.loaded_by == lin


def test_a_wrong_file_shows_its_faults_and_loads_nothing(client, lin):
    client.force_login(lin)
    wrong = EXAMPLE.replace("补贴: 40}", "补贴: 四十}").encode()

    answer = client.post(reverse("policies:load"), {"file": SimpleUploadedFile("p.yaml", wrong)})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "写的是「四十」" in page
    assert "只写数字，单位是元" in page
    assert not PolicyVersion.objects.exists()
    faulty = next(n for n, line in enumerate(wrong.decode().splitlines(), 1) if "四十" in line)
    assert f'<li id="line-{faulty}" value="{faulty}" class="is-faulty">' in page
    assert f'href="#line-{faulty}"' in page
    assert "补贴: 四十}" in page.split("<textarea", 1)[1]


def test_the_corrected_text_is_taken_and_kept_to_the_letter(client, lin):
    client.force_login(lin)

    answer = client.post(reverse("policies:load"), {"text": EXAMPLE.replace("\n", "\r\n")})

    policy = PolicyVersion.objects.get()
    assert answer.url == reverse("policies:version", args=[policy.pk])
    assert policy.source == EXAMPLE


def test_a_file_in_another_encoding_comes_back_as_text_that_only_needs_sending(client, lin):
    client.force_login(lin)
    file = SimpleUploadedFile("p.yaml", EXAMPLE.encode("gb18030"))

    page = client.post(reverse("policies:load"), {"file": file}).content.decode()

    assert "不是 UTF-8 编码" in page
    assert "颍州区2021年度城乡居民基本养老保险工作实施方案" in page.split("<textarea", 1)[1]
    assert not PolicyVersion.objects.exists()


def test_nothing_sent_is_said_at_the_field(client, lin):
    client.force_login(lin)

    answer = client.post(reverse("policies:load"), {"text": " "})

    assert answer.status_code == 422
    assert "没有选文件，先选一份政策文件" in answer.content.decode()


def test_another_countys_file_is_refused(client, lin):
    client.force_login(lin)

    answer = client.post(
        reverse("policies:load"),
        {"file": SimpleUploadedFile("p.yaml", YINGZHOU.read_bytes())},
    )

    assert answer.status_code == 403
    page = answer.content.decode()
    assert "只能录入本县区的" in page
    assert "341202" in page.split("<textarea", 1)[1]
    assert not PolicyVersion.objects.exists()


def test_a_clerk_does_not_load(client, zhao):
    client.force_login(zhao)

    answer = client.post(
        reverse("policies:load"), {"file": SimpleUploadedFile("p.yaml", EXAMPLE.encode())}
    )

    assert answer.status_code == 403
    assert not PolicyVersion.objects.exists()


def test_a_page_needs_as_many_queries_for_few_tiers_as_for_many(
    client, zhao, draft, django_assert_max_num_queries
):
    client.force_login(zhao)

    with django_assert_max_num_queries(28):
        client.get(reverse("policies:version", args=[draft.pk]))


def test_the_list_says_what_is_in_force_and_who_must_publish(client, lin, approver, draft):
    publish_policy(draft, by=approver)
    load_policy(EXAMPLE.replace("补贴: 40}", "补贴: 41}"), by=lin)
    client.force_login(lin)

    page = client.get(reverse("policies:list")).content.decode()

    assert "第 1 版</a>" in page
    assert "由何核对发布" in page


def test_nobody_is_named_who_loaded_the_draft_himself(client, approver):
    both = load_policy(EXAMPLE, by=approver)
    client.force_login(approver)

    page = client.get(reverse("policies:list")).content.decode()
    version = client.get(reverse("policies:version", args=[both.pk])).content.decode()

    assert "没有别的审批人员可以发布" in page
    assert "本人录入的，由另一人发布。" in version
    assert reverse("policies:publish", args=[both.pk]) not in version


def test_the_database_refuses_the_maker_as_publisher(draft, lin):
    with pytest.raises(IntegrityError), transaction.atomic():
        PolicyVersion.objects.filter(pk=draft.pk).update(
            status="published", published_at=timezone.now(), published_by=lin
        )

    draft.refresh_from_db()
    assert draft.status == "draft"


def test_the_maker_is_refused_at_the_door_too(client, approver):
    own = load_policy(EXAMPLE, by=approver)
    client.force_login(approver)

    answer = client.post(reverse("policies:publish", args=[own.pk]))

    assert answer.status_code == 403
    assert "录入人不能自己发布" in answer.content.decode()
    own.refresh_from_db()
    assert own.status == "draft"


@pytest.mark.requirement("A02", "Y12", "Y13", "Y24", "Y25", "X08", "Y18", "Y26", "X13", "X18")
def test_a_version_reads_as_its_document_does(client, zhao, draft):
    client.force_login(zhao)

    page = client.get(reverse("policies:version", args=[draft.pk])).content.decode()

    for words in (
        "最低年龄",
        "16 周岁",
        "起止 2021-01-01 – 2021-10-10",
        "残疾人 1至2级",
        "政府代缴 6000 元，个人缴费 0 元",
        "缴费补贴 不享受缴费补贴，核定 须先由经办机构核定",
        "代缴由县级承担",
        "补贴由哪一级承担，文件没有写。",
        "银行代扣、自行缴费",
    ):
        assert words in page
    assert page.count("<caption") == page.count('<table class="table">')


ANZE = Path(__file__).parents[2] / "policies/counties/141026-anze/2021-basic.yaml"


@pytest.mark.requirement("A17", "A18", "A15")
def test_the_tier_table_is_printed_with_source_year_and_dates(client, zhao):
    text = ANZE.read_text("utf-8").replace('"141026"', f'"{county.COUNTY}"')
    policy = load_policy(text)
    client.force_login(zhao)

    page = client.get(reverse("policies:tiers", args=[policy.pk])).content.decode()

    assert "安泽县 2021 年度城乡居民基本养老保险缴费档次和补贴标准" in page
    assert "安政办发〔2021〕16号" in page
    assert page.count('<th scope="row">') == 10
    assert "1 至 25 日" in page
    assert "这一版不是现行政策（草稿），不要张贴。" in page


SHARED = """
资金分担:
  依据: 方案 五
  明细:
    - {项目: 缴费补贴, 承担: 省级, 比例: 60%}
    - {项目: 缴费补贴, 承担: 县级, 比例: 40%}
"""


def test_each_tier_says_who_bears_which_part(client, zhao):
    text = county.policy_text(1, (200, 300), 100, {200: 35, 300: 45}, county.COUNTY, 2021, 1)
    policy = load_policy(text + SHARED)
    client.force_login(zhao)

    page = client.get(reverse("policies:version", args=[policy.pk])).content.decode()

    assert "其中省级（元）" in page
    assert ">21.00</td>" in page
    assert ">14.00</td>" in page
    assert "省级 60%、县级 40%（示政发〔2020〕1号 五）" in page


TARGETS = """任务:
  依据: 方案 六
  明细:
    - {名称: 第一阶段, 截至: 2021-03-31, 完成比例: 85%}
    - {名称: 第二阶段, 截至: 2021-06-30, 完成比例: 100%}
    - {名称: 高档次, 截至: 2021-12-25, 缴费满: 500, 占比不低于: 30%}
"""


@pytest.mark.requirement("Y63")
def test_the_targets_of_a_policy_fill_in_the_years_task(client, lin):
    text = county.policy_text(county.BASIC, (200, 500), 100, None, county.COUNTY, 2021, 1)
    version = publish_policy(load_policy(text + TARGETS), by=None)
    client.force_login(lin)

    page = client.get(reverse("policies:version", args=[version.pk])).content.decode()
    [address] = re.findall(r'href="(/tasks/new/[^"]*)"', page)
    form = client.get(unescape(address)).content.decode()

    assert "到 2021-03-31 累计完成任务的 85%" in page
    assert "到 2021-12-25 缴费满 500 元的占比不低于 30%" in page
    for value in ("第一阶段", "2021-03-31", "85.00", "第二阶段", "2021-06-30", "100.00"):
        assert f'value="{value}"' in form
    assert not TaskPlan.objects.exists()
