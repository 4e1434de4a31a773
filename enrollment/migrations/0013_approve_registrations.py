from django.db import migrations, models

import pension_portal.secrecy
from enrollment.case_kinds import PAPERS


class Migration(migrations.Migration):
    """Registrations take effect at once, or as cases, as the county says."""

    dependencies = [("enrollment", "0012_cases")]

    operations = [
        migrations.RenameModel("RosterSettings", "EnrollmentSettings"),
        migrations.AlterModelOptions(
            "enrollmentsettings",
            {"verbose_name": "参保设置", "verbose_name_plural": "参保设置"},
        ),
        migrations.AddField(
            "enrollmentsettings",
            "registration_needs_approval",
            models.BooleanField("参保登记须审批", default=False),
        ),
        migrations.AddField(
            "case",
            "helper_phone",
            pension_portal.secrecy.SealedTextField("代办人电话", blank=True, null=True),
        ),
        migrations.AddField(
            "case",
            "waived_reason",
            models.CharField("核实情况", max_length=200, blank=True, default=""),
            preserve_default=False,
        ),
        migrations.AlterField(
            "casepaper",
            "kind",
            models.CharField("材料", max_length=12, choices=list(PAPERS.items())),
        ),
    ]
