"""The portal's one settings file: every difference between machines comes from the environment.

The names are listed with their meaning in `.env.example`. Without any of them the portal runs as
a demonstration on this machine alone; `PORTAL_ENV=production` turns on the checks of `checks.py`.
"""

import os
from pathlib import Path

import environ
from celery.schedules import crontab

from pension_portal.servers import EMBEDDED, ensure_servers, portal_var

# Every process reads its settings first, so none of them can meet a portal without servers.
ensure_servers()

env = environ.Env()

BASE_DIR = Path(__file__).resolve().parent.parent
PRODUCTION = env("PORTAL_ENV", default="development") == "production"
HTTPS = env.bool("PORTAL_HTTPS", default=PRODUCTION)
DEBUG = env.bool("PORTAL_DEBUG", default=False)

# Where the portal keeps what is neither code nor database: keys it made, sealed uploads.
VAR = portal_var()
FILES_FOLDER = Path(env("PORTAL_FILES", default=str(VAR / "files")))
KEYS_FOLDER = VAR / "keys"


def _key_of_this_machine(name):
    """Return the secret kept in var/keys/<name>, made at random when it is first asked for."""
    path = KEYS_FOLDER / name
    if not path.exists():
        KEYS_FOLDER.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = path.with_name(f"{name}.{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(os.urandom(32).hex(), encoding="ascii")
        try:
            # Two first starts at once must agree on one key, so the first link wins.
            os.link(draft, path)
        except FileExistsError:
            pass
        draft.unlink()
    return path.read_text(encoding="ascii").strip()


def _secret(variable, name):
    """Return the secret from the environment; only outside production may it be made up."""
    return env(variable, default="") or ("" if PRODUCTION else _key_of_this_machine(name))


# Django will not start with an empty key, and the check must be able to say what is wrong.
SECRET_KEY = _secret("PORTAL_SECRET_KEY", "session") or "missing"
SEAL_KEY = _secret("PORTAL_SEAL_KEY", "seal")
INDEX_KEY = _secret("PORTAL_INDEX_KEY", "index")

ALLOWED_HOSTS = env.list(
    "PORTAL_ALLOWED_HOSTS", default=[] if PRODUCTION else ["localhost", "127.0.0.1", "[::1]"]
)
CSRF_TRUSTED_ORIGINS = env.list("PORTAL_TRUSTED_ORIGINS", default=[])
EMBEDDED_SERVERS = bool(os.environ.get(EMBEDDED))

INSTALLED_APPS = [
    # The ground comes first: its `migrate` stands in for Django's own.
    "pension_portal",
    "townships",
    "staff",
    "policies",
    "enrollment",
    "contributions",
    "subsidies",
    "benefits",
    "oversight",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "axes",
    "django_htmx",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "pension_portal.browser_policy.Compressed",
    "pension_portal.browser_policy.browser_policy",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "pension_portal.submissions.AnswerOnce",
    "django.contrib.messages.middleware.MessageMiddleware",
    "pension_portal.sessions.KeepSessionAlive",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "pension_portal.refusals.RefusalMiddleware",
    # Last, as its makers ask: it answers for a sign-in that was refused too often.
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "pension_portal.urls"
WSGI_APPLICATION = "pension_portal.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["pension_portal.templatetags.submissions"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "pension_portal.context.portal",
                "staff.navigation.navigation",
            ],
        },
    },
]

# --- Database -------------------------------------------------------------------------------
# DATABASE_URL signs in as the owner of the tables, who migrates. Everything else runs under
# DATABASE_ROLE, which may add ledger rows but not change them.
DATABASE_ROLE = env("PORTAL_DB_ROLE", default="portal_app")
# Whoever is silent so long in the midst of a transaction sleeps or is gone, and its locks with it.
FALLEN_ASLEEP = "-c idle_in_transaction_session_timeout=5min"
DATABASES = {"default": env.db("DATABASE_URL")}
DATABASES["default"].update(
    CONN_MAX_AGE=60,
    CONN_HEALTH_CHECKS=True,
    OPTIONS=DATABASES["default"].get("OPTIONS", {})
    | ({"options": f"-c role={DATABASE_ROLE} {FALLEN_ASLEEP}"} if DATABASE_ROLE else {}),
)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# Dotted names, each called with a cursor of the owner after every migration.
AFTER_MIGRATE = [
    "contributions.protection.protect_ledger",
    "contributions.protection.protect_receipts",
    "staff.audit.protect_trail",
    "subsidies.protection.protect_claims",
    "benefits.protection.protect_interest",
]

