"""Every address × every duty (and nobody) × an object of one's own, a sibling's, a parent's and a
foreign area.

A duty without the action is refused and nothing is written. With it, an object outside one's own
area is not there (404), and one's own opens. The table of addresses is `access_routes.py`; an
address missing there fails.
"""

import re
from contextlib import contextmanager
from copy import deepcopy

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import override_settings
from django.urls import URLPattern, get_resolver, resolve, reverse

from staff.models import DutyKind
from staff.permissions import MATRIX
from tests import access_objects, county
from tests.access_objects import BUILDERS, OF_THE_COUNTY
from tests.access_routes import PUBLIC, ROUTES, SIGNED_IN

PLACES = {
    DutyKind.VILLAGE_AGENT: county.LI_VILLAGE,
    DutyKind.TOWN_CLERK: county.EAST_BAY,
    DutyKind.TOWN_REVIEWER: county.EAST_BAY,
}
NOT_THERE, NOT_ALLOWED, METHOD_NOT_ALLOWED, FAILED = 404, 403, 405, 500
NOT_SIGNED_IN = 401
# Passwords are set here, never guessed.
QUICK = {"PASSWORD_HASHERS": ["django.contrib.auth.hashers.MD5PasswordHasher"]}
# Each request renews its session; seeing somebody is noted in the trail.
KEPT_BY_EVERY_REQUEST = {"django_session"}
KEPT_BY_READING = {"django_session", "staff_auditentry"}
_WRITTEN = re.compile(
    r'(?<!for )\b(?:insert\s+into|update|delete\s+from|truncate|copy)\s+"?(\w+)', re.IGNORECASE
)


class World:
    """Somebody in each duty, signed in, and somebody who is not."""

    def __init__(self):
        county.areas()
        self.clients = {None: Client(raise_request_exception=False)}
        for kind in DutyKind.values:
            person = county.staff(f"{kind}", kind, area_of(kind))
            client = Client(raise_request_exception=False)
            client.force_login(person)
            self.clients[kind] = client


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """One county for all tests of this file, as making it takes longer than asking for a page."""
    with django_db_blocker.unblock(), transaction.atomic(), override_settings(**QUICK):
        yield World()
        access_objects.forget()
        transaction.set_rollback(True)


def area_of(kind):
    return PLACES.get(kind, county.COUNTY)


def named_routes(patterns=None, namespace=""):
    """Yield the name of every address of the portal, with its namespace."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLPattern):
            yield f"{namespace}{pattern.name}"
        else:
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from named_routes(pattern.url_patterns, inner)


def relation(code, own):
    """Return what an area is to somebody's own: own, parent, sibling or foreign."""
    if code.startswith(own):
        return "own"
    if own.startswith(code):
        return "parent"
    return "sibling" if code[:6] == own[:6] else "foreign"


def places_of(route, own):
    """Return {relation: code of an area} in which a route's arguments can be.

    One's own area stands for what is inside it: each level is somebody's own. A route without
    arguments is one's own.
    """
    if not route.kinds:
        return {"own": own}
    levels = [found for kind in route.kinds.values() if (found := BUILDERS[kind].levels)]
    if not levels:  # a day, a year: nobody's in particular
        return {"own": own}
    narrow = [level for level in levels if OF_THE_COUNTY not in level]
    if not narrow:  # everybody of the county sees it
        return {"own": own, "foreign": county.NEIGHBOUR}
    found = {}
    for code, _name, _parent in county.AREAS:
        if all(len(code) in level for level in narrow):
            found.setdefault(relation(code, own), code)
    return found


def address(name, route, code):
    return reverse(name, kwargs={key: BUILDERS[kind].at(code) for key, kind in route.kinds.items()})


@contextmanager
def nothing_stays():
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def ask(client, method, url, data=None, **headers):
    """Return (response, tables written to) of one request; what it did is undone, cookies too."""
    cookies, written = deepcopy(client.cookies), set()

    def listen(execute, sql, *others):
        text = sql if isinstance(sql, str) else sql.as_string(connection.connection)
        written.update(_WRITTEN.findall(text))
        return execute(sql, *others)

    with nothing_stays(), connection.execute_wrapper(listen):
        response = getattr(client, method)(url, data, headers=headers)
    client.cookies = cookies
    return response, written


