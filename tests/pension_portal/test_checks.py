"""Unsafe production settings: each is named, none is started with."""

import os
import subprocess
import sys
from copy import deepcopy

import pytest
from django.conf import settings
from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured

from pension_portal.checks import QUESTIONS, refuse_unsafe_production

SAFE_DATABASE = {"ENGINE": "django.db.backends.postgresql", "PASSWORD": "q8Lw2RkzV5tYc1Xn"}
SAFE = {
    "PRODUCTION": True,
    "DEBUG": False,
    "SECRET_KEY": "7f3c9a1e5b8d2046af19c3e7b5d80264f1a9c3e5b7d9f0a2c4e6b8d0",
    "ALLOWED_HOSTS": ["portal.example.gov.cn"],
    "EMBEDDED_SERVERS": False,
    "DATABASES": {"default": SAFE_DATABASE},
    "DATABASE_ROLE": "portal_app",
    "SEAL_KEY": "0123456789abcdef" * 4,
    "INDEX_KEY": "fedcba9876543210" * 4,
    "CELERY_BROKER_URL": "redis://:q8Lw2RkzV5tYc1Xn@broker:6379/0",
    "SESSION_COOKIE_SECURE": True,
    "CSRF_COOKIE_SECURE": True,
    "SECURE_HSTS_SECONDS": 365 * 24 * 3600,
    "PORTAL_TODAY": "",
    "LANGUAGE_CODE": "zh-hans",
    "TIME_ZONE": "Asia/Shanghai",
}
UNSAFE = [
    ("portal.E001", {"DEBUG": True}),
    ("portal.E002", {"SECRET_KEY": "missing"}),
    ("portal.E002", {"SECRET_KEY": "change-me" * 10}),
    ("portal.E003", {"ALLOWED_HOSTS": []}),
    ("portal.E003", {"ALLOWED_HOSTS": ["*"]}),
    ("portal.E004", {"EMBEDDED_SERVERS": True}),
    ("portal.E005", {"DATABASES": {"default": SAFE_DATABASE | {"ENGINE": "django.db.sqlite3"}}}),
    ("portal.E006", {"DATABASES": {"default": SAFE_DATABASE | {"PASSWORD": "short"}}}),
    ("portal.E007", {"DATABASE_ROLE": ""}),
    ("portal.E008", {"SEAL_KEY": ""}),
    ("portal.E008", {"SEAL_KEY": "00" * 32}),
    ("portal.E009", {"INDEX_KEY": "not a key"}),
    ("portal.E010", {"INDEX_KEY": SAFE["SEAL_KEY"]}),
    ("portal.E011", {"CELERY_BROKER_URL": "redis://broker:6379/0"}),
    ("portal.E012", {"SESSION_COOKIE_SECURE": False}),
    ("portal.E012", {"CSRF_COOKIE_SECURE": False}),
    ("portal.E013", {"SECURE_HSTS_SECONDS": 0}),
    ("portal.E014", {"PORTAL_TODAY": "2021-03-20"}),
    ("portal.E015", {"LANGUAGE_CODE": "en"}),
    ("portal.E015", {"TIME_ZONE": "UTC"}),
]


@pytest.fixture
def production(monkeypatch):
    """Put settings in place for one test, without disturbing the connections that are open."""

    def put(changes=None):
        for name, value in (SAFE | (changes or {})).items():
            monkeypatch.setattr(settings, name, deepcopy(value))

    return put


def _errors():
    return [error.id for error in run_checks(tags=["security"]) if error.id.startswith("portal.")]


def test_safe_settings_are_accepted(production):
    production()

    assert _errors() == []
    refuse_unsafe_production()


@pytest.mark.parametrize(("error", "changes"), UNSAFE)
def test_an_unsafe_setting_is_named_and_not_started_with(production, error, changes):
    production(changes)

    assert _errors() == [error]
    with pytest.raises(ImproperlyConfigured, match=error):
        refuse_unsafe_production()


@pytest.mark.parametrize(
    "command",
    [
        ["-c", "import pension_portal.wsgi"],
        ["-m", "celery", "--app=pension_portal", "worker", "--concurrency=1"],
    ],
)
def test_neither_website_nor_worker_starts_unsafely(command):
    environment = os.environ | {"PORTAL_ENV": "production", "PORTAL_DEBUG": "on"}

    result = subprocess.run(
        [sys.executable, *command],
        cwd=settings.BASE_DIR,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
    )

    assert result.returncode != 0
    assert "The portal will not start" in result.stderr
    assert "portal.E001" in result.stderr


def test_every_question_has_a_case():
    assert {error for error, _changes in UNSAFE} == {
        f"portal.E{number:03}" for number in range(1, len(QUESTIONS) + 1)
    }


def test_a_demonstration_may_do_all_of_it(production):
    production({"PRODUCTION": False, "DEBUG": True, "SECRET_KEY": "x", "SEAL_KEY": ""})

    assert _errors() == []
