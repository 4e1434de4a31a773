"""What the pages of every import show: columns to confirm, time left, a file to take away."""

from django.utils import timezone

from enrollment.roster_columns import label_of
from pension_portal.columns import column_words
from pension_portal.models import Job

RUNNING = (Job.State.QUEUED, Job.State.RUNNING)
SHORTEST_GUESS_SECONDS = 2


def columns_asked_about(received, columns):
    """Return what the form asks: our columns with the guess for each, and the file's own columns
    to choose from.
    """
    asked = received.questions
    return {
        "choices": column_words(asked.get("labels", []), asked.get("kinds", [])),
        "fields": [
            {
                "key": column.key,
                "label": label_of(column.key),
                "is_required": column.is_required,
                "guess": asked.get("guesses", {}).get(column.key),
            }
            for column in columns
        ],
    }


def columns_named(request, columns):
    """Return column key → place from 0, as a person named them, one select for each of ours."""
    said = {column.key: request.POST.get(f"column_{column.key}", "") for column in columns}
    return {key: int(place) for key, place in said.items() if place.isdigit()}


def seconds_left(job):
    """Return a guess at the seconds until the rows are read; None where nothing is known yet."""
    if job.state != Job.State.RUNNING or not job.rows_total or not job.rows_done:
        return None
    spent = (timezone.now() - job.started_at).total_seconds()
    if spent < SHORTEST_GUESS_SECONDS:
        return None
    return round(spent * (job.rows_total - job.rows_done) / job.rows_done)