def faults_of(world, name, route):
    """Return a sentence for everything about a route that is not as it should be."""
    for kind, client in world.clients.items():
        own = area_of(kind) if kind else county.COUNTY
        places = places_of(route, own)
        if not is_allowed(route, kind):
            code = places.get("own") or places["parent"]
            yield from faults_of_a_refusal(client, name, route, kind, code)
            continue
        for what, code in places.items():
            yield from faults_of_an_opening(client, name, route, kind, what, code)


def is_allowed(route, kind):
    if route.action == PUBLIC:
        return True
    return kind is not None and (route.action == SIGNED_IN or kind in MATRIX[route.action])


def faults_of_a_refusal(client, name, route, kind, code):
    for method in route.methods:
        # As JSON, because drawing the page of every refusal takes most of the time.
        url = address(name, route, code)
        response, written = ask(client, method, url, accept="application/json")
        is_refused = response.status_code == NOT_ALLOWED
        if kind is None and name.rpartition(":")[2].startswith("api_"):
            is_refused = response.status_code == NOT_SIGNED_IN and "sentence" in response.json()
        elif kind is None:
            is_refused = response.status_code == 302 and "/sign-in/" in response["Location"]
        if not is_refused:
            yield f"{method} {name} let {kind or 'nobody'} in: {response.status_code}"
        if changed := written - KEPT_BY_EVERY_REQUEST:
            yield f"{method} {name} wrote to {sorted(changed)} for {kind or 'nobody'}"


def faults_of_an_opening(client, name, route, kind, what, code):
    for method in route.methods:
        response, written = ask(client, method, address(name, route, code))
        status = response.status_code
        if what == "own" and (status in (NOT_ALLOWED, NOT_THERE) or status >= FAILED):
            yield f"{method} {name} does not open for {kind} in {code}: {status}"
        if what != "own" and status != NOT_THERE:
            yield f"{method} {name} answers {status} to {kind} about the {what} area {code}"
        kept = KEPT_BY_READING if method == "get" or what != "own" else written
        if changed := written - kept:
            yield f"{method} {name} wrote to {sorted(changed)} for {kind} about {code}"


def test_every_address_says_who_may_open_it():
    assert sorted(set(named_routes()) - set(ROUTES)) == []


def test_no_address_is_listed_that_is_not_there():
    assert sorted(set(ROUTES) - set(named_routes())) == []


def test_every_action_that_opens_an_address_is_in_the_matrix():
    actions = {route.action for route in ROUTES.values()} - {PUBLIC, SIGNED_IN}

    assert sorted(actions - set(MATRIX)) == []


def existing_routes():
    here = set(named_routes())
    return [pytest.param(name, route, id=name) for name, route in ROUTES.items() if name in here]


@pytest.mark.requirement("A54", "A55")
@pytest.mark.parametrize(("name", "route"), existing_routes())
def test_only_the_right_duties_in_the_right_area_open(world, name, route):
    assert "\n".join(faults_of(world, name, route)) == ""


@pytest.mark.parametrize(("name", "route"), existing_routes())
def test_the_door_itself_asks_for_what_the_table_says(world, name, route):
    view = resolve(address(name, route, places_of(route, county.COUNTY)["own"])).func

    assert getattr(view, "action", PUBLIC) == route.action


@pytest.mark.parametrize(
    ("name", "route"),
    [one for one in existing_routes() if one.values[1].methods == ("post",)],
)
def test_a_deed_is_not_done_by_following_a_link(world, name, route):
    kind = next((kind for kind in DutyKind.values if is_allowed(route, kind)), None)
    code = places_of(route, area_of(kind))["own"]

    response, _written = ask(world.clients[kind], "get", address(name, route, code))

    assert response.status_code == METHOD_NOT_ALLOWED
