"""The state of the system: what a system administrator sees, and what they are told to do."""

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from pension_portal.models import Job
from staff.models import DutyKind
from tests import county as people

pytestmark = pytest.mark.django_db


@pytest.fixture
def keeper(client, county):
    person = people.staff("卫机", DutyKind.SYSTEM_ADMIN)
    client.force_login(person)
    return person


def job(by, minutes_old=0, **fields):
    made = Job.objects.create(
        id=uuid.uuid4(),
        kind="export",
        subject_id=7,
        county_code=by.county_code,
        created_by=by,
        **fields,
    )
    Job.objects.filter(pk=made.pk).update(
        created_at=timezone.now() - timedelta(minutes=minutes_old)
    )
    return made


def look(client):
    return client.get(reverse("staff:system_state")).content.decode()


def test_a_portal_at_rest_is_well(client, keeper):
    page = look(client)

    assert "都正常" in page
    assert "近 7 天没有任务出错中止" in page


def test_a_job_that_nobody_takes_up_is_told_but_not_one_that_queues_behind_another(client, keeper):
    job(keeper)
    assert "都正常" in look(client)

    job(keeper, minutes_old=5)
    assert "有 1 件任务等了 1 分钟以上" in look(client)

    job(
        keeper,
        state=Job.State.RUNNING,
        lease_until=timezone.now() + timedelta(seconds=20),
    )
    assert "都正常" in look(client)


def test_what_a_defect_has_stopped_stands_with_its_repair_number_and_a_refusal_does_not(
    client, keeper
):
    now = timezone.now()
    job(keeper, state=Job.State.FAILED, message="报修编号 A1B2", finished_at=now)
    job(keeper, state=Job.State.REFUSED, message="没有找到姓名列", finished_at=now)
    long_ago = now - timedelta(days=8)
    job(keeper, state=Job.State.FAILED, message="报修编号 C3D4", finished_at=long_ago)

    page = look(client)

    assert "报修编号 A1B2" in page
    assert "没有找到姓名列" not in page
    assert "C3D4" not in page
