"""What the portal's own role may and may not do in the database."""

import pytest
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import ProgrammingError, connection, transaction


@pytest.mark.django_db
def test_the_portal_works_under_its_own_role():
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, session_user")

        assert cursor.fetchone() == (settings.DATABASE_ROLE, "portal_owner")


@pytest.mark.django_db
def test_the_role_may_read_and_write_rows():
    row = ContentType.objects.create(app_label="示样", model="row")

    row.delete()

    assert not ContentType.objects.filter(app_label="示样").exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "DROP TABLE django_session",
        "ALTER TABLE django_session ADD COLUMN extra text",
        "TRUNCATE django_session",
        "CREATE TABLE extra (id int)",
        "DELETE FROM django_migrations",
    ],
)
def test_the_role_may_not_change_the_tables_themselves(statement):
    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
