"""What every test stands on: its own database, its own corner of the broker, its own files.

Tests run on the real PostgreSQL under the portal's own role, just as the portal does. Several test
runs may share one server, so every name carries the number of the run that made it.
"""

import os
import shutil
import tempfile
from pathlib import Path

import hypothesis
import pytest
from django.conf import settings
from django.db import OperationalError, connection
from django.test import TransactionTestCase

from pension_portal.celery import app
from tests import database
from tests.celery_worker import CeleryWorker
from tests.requirements_covered import requirements, shown_by

MOST_TEST_PROCESSES = 4
# How fast examples come depends on what else the machine does.
hypothesis.settings.register_profile(
    "portal", suppress_health_check=[hypothesis.HealthCheck.too_slow], deadline=None
)
hypothesis.settings.load_profile("portal")

# Set by the process that was started first; xdist's workers inherit it.
RUN = os.environ.setdefault("PORTAL_TEST_RUN", str(os.getpid()))
THIS_PROCESS = f"{RUN}_{os.environ.get('PYTEST_XDIST_WORKER', 'only')}"
THIS_DATABASE = database.PREFIX + THIS_PROCESS


def pytest_xdist_auto_num_workers(config):
    """More processes than this wait for each other in the database."""
    return min(MOST_TEST_PROCESSES, os.cpu_count() or 1)


def pytest_collection_modifyitems(items):
    """A test must not claim to show a requirement that does not exist."""
    unknown = shown_by(items).keys() - requirements().keys()
    if unknown:
        raise pytest.UsageError(f"unknown requirements: {', '.join(sorted(unknown))}")


# --- The database ---------------------------------------------------------------------------


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment, django_db_blocker):
    """Make the database as its owner, then go on under the role that the portal runs under."""
    before = connection.settings_dict["NAME"]
    options = connection.settings_dict["OPTIONS"]
    role = options.pop("options")
    with django_db_blocker.unblock():
        database.make(THIS_DATABASE)
        _remember_what_migrations_filled()
        options["options"] = role
        yield
        connection.close()
        options.pop("options")
        database.drop(THIS_DATABASE, back_to=before)


# --- Tests that need committed data ---------------------------------------------------------

_filled_by_migrations = set()


@pytest.fixture
def committed(transactional_db, request, _celery_worker):
    """For tests whose data another process or thread must see: nothing is rolled back.

    The worker of an earlier test would see them too, and do a job before the test itself does.
    Afterwards every table is emptied, except those that migrations filled; a test that adds rows
    to one of those takes them away itself. The same happens with `live_server`.
    """
    if "worker" not in request.fixturenames:
        _celery_worker.kill()


def _empty_the_tables(case, turns=5):
    """Take the place of Django's flush, which the portal's role may not do.

    The worker's sweep may be looking at two tables in the other order; then we try again.
    """
    try:
        with database.owner_cursor() as cursor:
            tables = [
                f'"{name}"' for name in database.tables(cursor) if name not in _filled_by_migrations
            ]
            cursor.execute(f"TRUNCATE {', '.join(tables)} RESTART IDENTITY")
    except OperationalError:
        if turns == 1:
            raise
        _empty_the_tables(case, turns - 1)


TransactionTestCase._fixture_teardown = _empty_the_tables


def _remember_what_migrations_filled():
    with database.owner_cursor() as cursor:
        for name in database.tables(cursor):
            cursor.execute(f'SELECT EXISTS (SELECT FROM "{name}")')
            if cursor.fetchone()[0]:
                _filled_by_migrations.add(name)


# --- Broker, worker and files ---------------------------------------------------------------


@pytest.fixture(scope="session", autouse=True)
def _own_corner():
    """Keep this process's messages and files apart from the portal's and from other test runs'."""
    prefix = f"test:{THIS_PROCESS}:"
    app.conf.broker_transport_options["global_keyprefix"] = prefix
    folder = Path(tempfile.mkdtemp(prefix="portal-test-"))
    settings.FILES_FOLDER = folder / "files"
    yield prefix
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def _celery_worker(django_db_setup, _own_corner, tmp_path_factory):
    worker = CeleryWorker(
        folder=tmp_path_factory.mktemp("worker"),
        database=THIS_DATABASE,
        broker_prefix=_own_corner,
        files=settings.FILES_FOLDER,
    )
    yield worker
    worker.stop()


@pytest.fixture
def worker(committed, _celery_worker):
    """A real Celery worker with its sweep, working in this test's database; started when asleep."""
    _celery_worker.ensure_running()
    return _celery_worker


# --- Everyone who lives in 示样县 ------------------------------------------------------------


@pytest.fixture
def county(db):
    """The county, its neighbour and their places."""
    from tests import county

    county.areas()
    return county


@pytest.fixture
def lin(county):
    """Lin works for the county."""
    return county.staff("林秋", "county_officer")


@pytest.fixture
def mei(county):
    """Mei uploads what the tax bureau sends."""
    return county.staff("梅雨", "data_admin")


@pytest.fixture
def qian(county):
    """Qian approves for the county."""
    return county.staff("钱程", "county_approver")


@pytest.fixture
def zhao(county):
    """Zhao is the clerk of 东湾镇."""
    return county.staff("赵明", "town_clerk", county.EAST_BAY)


@pytest.fixture
def sun(county):
    """Sun is the clerk of 西岭镇 and must never see 东湾镇."""
    return county.staff("孙立", "town_clerk", county.WEST_RIDGE)


@pytest.fixture
def gui_lan(county):
    """张桂兰 of 东湾镇 is enrolled in the basic scheme and is to pay."""
    return county.enrolled("张桂兰")
