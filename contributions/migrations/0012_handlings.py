import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """What is done to an exception is a handling: settlements are of accounts."""

    dependencies = [
        ("contributions", "0011_back_payments_sent"),
        ("enrollment", "0013_approve_registrations"),
    ]

    operations = [
        migrations.RemoveConstraint("settlement", "settlement_undone_by_somebody"),
        migrations.RenameModel("Settlement", "Handling"),
        migrations.RenameIndex(
            "handling", new_name="handling_to_undo", old_name="settlement_to_undo"
        ),
        migrations.AlterField(
            "handling",
            "exception",
            models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="handlings",
                to="contributions.paymentexception",
                verbose_name="异常",
            ),
        ),
        migrations.AddConstraint(
            "handling",
            models.CheckConstraint(
                condition=models.Q(undone_at=None, undone_by=None)
                | models.Q(undone_at__isnull=False, undone_by__isnull=False),
                name="handling_undone_by_somebody",
            ),
        ),
        migrations.AddField(
            "settingsproposal",
            "registration_needs_approval",
            models.BooleanField("参保登记须审批", default=False),
        ),
    ]
