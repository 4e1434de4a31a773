import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone

from staff.audit import record
from staff.models import AuditEntry
from staff.trail import detail_words, most_reveals_an_hour, who_looked

pytestmark = pytest.mark.django_db


@pytest.fixture
def chen(county):
    """Chen audits the county."""
    return county.staff("陈察", "auditor")


def page(client, reader, name, **query):
    client.force_login(reader)
    return client.get(reverse(f"staff:{name}"), query).content.decode()


def test_the_portal_may_add_to_the_trail_and_never_change_it(lin):
    record("view_person", "resident:17", by=lin)

    for change in (
        lambda: AuditEntry.objects.update(reason="其他"),
        lambda: AuditEntry.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    assert AuditEntry.objects.get().reason == ""


def test_an_auditor_reads_the_trail_of_their_own_county_alone(client, chen, lin, county):
    elsewhere = county.staff("邻林", "county_officer", county.NEIGHBOUR)
    record("view_person", "resident:17", by=lin)
    record("view_person", "resident:18", by=elsewhere)

    text = page(client, chen, "trail")

    assert "resident:17" in text
    assert "resident:18" not in text


def test_the_trail_is_narrowed_by_person_action_subject_and_day(client, chen, lin, zhao):
    record("view_person", "resident:17", by=lin)
    record("view_person", "resident:18", by=zhao)
    record("upload_feed", "paymentfeed:3", by=zhao)
    today = timezone.localdate().isoformat()

    assert "resident:18" not in page(client, chen, "trail", staff="林秋")
    assert "paymentfeed:3" not in page(client, chen, "trail", action="view_person")
    assert "resident:17" in page(client, chen, "trail", subject="resident:17", since=today)
    assert "没有对得上的操作" in page(client, chen, "trail", until="2020-12-31")


def test_who_looked_at_whom_counts_people_and_not_clicks(lin, zhao):
    for subject in ("resident:17", "resident:17", "resident:18"):
        record("view_person", subject, by=zhao)
    record("reveal_person", "resident:17", by=lin)
    record("upload_feed", "paymentfeed:3", by=lin)

    lines = who_looked(AuditEntry.objects.all())

    assert [(one["staff__name"], one["people"], one["looks"]) for one in lines] == [
        ("赵明", 2, 3),
        ("林秋", 1, 1),
    ]


def test_who_looked_at_one_person_is_found_by_that_person(client, chen, lin, zhao):
    record("view_person", "resident:17", by=zhao)
    record("view_person", "resident:18", by=lin)

    text = page(client, chen, "looks", subject="resident:17")

    assert "赵明" in text
    assert "林秋" not in text


def test_many_revealed_numbers_within_an_hour_stand_out(client, chen, zhao):
    for number in range(21):
        record("reveal_person", f"resident:{number}", by=zhao)

    assert most_reveals_an_hour(AuditEntry.objects.all()) == {zhao.pk: 21}
    assert "偏多" in page(client, chen, "looks")


def test_an_entry_says_in_words_what_it_was_and_what_it_became():
    detail = {"quotas": {"990100101": [None, 600]}, "kind": "finance", "ended_another": True}

    assert detail_words(detail) == "任务数: 990100101 -- → 600；岗位: 财务；结束了另一处登录: 是"
