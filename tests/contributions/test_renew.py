"""Renewing for the year: last year's tier unless somebody says otherwise, and when it counts."""

from datetime import date
from decimal import Decimal

import pytest
from django.utils import timezone

from enrollment.electing import begin_year, choose_tier, seen_of
from enrollment.errors import ChangedMeanwhile, TierMayOnlyRise, TierNotOpen
from enrollment.models import Enrolment, TierChoice
from tests import county as sample
from tests.county import BASIC


@pytest.fixture(autouse=True)
def on_the_day(settings):
    settings.PORTAL_TODAY = "2021-03-04"


@pytest.fixture
def her(county):
    """张桂兰's basic enrolment, at 300 yuan since last year."""
    county.policy()
    return county.enrolled(tier=300).enrolments.get()


@pytest.mark.requirement("Y20")
def test_a_change_before_payment_counts_for_this_year(her, zhao):
    choice = choose_tier(her, Decimal(500), by=zhao)

    her.refresh_from_db()
    assert (choice.year, choice.occasion, her.registered_tier) == (2021, "change", 500)


@pytest.mark.requirement("Y22")
def test_a_change_after_payment_counts_for_the_next_year(her, zhao, settings):
    choice = choose_tier(her, Decimal(500), by=zhao, paid_on=date(2021, 3, 3))

    her.refresh_from_db()
    assert (choice.year, her.registered_tier) == (2022, 300)

    TierChoice.objects.update(chosen_at=timezone.make_aware(timezone.datetime(2021, 3, 4)))
    settings.PORTAL_TODAY = "2022-01-01"
    assert begin_year() == 1
    her.refresh_from_db()
    assert her.registered_tier == 500
    assert begin_year() == 0


@pytest.fixture
def only_upward(her):
    """After payment, the county lets a tier only rise."""
    sample.policy(version=2, after_payment="只可调高")


@pytest.mark.requirement("Y22")
def test_where_a_tier_may_only_rise_it_rises_within_the_year(her, zhao, only_upward):
    choice = choose_tier(her, Decimal(500), by=zhao, paid_on=date(2021, 3, 3))

    her.refresh_from_db()
    assert (choice.year, her.registered_tier) == (2021, 500)


@pytest.mark.requirement("Y22")
def test_where_a_tier_may_only_rise_a_lower_one_is_refused(her, zhao, only_upward):
    with pytest.raises(TierMayOnlyRise, match="应选 300 元以上的档次"):
        choose_tier(her, Decimal(200), by=zhao, paid_on=date(2021, 3, 3))

    her.refresh_from_db()
    assert her.registered_tier == 300
    assert not TierChoice.objects.exists()


def test_after_payment_the_page_offers_only_what_may_be_chosen(
    as_user, her, zhao, mei, only_upward
):
    sample.posts_by_itself()
    sample.process(sample.payment_row(her.resident, amount="300", paid_on="2021-03-03"), by=mei)

    page = as_user(zhao).get(f"/residents/{her.resident_id}/renewal/").content.decode()

    assert "2021 年起算，只可调高" in page
    assert ['value="200"' in page, 'value="300"' in page, 'value="500"' in page] == [
        False,
        True,
        True,
    ]


@pytest.mark.requirement("Y21", "A25")
def test_the_tier_chosen_last_stands_in_the_form_already(as_user, her, zhao):
    page = as_user(zhao).get(f"/residents/{her.resident_id}/renewal/").content.decode()

    assert '<option value="300" selected>' in page
    assert "本年未缴" in page


@pytest.mark.requirement("Y21")
def test_a_tier_that_is_gone_is_an_exception_and_nothing_is_guessed(as_user, her, zhao):
    Enrolment.objects.update(registered_tier=100)
    sample.policy(tiers=(200, 300), proxy_tier=None, version=2)

    page = as_user(zhao).get(f"/residents/{her.resident_id}/renewal/").content.decode()

    assert "原登记 100 元档今年没有" in page
    assert '<option value="" selected>' in page
    assert "张桂兰" in as_user(zhao).get("/residents/lost-tiers/").content.decode()


@pytest.mark.requirement("X19")
def test_what_was_paid_and_what_was_chosen_are_two_facts(as_user, her, zhao, mei):
    sample.posts_by_itself()
    sample.process(sample.payment_row(her.resident, amount="200", paid_on="2021-03-03"), by=mei)

    her.refresh_from_db()
    page = as_user(zhao).get(f"/residents/{her.resident_id}/renewal/").content.decode()
    assert her.registered_tier == 300
    assert "本年已缴 200.00 元" in page
    assert "现在变更，2022 年起算" in page


def test_renewing_notes_the_choice_and_says_so(as_user, her, zhao):
    answer = as_user(zhao).post(
        f"/residents/{her.resident_id}/renew/", {"tier_1": "300", "seen_1": seen_of(her)}
    )

    assert "居民养老已登记 300 元档，2021 年起算" in answer.content.decode()
    assert TierChoice.objects.get().occasion == "renewal"


def test_two_people_on_one_record_are_told(her, zhao, county):
    seen = seen_of(her)
    choose_tier(her, Decimal(500), by=zhao, seen=seen)
    other = county.staff("周红", "town_clerk", county.EAST_BAY)

    with pytest.raises(ChangedMeanwhile, match="赵明 1 分钟前已改：居民养老 300 → 500 元"):
        choose_tier(her, Decimal(200), by=other, seen=seen)

    her.refresh_from_db()
    assert her.registered_tier == 500
    assert TierChoice.objects.count() == 1


def test_a_closed_tier_is_refused_beside_the_form(as_user, her, zhao):
    answer = as_user(zhao).post(f"/residents/{her.resident_id}/renew/", {"tier_1": "350"})

    assert answer.status_code == 422
    assert "350 元不是 2021 年的档次" in answer.content.decode()
    assert not TierChoice.objects.exists()
    with pytest.raises(TierNotOpen):
        choose_tier(her, Decimal(350), by=zhao)


def test_a_clerk_of_the_next_town_finds_nothing_to_renew(as_user, her, sun):
    answer = as_user(sun).post(f"/residents/{her.resident_id}/renew/", {"tier_1": "500"})

    assert answer.status_code == 404
    assert not TierChoice.objects.exists()
    assert her.scheme_id == BASIC


@pytest.mark.requirement("Y15")
def test_whom_the_state_pays_for_is_not_told_that_the_tier_is_gone(client, county, zhao):
    county.policy()
    person = county.enrolled("石大山", tier=100)
    client.force_login(zhao)

    words = client.get(f"/residents/{person.pk}/renewal/").content.decode()

    assert "100 元档由政府代缴，不用登记" in words
    assert "今年没有" not in words


def test_a_renewal_is_undone_by_one_click_and_the_log_keeps_both(her, zhao, as_user):
    client, address = as_user(zhao), f"/residents/{her.resident_id}/renew/"
    page = client.post(address, {"tier_1": "500", "seen_1": seen_of(her)}).content.decode()
    assert 'name="tier_1" value="300"' in page

    her.refresh_from_db()
    client.post(address, {"tier_1": "300.00", "seen_1": seen_of(her)})

    her.refresh_from_db()
    assert her.registered_tier == 300
    assert [one.amount for one in TierChoice.objects.order_by("id")] == [500, 300]


def test_a_renewal_at_the_same_tier_has_nothing_to_undo(her, zhao, as_user):
    address = f"/residents/{her.resident_id}/renew/"

    page = as_user(zhao).post(address, {"tier_1": "300", "seen_1": seen_of(her)}).content.decode()

    assert "Ctrl+Z" not in page
