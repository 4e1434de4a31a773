"""The policy pages: read by everyone of the county, changed by two, closed to the next county."""

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from policies.loading import load_policy, publish_policy
from policies.models import PolicyVersion
from staff.models import DutyKind
from tests import county

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

    client.post(reverse("policies:withdraw", args=[draft.pk]))

    draft.refresh_from_db()
    assert draft.status == "withdrawn"
    assert "已撤回" in client.get(reverse("policies:version", args=[draft.pk])).content.decode()


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


def test_another_countys_file_is_refused(client, lin):
    client.force_login(lin)

    answer = client.post(
        reverse("policies:load"),
        {"file": SimpleUploadedFile("p.yaml", YINGZHOU.read_bytes())},
    )

    assert answer.status_code == 403
    assert "只能录入本县区的" in answer.content.decode()
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

    with django_assert_max_num_queries(20):
        client.get(reverse("policies:version", args=[draft.pk]))
