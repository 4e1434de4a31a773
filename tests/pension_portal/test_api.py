"""The API: the doors of the pages, for other systems; nothing it can be asked makes it fail or
answer what its document does not say.
"""

import re
from datetime import timedelta

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given
from hypothesis import settings as how
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    response_schema_conformance,
    status_code_conformance,
)

from contributions.models import PaymentFeed
from enrollment.models import Resident
from pension_portal.clock import today
from pension_portal.wsgi import application
from policies.models import PolicyVersion
from staff.connecting import approve_access, make_token, propose_access, stop_access
from staff.models import AuditEntry, DutyKind, SystemAccess
from tests import county as places
from tests.townships import plans
from townships.models import Area

pytestmark = pytest.mark.django_db


def access(kind=DutyKind.SYSTEM_FIGURES, area=places.COUNTY, **changes):
    what = {
        "name": "县大屏",
        "department": "县政府办",
        "purpose": "大屏展示征缴进度",
        "kind": kind,
        "area": Area.objects.get(pk=area),
        "expires_on": today() + timedelta(days=100),
        "calls_a_minute": 600,
    } | changes
    return propose_access(**what, by=keeper())


def keeper():
    return places.staff("褚严", DutyKind.SECURITY_ADMIN)


def token_of(kind=DutyKind.SYSTEM_FIGURES, area=places.COUNTY, **changes):
    """Return (token, access) of a system that was agreed to."""
    agreed = approve_access(
        access(kind, area, **changes), by=places.staff("钱程", DutyKind.COUNTY_APPROVER)
    )
    return make_token(agreed, by=agreed.made_by), agreed


def ask(name, token, *args, **query):
    headers = {"authorization": f"Token {token}"} if token else {}
    return Client().get(reverse(name, args=args), query, headers=headers)


# --- tokens ---


def test_a_token_is_kept_as_a_hash_and_opens_what_was_agreed(county):
    token, agreed = token_of()
    plans.plan()

    answer = ask("oversight:api_progress", token, county.EAST_BAY)

    assert answer.status_code == 200
    assert [place["name"] for place in answer.json()["places"]] == ["李家村", "王家社区"]
    agreed.refresh_from_db()
    assert token not in (agreed.token_hash, agreed.name)
    assert len(agreed.token_hash) == 64
    assert agreed.last_used_at is not None


@pytest.mark.requirement("A55")
def test_a_big_screen_sees_no_person(county):
    token, _agreed = token_of()
    person = county.enrolled("张桂兰")

    for answer in [
        ask("subsidies:api_residents", token),
        ask("subsidies:api_resident", token, person.pk),
        ask("contributions:api_feeds", token),
    ]:
        assert answer.status_code == 403
        assert answer.json()["code"] == "not_allowed"
        assert "张桂兰" not in answer.content.decode()


@pytest.mark.parametrize("token", ["", "wrong", "wrong token", "é"])
def test_without_a_token_nothing_opens(county, token):
    answer = Client().get(
        reverse("townships:api_areas"), headers={"authorization": f"Token {token}"}
    )

    assert answer.status_code == 401
    assert answer.json()["code"] == "not_signed_in"
    assert answer["WWW-Authenticate"] == "Token"


def test_nobody_has_a_token_before_the_second_person_agreed(county):
    waiting = access()

    answer = Client()
    answer.force_login(waiting.made_by)
    refused = answer.post(
        reverse("staff:new_token", args=[waiting.pk]), headers={"accept": "application/json"}
    )

    assert refused.json()["code"] == "access_not_in_force"
    assert SystemAccess.objects.get().token_hash is None


def test_who_proposed_an_access_cannot_agree_to_it(county):
    waiting = access()
    client = Client()
    client.force_login(waiting.made_by)

    refused = client.post(
        reverse("staff:approve_systemaccess", args=[waiting.pk]),
        headers={"accept": "application/json"},
    )

    assert refused.status_code == 403
    assert SystemAccess.objects.get().account is None


def test_a_new_token_ends_the_old_one_and_stopping_ends_both(county):
    old, agreed = token_of()
    new = make_token(agreed, by=agreed.made_by)
    assert ask("townships:api_areas", old).status_code == 401
    assert ask("townships:api_areas", new).status_code == 200

    stop_access(agreed, by=agreed.made_by, reason="大屏停用")

    assert ask("townships:api_areas", new).status_code == 401


def test_an_access_ends_with_its_last_day(county, settings):
    token, _agreed = token_of(expires_on=today())
    settings.PORTAL_TODAY = (today() + timedelta(days=1)).isoformat()

    assert ask("townships:api_areas", token).status_code == 401


def test_calls_beyond_the_rate_are_refused_until_the_next_minute(county):
    token, agreed = token_of(calls_a_minute=2)
    made = [ask("townships:api_areas", token) for _turn in range(2)]
    SystemAccess.objects.filter(pk=agreed.pk).update(calls=2)

    refused = ask("townships:api_areas", token)

    assert [answer.status_code for answer in made] == [200, 200]
    agreed.refresh_from_db()
    if agreed.calls > 2:  # the minute may just have turned
        assert refused.status_code == 429
        assert refused.json()["code"] == "too_many_calls"
        assert 1 <= int(refused["Retry-After"]) <= 60


def test_the_account_of_a_system_is_no_colleague(county, client):
    _token, agreed = token_of()
    client.force_login(agreed.made_by)

    page = client.get(reverse("staff:person", args=[agreed.account_id]))

    assert page.status_code == 404
    assert not agreed.account.has_usable_password()


# --- people ---


