"""The first person of a county is let in from the command line, once."""

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from staff.models import Duty, DutyKind, Staff
from townships.models import Area

pytestmark = pytest.mark.django_db


def test_the_first_person_signs_in_with_the_password_shown_and_must_change_it(client, capsys):
    call_command("first_person", "990300", "青禾县", "anquan", "褚严")

    password = capsys.readouterr().out.split("临时密码 ")[1].split("（")[0]
    answer = client.post("/sign-in/", {"username": "anquan", "password": password})
    assert answer.status_code == 302
    assert Duty.objects.get().kind == DutyKind.SECURITY_ADMIN
    assert Area.objects.get().name == "青禾县"
    assert Staff.objects.get().has_temporary_password


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("990300", "青禾县", "second", "卫机"), "已经有过安全管理员"),
        (("990400", "另一县", "anquan", "卫机"), "已经有人用"),
        (("9904", "另一县", "second", "卫机"), "不是县区代码"),
    ],
)
def test_a_second_first_person_is_refused(words, said):
    call_command("first_person", "990300", "青禾县", "anquan", "褚严")

    with pytest.raises(CommandError, match=said):
        call_command("first_person", *words)

    assert Staff.objects.count() == Duty.objects.count() == Area.objects.count() == 1


def test_a_database_without_tables_is_told_to_migrate_first():
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL search_path TO pg_catalog")

    with pytest.raises(CommandError, match="migrate"):
        call_command("first_person", "990300", "青禾县", "anquan", "褚严")
