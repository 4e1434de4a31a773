"""What Celery knows: to run a job by its id, and to look for jobs whose worker died."""

from celery import shared_task

from pension_portal import jobs


@shared_task(name="pension_portal.tasks.run_job", ignore_result=True)
def run_job(job_id):
    jobs.run_job(job_id)


@shared_task(name="pension_portal.tasks.sweep_jobs", ignore_result=True, expires=10)
def sweep_jobs():
    jobs.sweep_jobs()
