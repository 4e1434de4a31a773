"""A session ends so long after the last click, and is not written for every one of them."""

import time

import pytest

from pension_portal.sessions import LAST_CLICK
from tests import county

pytestmark = pytest.mark.django_db


@pytest.fixture
def signed_in(client):
    county.areas()
    client.force_login(county.staff("林"), backend="django.contrib.auth.backends.ModelBackend")
    client.get("/")
    return client


def test_two_clicks_in_a_minute_are_one_write(signed_in):
    noted = signed_in.session[LAST_CLICK]

    signed_in.get("/")

    assert signed_in.session[LAST_CLICK] == noted


def test_a_click_after_a_minute_puts_the_end_off(signed_in, monkeypatch):
    ends = signed_in.session.get_expiry_date()
    later = time.time() + 61
    monkeypatch.setattr(time, "time", lambda: later)

    signed_in.get("/")

    assert signed_in.session[LAST_CLICK] == int(later)
    assert signed_in.session.get_expiry_date() >= ends


def test_whoever_is_not_signed_in_gets_no_session(client):
    answer = client.get("/sign-in/")

    assert "portal-session" not in answer.cookies
