"""What may post by itself is set by two people, and every change is kept."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from contributions.county_settings import approve_settings, propose_settings, settings_in_force
from contributions.errors import SettingsStayTheSame, SettingsWaitAlready
from contributions.models import SettingsProposal
from enrollment.models import EnrollmentSettings
from pension_portal.doors import NotAllowed
from pension_portal.models import Job
from staff import approving
from staff.models import AuditEntry, DutyKind

pytestmark = pytest.mark.django_db

DEFAULTS = {
    "posts_by_itself": False,
    "bad_share_limit": 10,
    "roster_bad_share_limit": 10,
    "review_above": 1000,
    "registration_needs_approval": False,
}


@pytest.fixture
def fang(county):
    """The county's approver."""
    return county.staff("方审批", DutyKind.COUNTY_APPROVER)


def wanted(**changes):
    return DEFAULTS | {name: _decimal(value) for name, value in changes.items()}


def _decimal(value):
    return value if isinstance(value, bool) else Decimal(value)


def propose(by, **changes):
    return propose_settings("990100", wanted(**changes), why="试运行结束", by=by)


def test_a_proposal_changes_nothing_until_another_agrees(county, mei, fang, gui_lan):
    county.policy()
    proposal = propose(mei, posts_by_itself=True, roster_bad_share_limit=20)
    waits = county.process(county.payment_row(gui_lan), by=mei)
    assert (settings_in_force("990100"), waits.job.state) == (DEFAULTS, Job.State.WAITING)

    approve_settings(proposal, by=fang)

    assert EnrollmentSettings.of("990100").bad_share_limit == 20
    other = county.enrolled("李四海")
    assert county.process(county.payment_row(other), by=mei, name="二.csv").posted_at
    entry = AuditEntry.objects.get(action="approve_settings")
    assert (entry.staff, set(entry.detail)) == (fang, {"posts_by_itself", "roster_bad_share_limit"})


def test_a_county_that_has_set_nothing_waits_above_a_tenth(county, mei, gui_lan):
    county.policy()

    feed = county.process(county.payment_row(gui_lan, name="别人"), by=mei)

    assert (feed.job.state, "超过 10%" in feed.job.message) == (Job.State.WAITING, True)


def test_who_proposes_does_not_agree(county):
    mei = county.staff("梅雨", DutyKind.DATA_ADMIN, phone="15400000001")
    proposal = propose(mei, posts_by_itself=True)

    with pytest.raises(NotAllowed):
        approve_settings(proposal, by=mei)
    with pytest.raises(approving.SamePerson):
        approve_settings(proposal, by=county.staff("梅雨", "county_approver", phone="15400000001"))

    assert settings_in_force("990100") == DEFAULTS
    with pytest.raises(IntegrityError), transaction.atomic():
        SettingsProposal.objects.update(approved_by=mei)


def test_one_proposal_waits_at_a_time_and_must_change_something(county, mei):
    with pytest.raises(SettingsStayTheSame):
        propose(mei)
    propose(mei, bad_share_limit=20)

    with pytest.raises(SettingsWaitAlready, match=mei.name):
        propose(mei, bad_share_limit=30)

    assert SettingsProposal.objects.count() == 1


def test_a_proposal_is_decided_once(county, mei, fang):
    proposal = propose(mei, bad_share_limit=20)
    approve_settings(proposal, by=fang)

    with pytest.raises(approving.StepTakenAlready):
        approve_settings(proposal, by=county.staff("另一位", DutyKind.COUNTY_APPROVER))


def test_the_page_takes_a_proposal_and_shows_it_to_the_approver(client, county, mei, fang):
    client.force_login(mei)
    said = {
        "posts_by_itself": "on",
        "bad_share_limit": "5",
        "roster_bad_share_limit": "10",
        "review_above": "1000",
        "why": "试运行结束",
    }

    client.post(reverse("contributions:propose_settings"), said)

    proposal = SettingsProposal.objects.get()
    assert (proposal.posts_by_itself, proposal.bad_share_limit) == (True, 5)
    agree = reverse("contributions:approve_settingsproposal", args=[proposal.pk])
    assert agree not in client.get(reverse("contributions:settings")).content.decode()
    client.force_login(fang)
    page = client.get(reverse("contributions:settings")).content.decode()
    assert "10% → 5%" in page
    assert agree in page
    send_back = reverse("contributions:return_settingsproposal", args=[proposal.pk])
    client.post(send_back, {"reason": "再等等"})
    assert settings_in_force("990100") == DEFAULTS
    assert "再等等" in client.get(reverse("contributions:settings")).content.decode()


def test_a_proposal_that_was_sent_back_gives_way_to_the_next(county, mei, fang):
    first = propose(mei, bad_share_limit=20)
    approving.return_to_maker(first, by=fang, reason="太高")

    second = propose(mei, bad_share_limit=15)
    approve_settings(second, by=fang)

    first.refresh_from_db()
    assert (first.state, first.return_reason) == ("withdrawn", "太高")
    assert settings_in_force("990100")["bad_share_limit"] == 15


def test_settings_that_were_changed_since_are_not_agreed_to(county, mei, fang):
    proposal = propose(mei, bad_share_limit=20)
    SettingsProposal.objects.update(bad_share_limit=90)

    with pytest.raises(approving.ContentChanged):
        approve_settings(proposal, by=fang)

    assert settings_in_force("990100") == DEFAULTS


def test_a_share_beyond_a_hundred_is_said_at_the_field(client, county, mei):
    client.force_login(mei)

    answer = client.post(
        reverse("contributions:propose_settings"),
        {
            "bad_share_limit": "101",
            "roster_bad_share_limit": "10",
            "review_above": "1000",
            "why": "x",
        },
    )

    assert answer.status_code == 422
    assert not SettingsProposal.objects.exists()
