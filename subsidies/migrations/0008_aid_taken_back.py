"""Say of every line of a list that was taken back as a whole which list took it."""

from django.db import migrations

NAME_THE_LIST = """
update subsidies_aidline l
set taken_back_by_id = back.id
from subsidies_aidlist back
where back.reverses_id = l.list_id and back.state <> 'withdrawn' and l.held = '';
"""


class Migration(migrations.Migration):
    dependencies = [("subsidies", "0007_aid_line_by_line")]

    operations = [migrations.RunSQL(NAME_THE_LIST, migrations.RunSQL.noop)]