# --- Jobs -----------------------------------------------------------------------------------
JOB_STEPS = {
    "payment_feed": [
        "contributions.reading.read_feed",
        "contributions.judging.judge_feed",
        "contributions.posting.post_feed",
        "oversight.snapshots.note_progress",
        "subsidies.entitlements.entitle_feed",
    ],
    # After one exception was posted or a feed reversed, what stands to the right follows.
    "ledger_changed": [
        "subsidies.entitlements.entitle_feed",
        "oversight.snapshots.note_progress",
    ],
    # The error file of a feed that came back repaired.
    "feed_repair": [
        "contributions.repairing.apply_repair",
    ],
    "export": ["staff.exporting.write_export"],
    "notice": [
        "oversight.notices.freeze_notice",
        "oversight.notice_papers.print_notice",
    ],
    "roster_import": [
        "enrollment.rosters.read_roster",
        "enrollment.rosters.load_roster",
    ],
    "bank_statement": [
        "contributions.bank_statements.read_statement",
    ],
    "department_list": [
        "enrollment.department_lists.read_list",
        "enrollment.department_lists.compare_list",
        "enrollment.department_lists.apply_list",
    ],
    "policy_preview": ["subsidies.previewing.compute_preview"],
    "subsidy_claim": ["subsidies.claiming.freeze_claim"],
    "aid_list": ["subsidies.aid.read_aid"],
    "proxy_roster": ["subsidies.rosters.draw_up_roster"],
    "proxy_payment": [
        "subsidies.paying.post_roster",
        "subsidies.entitlements.entitle_roster",
    ],
    "withholding_answer": [
        "contributions.withholding.read_answer",
        "subsidies.entitlements.entitle_withheld",
        "oversight.snapshots.note_withheld",
    ],
    "interest_run": [
        "benefits.interest.compute_run",
    ],
}
# Whoever keeps the money that a payment became may refuse that the fund pays the payment back.
BEFORE_REFUNDS = ["benefits.settling.refuse_what_was_paid_out"]

# Lists that can be taken away, each a ListKind of the app whose people they hold.
EXPORT_LISTS = {
    "roster": "contributions.export_lists.ROSTER",
    "unpaid": "contributions.export_lists.UNPAID",
    "paid": "contributions.export_lists.PAID",
    "tax_roster": "contributions.export_lists.TAX_ROSTER",
    "affected": "subsidies.affected_list.AFFECTED",
    "cash_receipts": "contributions.cash_list.RECEIPTS",
    "refunds": "contributions.money_lists.REFUNDS",
    "withheld": "contributions.money_lists.WITHHELD",
    "transfers": "contributions.money_lists.TRANSFERS",
    "interest": "benefits.interest_list.INTEREST",
    "villages": "contributions.bundles.VILLAGES",
    "villages_phones": "contributions.bundles.VILLAGES_WITH_PHONES",
}
SWEEP_SECONDS = 3
# What waits on the start page (staff/waiting.py): dotted names, each called with the person.
WAITING = [
    "staff.start_page.waiting_items",
    "enrollment.waiting.waiting_items",
    "contributions.waiting.waiting_items",
    "contributions.chase_waiting.waiting_items",
    "subsidies.waiting.waiting_items",
    "benefits.waiting.waiting_items",
    "oversight.first_steps.waiting_items",
]
# What happened to a person (enrollment/timeline.py): dotted names, each called with the person and
# with whoever looks.
TIMELINE = [
    "enrollment.timeline.happenings",
    "contributions.timeline.happenings",
    "oversight.notice_wall.happenings",
]
# What is done once a day whether or not a file came, and at what time.
CHORES = {
    "drop_old_exports": "staff.exporting.drop_old_exports",
    "begin_year": "enrollment.electing.begin_year",
    "recount_payers": "enrollment.counting.recount_all_payers",
    "note_evening": "oversight.snapshots.note_evening",
    "count_people": "oversight.census.count_evening",
    "forget_old_submissions": "pension_portal.submissions.forget_old_submissions",
}
CHORE_TIMES = {
    "drop_old_exports": crontab(minute=20),
    "begin_year": crontab(hour=0, minute=5),
    "recount_payers": crontab(hour=0, minute=10),
    "note_evening": crontab(hour=23, minute=50),
    "count_people": crontab(hour=1, minute=30),
    "forget_old_submissions": crontab(minute="*/10"),
}

