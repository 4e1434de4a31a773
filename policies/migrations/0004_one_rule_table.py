"""One table of conditions and one of rules, where each kind of rule had columns of its own."""

import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("policies", "0003_schemes"),
    ]

    operations = [
        migrations.CreateModel(
            name="Condition",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        blank=True,
                        choices=[("normal", "正常缴费"), ("back", "补缴")],
                        max_length=10,
                        verbose_name="缴费类型",
                    ),
                ),
                (
                    "source",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("own", "个人缴费"),
                            ("proxy", "政府代缴"),
                            ("collective", "集体补助"),
                            ("donation", "社会资助"),
                        ],
                        max_length=10,
                        verbose_name="资金来源",
                    ),
                ),
                (
                    "amounts",
                    django.contrib.postgres.fields.ranges.DecimalRangeField(
                        blank=True, null=True, verbose_name="缴费"
                    ),
                ),
                (
                    "except_amounts",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.DecimalField(decimal_places=2, max_digits=10),
                        blank=True,
                        null=True,
                        size=None,
                    ),
                ),
                (
                    "tiers",
                    django.contrib.postgres.fields.ranges.IntegerRangeField(
                        blank=True, null=True, verbose_name="档次"
                    ),
                ),
                (
                    "born",
                    django.contrib.postgres.fields.ranges.DateRangeField(
                        blank=True, null=True, verbose_name="出生日期"
                    ),
                ),
                (
                    "ages",
                    django.contrib.postgres.fields.ranges.IntegerRangeField(
                        blank=True, null=True, verbose_name="缴费当日年龄"
                    ),
                ),
                ("sex", models.CharField(blank=True, max_length=1, verbose_name="性别")),
                (
                    "identities",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), blank=True, null=True, size=None
                    ),
                ),
                (
                    "not_identities",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), blank=True, null=True, size=None
                    ),
                ),
                (
                    "areas",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=14), blank=True, null=True, size=None
                    ),
                ),
                ("hukou", models.CharField(blank=True, max_length=5, verbose_name="户籍")),
                ("is_first", models.BooleanField(blank=True, null=True, verbose_name="首次参保")),
                (
                    "years_paid",
                    django.contrib.postgres.fields.ranges.IntegerRangeField(
                        blank=True, null=True, verbose_name="缴费年数"
                    ),
                ),
                (
                    "years_back",
                    django.contrib.postgres.fields.ranges.IntegerRangeField(
                        blank=True, null=True, verbose_name="补缴年数"
                    ),
                ),
                (
                    "years_subsidised",
                    django.contrib.postgres.fields.ranges.IntegerRangeField(
                        blank=True, null=True, verbose_name="已补年数"
                    ),
                ),
                (
                    "years_resident",
                    django.contrib.postgres.fields.ranges.IntegerRangeField(
                        blank=True, null=True, verbose_name="居住年数"
                    ),
                ),
                (
                    "average",
                    django.contrib.postgres.fields.ranges.DecimalRangeField(
                        blank=True, null=True, verbose_name="平均缴费"
                    ),
                ),
                (
                    "paid",
                    django.contrib.postgres.fields.ranges.DateRangeField(
                        blank=True, null=True, verbose_name="缴费日"
                    ),
                ),
                ("words", models.CharField(blank=True, max_length=400, verbose_name="条件")),
            ],
            options={
                "verbose_name": "适用条件",
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="LocalIdentity",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("source_article", models.CharField(max_length=200, verbose_name="依据")),
                ("word", models.CharField(max_length=20, verbose_name="身份")),
                ("is_graded", models.BooleanField(default=False, verbose_name="分等级")),
            ],
            options={
                "verbose_name": "本地身份",
                "ordering": ["id"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Rule",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("source_article", models.CharField(max_length=200, verbose_name="依据")),
                (
                    "subject",
                    models.CharField(
                        choices=[
                            ("subsidy", "缴费补贴"),
                            ("cap", "补贴上限"),
                            ("proxy", "代缴"),
                            ("share", "资金分担"),
                            ("term", "补缴规定"),
                            ("aid", "集体补助"),
                            ("benefit", "待遇"),
                        ],
                        db_default="subsidy",
                        default="subsidy",
                        max_length=10,
                        verbose_name="事项",
                    ),
                ),
                (
                    "part",
                    models.CharField(
                        blank=True, db_default="", default="", max_length=20, verbose_name="项目"
                    ),
                ),
                ("item", models.CharField(blank=True, db_default="", default="", max_length=10)),
                ("priority", models.SmallIntegerField(default=100, verbose_name="次序")),
                (
                    "stacking",
                    models.CharField(
                        choices=[("instead", "替代"), ("add", "叠加"), ("add_highest", "叠加就高")],
                        default="instead",
                        max_length=12,
                        verbose_name="方式",
                    ),
                ),
                (
                    "words",
                    models.CharField(
                        blank=True, db_default="", default="", max_length=400, verbose_name="内容"
                    ),
                ),
                ("decided", models.BooleanField(default=True, verbose_name="已定")),
                (
                    "base_amount",
                    models.DecimalField(
                        blank=True, decimal_places=6, max_digits=18, null=True, verbose_name="金额"
                    ),
                ),
                (
                    "rate",
                    models.DecimalField(
                        blank=True, decimal_places=6, max_digits=9, null=True, verbose_name="比例"
                    ),
                ),
                (
                    "of",
                    models.CharField(
                        blank=True, default="", max_length=16, verbose_name="比例基数"
                    ),
                ),
                (
                    "of_amount",
                    models.DecimalField(
                        blank=True,
                        decimal_places=6,
                        max_digits=18,
                        null=True,
                        verbose_name="基数金额",
                    ),
                ),
                (
                    "divisor",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=8, null=True, verbose_name="除以"
                    ),
                ),
                (
                    "step_by",
                    models.CharField(
                        blank=True,
                        db_default="",
                        default="",
                        max_length=16,
                        verbose_name="递增依据",
                    ),
                ),
                (
                    "step_from",
                    models.DecimalField(
                        blank=True, decimal_places=6, max_digits=18, null=True, verbose_name="起算"
                    ),
                ),
                (
                    "step_size",
                    models.DecimalField(
                        blank=True, decimal_places=6, max_digits=18, null=True, verbose_name="每"
                    ),
                ),
                (
                    "step_amount",
                    models.DecimalField(
                        blank=True, decimal_places=6, max_digits=18, null=True, verbose_name="增加"
                    ),
                ),
                ("step_most", models.SmallIntegerField(blank=True, null=True, verbose_name="最多")),
                (
                    "floor_amount",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=10, null=True, verbose_name="保底"
                    ),
                ),
                (
                    "cap_amount",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=10, null=True, verbose_name="封顶"
                    ),
                ),
                ("months", models.SmallIntegerField(blank=True, null=True, verbose_name="按月")),
                (
                    "rounding",
                    models.CharField(
                        db_default="half_up", default="half_up", max_length=8, verbose_name="取整"
                    ),
                ),
                (
                    "rounding_unit",
                    models.DecimalField(
                        db_default="0.01",
                        decimal_places=2,
                        default="0.01",
                        max_digits=6,
                        verbose_name="取整到",
                    ),
                ),
                (
                    "own_rule",
                    models.CharField(blank=True, db_default="", default="", max_length=14),
                ),
                (
                    "own_amount",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=10,
                        null=True,
                        verbose_name="个人缴费",
                    ),
                ),
                (
                    "standard_amount",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=10,
                        null=True,
                        verbose_name="代缴标准",
                    ),
                ),
                (
                    "is_after_own",
                    models.BooleanField(db_default=False, default=False, verbose_name="先缴后补"),
                ),
                (
                    "wife_age_from",
                    models.SmallIntegerField(blank=True, null=True, verbose_name="女方年满"),
                ),
                (
                    "note",
                    models.CharField(
                        blank=True, db_default="", default="", max_length=200, verbose_name="说明"
                    ),
                ),
                (
                    "segment_from",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=10,
                        null=True,
                        verbose_name="部分超过",
                    ),
                ),
                (
                    "segment_to",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=10,
                        null=True,
                        verbose_name="部分不超过",
                    ),
                ),
                (
                    "is_rest",
                    models.BooleanField(db_default=False, default=False, verbose_name="其余"),
                ),
            ],
            options={
                "verbose_name": "政策规则",
                "ordering": ["id"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Target",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("source_article", models.CharField(max_length=200, verbose_name="依据")),
                ("kind", models.CharField(max_length=10)),
                ("label", models.CharField(blank=True, max_length=40, verbose_name="名称")),
                ("due_on", models.DateField(verbose_name="截至")),
                ("rate", models.DecimalField(decimal_places=6, max_digits=9, verbose_name="比例")),
                ("is_inclusive", models.BooleanField(default=True, verbose_name="含本数")),
                (
                    "amounts",
                    django.contrib.postgres.fields.ranges.DecimalRangeField(
                        blank=True, null=True, verbose_name="缴费"
                    ),
                ),
            ],
            options={
                "verbose_name": "任务",
                "ordering": ["id"],
                "abstract": False,
            },
        ),
        migrations.RemoveConstraint(
            model_name="tier",
            name="policies_tier_one_amount",
        ),
        migrations.AddField(
            model_name="policyversion",
            name="basis",
            field=models.CharField(
                db_default="payment", default="payment", max_length=8, verbose_name="计补基数"
            ),
        ),
        migrations.AddField(
            model_name="policyversion",
            name="combining",
            field=models.CharField(
                blank=True,
                choices=[("lower", "合并就低"), ("exact", "合并相符")],
                db_default="",
                default="",
                max_length=8,
                verbose_name="多次缴费",
            ),
        ),
        migrations.AddField(
            model_name="policyversion",
            name="instalments",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.SmallIntegerField(),
                db_default=[],
                default=list,
                size=None,
                verbose_name="缴纳方式",
            ),
        ),
        migrations.AddField(
            model_name="policyversion",
            name="level",
            field=models.CharField(
                choices=[("county", "县级"), ("city", "市级"), ("province", "省级")],
                db_default="county",
                default="county",
                max_length=8,
                verbose_name="级别",
            ),
        ),
        migrations.AddField(
            model_name="policyversion",
            name="parent",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="policies.policyversion",
                verbose_name="沿用",
            ),
        ),
        migrations.AddField(
            model_name="tier",
            name="is_default",
            field=models.BooleanField(db_default=False, default=False, verbose_name="默认"),
        ),
        migrations.AddField(
            model_name="tier",
            name="is_top_payable",
            field=models.BooleanField(db_default=True, default=True),
        ),
        migrations.AddField(
            model_name="tier",
            name="old_amounts",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.DecimalField(decimal_places=2, max_digits=10),
                blank=True,
                null=True,
                size=None,
            ),
        ),
        migrations.AddField(
            model_name="tier",
            name="step_amount",
            field=models.DecimalField(
                blank=True, decimal_places=2, max_digits=10, null=True, verbose_name="每级"
            ),
        ),
        migrations.AddField(
            model_name="window",
            name="is_before_sixty",
            field=models.BooleanField(db_default=False, default=False, verbose_name="到龄前缴清"),
        ),
        migrations.AlterField(
            model_name="tiersubsidy",
            name="source",
            field=models.CharField(
                choices=[
                    ("own", "个人缴费"),
                    ("proxy", "政府代缴"),
                    ("collective", "集体补助"),
                    ("donation", "社会资助"),
                ],
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="condition",
            name="policy",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="conditions",
                to="policies.policyversion",
            ),
        ),
        migrations.AddField(
            model_name="tier",
            name="condition",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="policies.condition",
            ),
        ),
        migrations.AddField(
            model_name="window",
            name="condition",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="policies.condition",
            ),
        ),
        migrations.AddField(
            model_name="localidentity",
            name="basis",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="policies.source"
            ),
        ),
        migrations.AddField(
            model_name="localidentity",
            name="policy",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="%(class)ss",
                to="policies.policyversion",
            ),
        ),
        migrations.AddField(
            model_name="rule",
            name="basis",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="policies.source"
            ),
        ),
        migrations.AddField(
            model_name="rule",
            name="condition",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="policies.condition",
            ),
        ),
        migrations.AddField(
            model_name="rule",
            name="policy",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="%(class)ss",
                to="policies.policyversion",
            ),
        ),
        migrations.AddField(
            model_name="target",
            name="basis",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="policies.source"
            ),
        ),
        migrations.AddField(
            model_name="target",
            name="policy",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="%(class)ss",
                to="policies.policyversion",
            ),
        ),
        migrations.AddIndex(
            model_name="rule",
            index=models.Index(fields=["policy", "subject"], name="policies_rule_subject"),
        ),
        migrations.AddConstraint(
            model_name="rule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("decided", True),
                    models.Q(("base_amount__isnull", True), ("rate__isnull", True)),
                    _connector="OR",
                ),
                name="policies_rule_decided",
            ),
        ),
        migrations.RemoveConstraint(
            model_name="tiersubsidy", name="policies_tier_subsidy_one_answer"
        ),
        migrations.AddConstraint(
            model_name="tiersubsidy",
            constraint=models.UniqueConstraint(
                fields=("tier", "kind", "source"), name="policies_tier_subsidy_one_of_a_tier"
            ),
        ),
    ]
