"""A failure is logged with everything but people's data."""

import logging

import pytest
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.utils.module_loading import import_string

NAME = "张桂兰"


def formatted(error):
    formatter = import_string(settings.LOGGING["formatters"]["line"]["()"])("%(message)s")
    record = logging.LogRecord(
        "test",
        logging.ERROR,
        __file__,
        1,
        "it failed",
        (),
        (type(error), error, error.__traceback__),
    )
    return formatter.format(record)


@pytest.mark.django_db
def test_the_row_that_the_database_quotes_is_left_out():
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE person (name text, born date NOT NULL)")
        with pytest.raises(IntegrityError) as caught, transaction.atomic():
            cursor.execute("INSERT INTO person VALUES (%s, NULL)", [f"{NAME}\n\n{NAME}"])
    assert NAME in str(caught.value)

    text = formatted(caught.value)

    assert NAME not in text
    assert "null value in column" in text
    assert "DETAIL: (left out)" in text
    assert "test_logs.py" in text


def test_what_quotes_no_row_is_logged_whole():
    assert "ValueError: 350" in formatted(ValueError("350"))
