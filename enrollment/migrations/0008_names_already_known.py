"""Read the names that are registered already; each different name is read once."""

from itertools import islice

from django.db import migrations
from psycopg2.extras import execute_values

from enrollment.pinyin import read

NAMES_A_STATEMENT = 5_000
UPDATE = """
update enrollment_resident r
set initials = s.initials, other_initials = s.other_initials, pinyin = s.pinyin
from (values %s) as s (name, initials, other_initials, pinyin)
where r.name = s.name
"""


def read_names(apps, schema_editor):
    residents = apps.get_model("enrollment", "Resident").objects
    names = residents.filter(pinyin="").order_by().values_list("name", flat=True).distinct()
    with schema_editor.connection.cursor() as cursor:
        for some in _batches(list(names)):
            execute_values(cursor, UPDATE, [(name, *read(name)) for name in some])


def _batches(names):
    names = iter(names)
    while some := list(islice(names, NAMES_A_STATEMENT)):
        yield some


class Migration(migrations.Migration):
    dependencies = [("enrollment", "0007_read_names")]

    operations = [migrations.RunPython(read_names, migrations.RunPython.noop)]