CELERY_BROKER_URL = env("REDIS_URL")
# Redis is asked again soon for what a dead worker held; the defaults made that take 100 s.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 3600,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    # A click must not hang while the broker is away: the sweep will find the job.
    "max_retries": 1,
    "interval_start": 0,
    "socket_connect_timeout": 2,
    "socket_keepalive": True,
    "health_check_interval": 10,
    "global_keyprefix": env("PORTAL_BROKER_PREFIX", default=""),
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TIMEZONE = "Asia/Shanghai"
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BEAT_SCHEDULE = {
    "sweep_jobs": {
        "task": "pension_portal.tasks.sweep_jobs",
        "schedule": SWEEP_SECONDS,
        "options": {"expires": SWEEP_SECONDS},
    },
    **{
        name: {"task": "pension_portal.tasks.do_chore", "schedule": time, "args": [name]}
        for name, time in CHORE_TIMES.items()
    },
}
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR / "beat-schedule")

# --- The API ----------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "staff.api.SystemToken",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_THROTTLE_CLASSES": ["staff.api.CallsAMinute"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "pension_portal.api.say_refusal",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "COERCE_DECIMAL_TO_STRING": True,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "参保征缴接口",
    "DESCRIPTION": "只读。金额为元，写成文字；日期写作 2021-03-31。",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SCHEMA_PATH_PREFIX": "/api/v1/",
}

# --- Who is there ---------------------------------------------------------------------------
AUTH_USER_MODEL = "staff.Staff"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
LOGIN_URL = "staff:sign_in"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "staff:sign_in"
# Memory-hard, and quicker to sign in with; an older hash is replaced when it is next used.
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
# Days after which a password must be changed; 0 for never, as a demonstration wants it.
PASSWORD_DAYS = env.int("PORTAL_PASSWORD_DAYS", default=90 if PRODUCTION else 0)
# The one password of a demonstration's accounts, shown on its sign-in page; never in production.
DEMO_PASSWORD = env("PORTAL_DEMO_PASSWORD", default="")
# Guessing is stopped for the account, wherever the guesses come from (等保 8.1.4.1).
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25
AXES_LOCKOUT_PARAMETERS = ["username"]
AXES_RESET_ON_SUCCESS = True
# The page says how many minutes are left, so a guess while locked does not begin them anew.
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_LOCKOUT_CALLABLE = "staff.signing_in.show_lock_out"
AXES_VERBOSE = False
SILENCED_SYSTEM_CHECKS = ["axes.W006"]  # it would have guesses counted per address instead

SESSION_IDLE_MINUTES = 30
SESSION_COOKIE_AGE = SESSION_IDLE_MINUTES * 60
SESSION_NOTED_SECONDS = 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
# A browser takes a __Host- cookie only over HTTPS and only for this very host.
SESSION_COOKIE_NAME = "__Host-portal-session" if HTTPS else "portal-session"
CSRF_COOKIE_NAME = "__Host-portal-csrf" if HTTPS else "portal-csrf"

SECURE_SSL_REDIRECT = HTTPS
# Asked by the machine itself, from inside.
SECURE_REDIRECT_EXEMPT = [r"^health/$"]
SECURE_HSTS_SECONDS = env.int("PORTAL_HSTS_SECONDS", default=365 * 24 * 3600 if HTTPS else 0)
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if env.bool("PORTAL_BEHIND_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# --- Words, days and files ------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = "pension_portal.formats"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
# For a demonstration set in the past; the ledger's clock reads it, see clock.py.
PORTAL_TODAY = env("PORTAL_TODAY", default="")

STATIC_URL = "static/"
# Where `collectstatic` puts them for production; elsewhere they are served from where they lie.
STATIC_ROOT = BASE_DIR / "staticfiles" if PRODUCTION else None
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not PRODUCTION
WHITENOISE_ALLOW_ALL_ORIGINS = False

# A folder with further fonts for paper, such as 仿宋 where the county holds its licence.
PAPER_FONTS = env("PORTAL_PAPER_FONTS", default="")

MAX_UPLOAD_BYTES = 50 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
# An upload holds identity numbers: it stays in memory until sealed, never in a temporary file.
FILE_UPLOAD_MAX_MEMORY_SIZE = MAX_UPLOAD_BYTES + 1024
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "pension_portal.logs.FormatterWithoutRows",
            "format": "%(asctime)s %(levelname)s %(name)s: %(message)s",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env("PORTAL_LOG_LEVEL", default="INFO")},
    "loggers": {
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        # Each sweep would be three lines every three seconds.
        "celery.app.trace": {"level": "WARNING"},
        "celery.worker.strategy": {"level": "WARNING"},
        "celery.beat": {"level": "WARNING"},
    },
}
