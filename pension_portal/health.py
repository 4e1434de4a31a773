"""Whether the portal can work: it can when its database and its broker answer."""

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import JsonResponse
from django.views.decorators.http import require_safe

BROKER_PATIENCE_SECONDS = 2


@require_safe
def health(request):
    """Answer 200 with {"database": true, "broker": true}, or 503 when either is away."""
    state = servers_that_answer()
    return JsonResponse(state, status=200 if all(state.values()) else 503)


def servers_that_answer():
    """Return {"database": True, "broker": True}; False where one is away."""
    return {"database": _database_answers(), "broker": _broker_answers()}


def _database_answers():
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def _broker_answers():
    try:
        with redis.from_url(
            settings.CELERY_BROKER_URL,
            socket_timeout=BROKER_PATIENCE_SECONDS,
            socket_connect_timeout=BROKER_PATIENCE_SECONDS,
        ) as broker:
            return broker.ping()
    except redis.RedisError:
        return False
