"""Settings that would harm a county in production, each refused with what to do instead.

They are Django system checks, so `manage.py check` names them; the website and the workers, which
run no checks by themselves, call `refuse_unsafe_production()` and do not start.
"""

from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import Error, Tags, register, run_checks
from django.core.exceptions import ImproperlyConfigured

SHORTEST_SECRET = 50
SHORTEST_PASSWORD = 16
KEY_HEX_DIGITS = 64
SHORTEST_HSTS_SECONDS = 180 * 24 * 3600
# What `.env.example` writes where a secret belongs.
PLACEHOLDER = "change-me"


@register(Tags.security)
def check_production(app_configs, **kwargs):
    """Return the errors of a production portal; elsewhere everything is allowed."""
    if not settings.PRODUCTION:
        return []
    return [
        Error(message, hint=hint, id=f"portal.E{number:03}")
        for number, (is_wrong, message, hint) in enumerate(QUESTIONS, start=1)
        if is_wrong()
    ]


def refuse_unsafe_production():
    """Raise ImproperlyConfigured that names every unsafe production setting, if there is one."""
    errors = [e for e in run_checks(tags=[Tags.security]) if e.id.startswith("portal.")]
    if errors:
        lines = [f"{error.id}: {error.msg} {error.hint}" for error in errors]
        raise ImproperlyConfigured("The portal will not start:\n" + "\n".join(lines))


def _is_weak(secret, shortest):
    return len(secret) < shortest or PLACEHOLDER in secret or len(set(secret)) < shortest // 8


def _is_no_key(text):
    """Keys are 32 bytes in hexadecimal; one made of few different digits was typed, not drawn."""
    try:
        return len(bytes.fromhex(text)) * 2 != KEY_HEX_DIGITS or len(set(text)) < 8
    except ValueError:
        return True


def _database():
    return settings.DATABASES["default"]


QUESTIONS = [
    (
        lambda: settings.DEBUG,
        "PORTAL_DEBUG is on: an error page would show settings and people's data.",
        "Leave PORTAL_DEBUG unset.",
    ),
    (
        lambda: _is_weak(settings.SECRET_KEY, SHORTEST_SECRET),
        "PORTAL_SECRET_KEY is missing, short or an example: sessions could be forged.",
        "Set 50 or more random characters, for example from `openssl rand -hex 32`.",
    ),
    (
        lambda: not settings.ALLOWED_HOSTS or "*" in settings.ALLOWED_HOSTS,
        "PORTAL_ALLOWED_HOSTS is empty or *: links in pages could be led elsewhere.",
        "Name the hosts the portal is called by, separated by commas.",
    ),
    (
        lambda: settings.EMBEDDED_SERVERS,
        "The embedded servers would be used: they have no backup and no second machine.",
        "Set DATABASE_URL and REDIS_URL to the county's servers.",
    ),
    (
        lambda: _database()["ENGINE"] != "django.db.backends.postgresql",
        "The database is not PostgreSQL: the ledger's guards would be missing.",
        "Set DATABASE_URL to postgres://…",
    ),
    (
        lambda: _is_weak(_database().get("PASSWORD") or "", SHORTEST_PASSWORD),
        "The database password is missing, short or an example.",
        "Set 16 or more random characters in DATABASE_URL.",
    ),
    (
        lambda: not settings.DATABASE_ROLE,
        "PORTAL_DB_ROLE is empty: the website could rewrite the ledger.",
        "Leave PORTAL_DB_ROLE unset, or name the role that `migrate` grants everyday work.",
    ),
    (
        lambda: _is_no_key(settings.SEAL_KEY),
        "PORTAL_SEAL_KEY is missing or not a key: identity numbers could not be kept sealed.",
        "Set 32 random bytes in hexadecimal, from `openssl rand -hex 32`; keep a copy apart.",
    ),
    (
        lambda: _is_no_key(settings.INDEX_KEY),
        "PORTAL_INDEX_KEY is missing or not a key: identity numbers could be guessed.",
        "Set 32 random bytes in hexadecimal, from `openssl rand -hex 32`; keep a copy apart.",
    ),
    (
        lambda: bool(settings.SEAL_KEY) and settings.SEAL_KEY == settings.INDEX_KEY,
        "PORTAL_SEAL_KEY and PORTAL_INDEX_KEY are the same: one leak would open both.",
        "Draw a second key.",
    ),
    (
        lambda: _is_weak(urlsplit(settings.CELERY_BROKER_URL).password or "", SHORTEST_PASSWORD),
        "The broker's password is missing, short or an example: anyone near it could start jobs.",
        "Set requirepass on the server and write redis://:password@host:6379/0 in REDIS_URL.",
    ),
    (
        lambda: not (settings.SESSION_COOKIE_SECURE and settings.CSRF_COOKIE_SECURE),
        "PORTAL_HTTPS is off: cookies would travel unencrypted.",
        "Leave PORTAL_HTTPS unset and put the portal behind HTTPS.",
    ),
    (
        lambda: settings.SECURE_HSTS_SECONDS < SHORTEST_HSTS_SECONDS,
        "PORTAL_HSTS_SECONDS is below half a year: a browser could be led back to plain HTTP.",
        "Leave PORTAL_HSTS_SECONDS unset.",
    ),
    (
        lambda: bool(settings.PORTAL_TODAY),
        "PORTAL_TODAY is set: the portal would live on the day of a demonstration.",
        "Leave PORTAL_TODAY unset.",
    ),
    (
        lambda: (settings.LANGUAGE_CODE, settings.TIME_ZONE) != ("zh-hans", "Asia/Shanghai"),
        "Language or time zone is not the county's: a late payment could change its year.",
        "Keep LANGUAGE_CODE zh-hans and TIME_ZONE Asia/Shanghai.",
    ),
]
