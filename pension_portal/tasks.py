"""What Celery knows: to run a job by its id, to look for jobs whose worker died, and the chores of
the night.
"""

from celery import shared_task
from django.conf import settings
from django.utils.module_loading import import_string

from pension_portal import jobs


@shared_task(name="pension_portal.tasks.run_job", ignore_result=True)
def run_job(job_id):
    jobs.run_job(job_id)


@shared_task(name="pension_portal.tasks.sweep_jobs", ignore_result=True, expires=10)
def sweep_jobs():
    jobs.sweep_jobs()


@shared_task(name="pension_portal.tasks.do_chore", ignore_result=True)
def do_chore(name):
    """Do what is due at one hour for every county; any chore may be done twice."""
    import_string(settings.CHORES[name])()