@pytest.mark.requirement("M44")
def test_people_are_masked_scoped_and_every_look_is_on_record(county):
    token, agreed = token_of(DutyKind.SYSTEM_PEOPLE, county.EAST_BAY)
    ours, theirs = county.enrolled("张桂兰"), county.enrolled("李石头", county.STONE_VILLAGE)

    page = ask("subsidies:api_residents", token)
    one = ask("subsidies:api_resident", token, ours.pk)
    other = ask("subsidies:api_resident", token, theirs.pk)

    (line,) = page.json()["residents"]
    assert (line["id"], line["name"]) == (ours.pk, "张*兰")
    assert line["id_number"] == f"{ours.id_number[:6]}********{ours.id_number[-4:]}"
    assert ours.id_number not in page.content.decode() + one.content.decode()
    assert one.json()["enrolments"][0]["scheme_id"] == county.BASIC
    assert (other.status_code, other.json()["code"]) == (404, "not_there")
    looks = AuditEntry.objects.filter(action="view_person", staff=agreed.account)
    assert [look.subject for look in looks] == [f"resident:{ours.pk}"] * 2
    assert {str(look.staff) for look in looks} == {"县大屏"}


def test_pages_of_people_meet_without_a_gap_or_a_double(county):
    token, _agreed = token_of(DutyKind.SYSTEM_PEOPLE)
    villages = [county.LI_VILLAGE, county.STONE_VILLAGE, county.LI_VILLAGE, county.WANG_VILLAGE]
    people = {county.enrolled("张桂兰", village).pk for village in villages}
    seen, after = [], ""
    while after is not None:
        query = {"limit": 1} | ({"after": after} if after else {})
        answer = ask("subsidies:api_residents", token, **query).json()
        seen += [line["id"] for line in answer["residents"]]
        after = answer["next"]

    assert len(seen) == len(people)
    assert set(seen) == people


def test_a_page_of_people_costs_the_same_for_one_and_for_many(
    county, django_assert_max_num_queries
):
    token, _agreed = token_of(DutyKind.SYSTEM_PEOPLE)
    for _one in range(30):
        county.enrolled("张桂兰")

    with django_assert_max_num_queries(8):
        assert len(ask("subsidies:api_residents", token).json()["residents"]) == 30


def test_a_file_is_told_by_verdict_and_its_rows_are_masked(county):
    token, _agreed = token_of(DutyKind.SYSTEM_PEOPLE)
    county.policy()
    county.posts_by_itself()
    payer = county.enrolled("张桂兰")
    rows = [county.payment_row(payer), county.payment_row(payer, name="张桂花")]
    feed = county.process(*rows, by=county.staff("梅雨", DutyKind.DATA_ADMIN))

    told = ask("contributions:api_feed", token, feed.pk).json()
    held = ask("contributions:api_feed_rows", token, feed.pk, verdict="E02").json()

    assert [(one["verdict"], one["rows"]) for one in told["tallies"]] == [("posted", 1), ("E02", 1)]
    assert told["amount"] == "600.00"
    assert [row["name"] for row in held["rows"]] == ["张*花"]


def test_what_is_asked_wrongly_is_said(county):
    token, _agreed = token_of()

    answer = ask("oversight:api_progress", token, county.COUNTY, day="昨天")

    assert (answer.status_code, answer.json()["code"]) == (400, "not_understood")
    assert "day" in answer.json()["sentence"]


# --- the document ---


def test_the_page_of_the_api_needs_no_inline_script(county, client):
    client.force_login(county.staff("林秋"))

    page = client.get(reverse("about_api"))

    text = page.content.decode()
    assert page.status_code == 200
    assert "cdn" not in text
    assert text.count("<script") == text.count("<script src=") + text.count('<script type="text/')


@pytest.fixture
def filled(county):
    """A county with a plan, a policy, a file and two people; the token of a system that reads it
    all.
    """
    token, _agreed = token_of(DutyKind.SYSTEM_PEOPLE)
    plans.plan()
    county.policy()
    county.posts_by_itself()
    payer = county.enrolled("张桂兰")
    rows = [county.payment_row(payer), county.payment_row(payer, name="张桂花")]
    county.process(*rows, by=county.staff("梅雨", DutyKind.DATA_ADMIN))
    return token


@pytest.fixture
def one_connection():
    """Requests of another client than Django's must not close the connection the test stands on."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def test_nothing_that_can_be_asked_makes_it_fail_or_surprise(filled, one_connection):
    # Werkzeug's client, unlike a browser, does not unpack what it says it accepts.
    headers = {"Authorization": f"Token {filled}", "Accept-Encoding": "identity"}
    document = schemathesis.openapi.from_wsgi(reverse("api_document"), application, headers=headers)
    known = {
        "policy_id": PolicyVersion.objects.get().pk,
        "feed_id": PaymentFeed.objects.get().pk,
        "resident_id": Resident.objects.get().pk,
        "area_code": places.EAST_BAY,
    }
    asked = set()
    checks = [not_a_server_error, status_code_conformance, response_schema_conformance]
    for operation in document.get_all_operations():
        found = operation.ok()

        @how(
            max_examples=4,
            deadline=None,
            database=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        )
        @given(case=found.as_strategy())
        def question(case):
            case.call_and_validate(checks=checks, headers=headers)

        question()
        there = {name: known[name] for name in _places_in(found.path)}
        case = found.Case(path_parameters=there)
        assert case.call_and_validate(checks=checks, headers=headers).status_code == 200
        asked.add(found.label)

    assert len(asked) == 10


def _places_in(path):
    return re.findall(r"{(\w+)}", path)
