"""Django's `migrate`, run as the owner of the tables; then the grants of the portal's role."""

from django.conf import settings
from django.core.management.commands import migrate
from django.db import connections
from django.utils.module_loading import import_string

from pension_portal.database_role import as_owner, grant_everyday_work, make_role


class Command(migrate.Command):
    def handle(self, *args, **options):
        connection = connections[options["database"]]
        with as_owner(connection):
            super().handle(*args, **options)
            if settings.DATABASE_ROLE and not _only_looks(options):
                grant(connection)


def _only_looks(options):
    return options["plan"] or options["check_unapplied"]


def grant(connection):
    """Grant everyday work, then let each app take away what must never be changed."""
    with connection.cursor() as cursor:
        make_role(cursor, settings.DATABASE_ROLE)
        grant_everyday_work(cursor, settings.DATABASE_ROLE)
        for name in settings.AFTER_MIGRATE:
            import_string(name)(cursor)
