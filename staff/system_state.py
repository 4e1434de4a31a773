"""Whether the portal can work (系统状态): servers, jobs, room on the disk; no word about people."""

import shutil
from datetime import timedelta
from typing import NamedTuple

from django.conf import settings
from django.db import connection
from django.utils import timezone

from pension_portal.health import servers_that_answer
from pension_portal.models import Job

LOOKED_BACK = timedelta(days=7)
MOST_FAILURES = 20
# Below this share of free room a roster of a county could fill the disk.
LITTLE_ROOM = 10


class SystemState(NamedTuple):
    """What a system administrator looks at first."""

    database_answers: bool
    broker_answers: bool
    database_bytes: int
    free_bytes: int
    free_share: int
    running: int
    overdue: int
    last_finished_at: object
    failures: list

    @property
    def has_little_room(self):
        return self.free_share < LITTLE_ROOM

    @property
    def is_well(self):
        servers = self.database_answers and self.broker_answers
        return servers and not self.overdue and not self.has_little_room


def system_state(staff):
    """Return the state of the portal and of the jobs of this person's county.

    Failures are those of a week, the newest first: jobs that a defect stopped, with the repair
    number in their message. What was refused with a sentence is the business of its page.
    """
    jobs = Job.objects.filter(county_code=staff.county_code)
    answers, room = servers_that_answer(), _room()
    failed = jobs.filter(state=Job.State.FAILED, finished_at__gt=timezone.now() - LOOKED_BACK)
    finished = jobs.exclude(finished_at=None).order_by("-finished_at")
    return SystemState(
        database_answers=answers["database"],
        broker_answers=answers["broker"],
        database_bytes=_database_bytes(),
        free_bytes=room.free,
        free_share=100 * room.free // room.total,
        running=jobs.unfinished().count(),
        overdue=_left_alone(jobs),
        last_finished_at=finished.values_list("finished_at", flat=True).first(),
        failures=list(failed.select_related("created_by").order_by("-finished_at")[:MOST_FAILURES]),
    )


def _room():
    """Return the room of the disk the uploads go to; before the first one there is no folder."""
    folder = settings.FILES_FOLDER
    return shutil.disk_usage(next(one for one in (folder, *folder.parents) if one.exists()))


def _left_alone(jobs):
    """Count jobs that no worker takes up; while a worker holds any, the others merely queue."""
    return 0 if Job.objects.unfinished().held().exists() else jobs.overdue().count()


def _database_bytes():
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        return cursor.fetchone()[0]
