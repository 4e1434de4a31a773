"""Optional schemes are followed where a county has switched them on, year by year."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

VIEW = """
CREATE VIEW policies_switched_on AS
SELECT county_code, scheme_id, year
  FROM (SELECT DISTINCT ON (county_code, scheme_id, year) county_code, scheme_id, year, is_on
          FROM policies_schemeswitch
         WHERE state = 'approved'
         ORDER BY county_code, scheme_id, year, decided_at DESC, id DESC) newest
 WHERE is_on;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("policies", "0013_what_a_policy_may_say"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="SchemeSwitch",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("county_code", models.CharField(max_length=6, verbose_name="县区代码")),
                ("year", models.SmallIntegerField(verbose_name="年度")),
                ("is_on", models.BooleanField(verbose_name="开办")),
                ("why", models.CharField(max_length=200, verbose_name="变更理由")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "待审批"),
                            ("approved", "已同意"),
                            ("rejected", "已退回"),
                        ],
                        default="waiting",
                        max_length=8,
                        verbose_name="状态",
                    ),
                ),
                ("made_at", models.DateTimeField(auto_now_add=True, verbose_name="提出时间")),
                ("decided_at", models.DateTimeField(null=True, verbose_name="审批时间")),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="退回原因")),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="审批人",
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="经办人",
                    ),
                ),
                (
                    "scheme",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="policies.scheme",
                        verbose_name="险种",
                    ),
                ),
            ],
            options={
                "verbose_name": "险种开办",
                "verbose_name_plural": "险种开办",
                "ordering": ["-made_at", "-pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "waiting")),
                        fields=("county_code", "scheme", "year"),
                        name="one_switch_of_a_scheme_waits",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("made_by", models.F("decided_by")), _negated=True),
                        name="switches_need_two_people",
                    ),
                ],
            },
        ),
        migrations.RunSQL(VIEW, "DROP VIEW policies_switched_on;"),
    ]
