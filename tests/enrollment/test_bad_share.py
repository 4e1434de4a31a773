"""A roster with more faulty rows than the county lets pass waits for a decision."""

import pytest

from enrollment.errors import RosterDoesNotWait
from enrollment.models import EnrollmentSettings, Resident, RosterFault, RosterRow
from enrollment.rosters import job_of, load_all_the_same, receive_roster
from pension_portal.jobs import run_job
from staff.models import AuditEntry
from tests import county as sample
from tests.enrollment.rosters import as_csv, load, people, row

IMPORTS = "/residents/imports/"


@pytest.fixture
def ten_percent(county):
    return EnrollmentSettings.objects.create(county_code=sample.COUNTY, bad_share_limit=10)


@pytest.fixture
def doubtful(zhao, ten_percent):
    """A roster of ten rows, two of which are faulty."""
    return load(zhao, [*people(8), row(姓名=""), row(证件号码="1")])


def test_a_roster_with_many_faulty_rows_waits_and_loads_nobody(doubtful):
    job = job_of(doubtful)

    assert job.state == "waiting"
    assert "退回 2 行，占 20.0%，超过 10%" in job.message
    assert (doubtful.rows, doubtful.rows_bad, doubtful.loaded_at) == (10, 2, None)
    assert Resident.objects.count() == 0
    assert RosterRow.objects.count() == 8


def test_a_county_that_has_set_nothing_lets_a_tenth_pass(zhao):
    content = as_csv([*people(8), row(姓名="")])
    roster, _is_new = receive_roster(sample.upload(content), area_code=sample.EAST_BAY, by=zhao)

    run_job(job_of(roster).pk)

    assert (job_of(roster).state, "超过 10%" in job_of(roster).message) == ("waiting", True)


def test_no_more_than_the_limit_loads_by_itself(zhao, ten_percent):
    roster = load(zhao, [*people(9), row(姓名="")])

    assert (job_of(roster).state, roster.rows_new, roster.rows_bad) == ("done", 9, 1)


def test_rows_that_only_the_registry_refuses_count_too(zhao, sun, ten_percent):
    load(sun, [row(**{"乡镇（街道）": "", "村（社区）": "石桥村"}, 证件号码=n) for n in NUMBERS])

    roster = load(zhao, [*people(5), *[row(证件号码=n) for n in NUMBERS]], name="二.csv")

    assert job_of(roster).state == "waiting"
    assert roster.rows_bad == 3
    assert RosterFault.objects.filter(code="registered_in_other_town").count() == 3


NUMBERS = [sample.id_number() for _ in range(3)]


def test_somebody_lets_the_good_rows_load(as_user, zhao, doubtful):
    page = as_user(zhao).get(f"{IMPORTS}{doubtful.pk}/").content.decode()
    assert "照常导入 8 行" in page

    as_user(zhao).post(f"{IMPORTS}{doubtful.pk}/load/")
    run_job(job_of(doubtful).pk)

    doubtful.refresh_from_db()
    assert (doubtful.rows_new, doubtful.rows_bad, doubtful.allowed_by) == (8, 2, zhao)
    assert Resident.objects.count() == 8
    assert AuditEntry.objects.get(action="load_all_the_same").detail == {"rows": 8}


def test_another_town_does_not_decide(as_user, sun, doubtful):
    assert as_user(sun).post(f"{IMPORTS}{doubtful.pk}/load/").status_code == 404
    assert job_of(doubtful).state == "waiting"


def test_a_roster_that_is_called_off_leaves_nothing(as_user, zhao, doubtful):
    as_user(zhao).post(f"{IMPORTS}{doubtful.pk}/cancel/")

    assert job_of(doubtful).state == "cancelled"
    assert (Resident.objects.count(), RosterRow.objects.count()) == (0, 0)


def test_there_is_nothing_to_decide_on_a_loaded_roster(zhao, county):
    roster = load(zhao, people(2))

    with pytest.raises(RosterDoesNotWait):
        load_all_the_same(roster, by=zhao)

    roster.refresh_from_db()
    assert roster.allowed_by is None
