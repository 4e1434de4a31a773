"""A county without a posted file is told what to set up, each duty its own steps."""

import pytest
from django.utils.timezone import now

from contributions.models import PaymentFeed
from oversight.first_steps import waiting_items
from staff.models import DutyKind
from tests import county as people

pytestmark = pytest.mark.django_db


def steps_for(person):
    return [one.note.split("，")[0] for one in waiting_items(person)]


def test_each_duty_sees_its_own_steps_of_an_empty_county_a_town_its_people(county, zhao):
    assert steps_for(people.staff("安全", DutyKind.SECURITY_ADMIN)) == ["开办第 1 步"]
    data = people.staff("梅雨", DutyKind.DATA_ADMIN)
    assert steps_for(data)[-1] == "开办第 6 步"
    assert steps_for(people.staff("陈察", DutyKind.AUDITOR)) == []
    assert steps_for(zhao) == ["开办第 5 步"]


def test_a_step_leaves_once_it_is_done(county, gui_lan):
    data = people.staff("梅雨", DutyKind.DATA_ADMIN)

    assert "开办第 2 步" not in steps_for(data), "the county has towns"
    assert "开办第 5 步" not in steps_for(data), "and people"


def test_a_county_with_a_posted_file_is_told_nothing(county):
    data = people.staff("梅雨", DutyKind.DATA_ADMIN)
    feed = people.feed(data)
    assert "开办第 6 步" in steps_for(data), "an upload alone is no figure"

    PaymentFeed.objects.filter(pk=feed.pk).update(posted_at=now())

    assert steps_for(data) == []
