"""Whether the portal says truly that it can work."""

import pytest
from django.conf import settings


@pytest.mark.django_db
def test_the_portal_is_well_when_database_and_broker_answer(client):
    answer = client.get("/health/")

    assert answer.status_code == 200
    assert answer.json() == {"database": True, "broker": True}


@pytest.mark.django_db
def test_the_portal_is_unwell_when_the_broker_is_away(client, monkeypatch):
    monkeypatch.setattr(settings, "CELERY_BROKER_URL", "redis://127.0.0.1:1/0")

    answer = client.get("/health/")

    assert answer.status_code == 503
    assert answer.json() == {"database": True, "broker": False}
