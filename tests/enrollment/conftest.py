import pytest
from django.test import Client


@pytest.fixture
def as_user():
    """Return a function that gives the browser of somebody signed in."""

    def sign_in(staff):
        client = Client()
        client.force_login(staff, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sign_in
