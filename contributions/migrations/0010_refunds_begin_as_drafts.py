from django.db import migrations

# What was asked for and not decided: its maker looks at it once more and submits it.
SEND_BACK_TO_MAKERS = """
update contributions_refundrequest set state = 'draft' where state = 'requested';
"""


class Migration(migrations.Migration):
    dependencies = [("contributions", "0009_refunds_to_their_end")]

    operations = [migrations.RunSQL(SEND_BACK_TO_MAKERS, migrations.RunSQL.noop)]
