"""What medical insurance asks of the registry: proofs of residence and school, one more list."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("enrollment", "0014_what_a_policy_may_say"),
    ]

    operations = [
        migrations.AddField(
            model_name="registration",
            name="residence_proof",
            field=models.CharField(blank=True, default="", max_length=60, verbose_name="居住证明"),
        ),
        migrations.AddField(
            model_name="registration",
            name="school",
            field=models.CharField(blank=True, default="", max_length=60, verbose_name="就读学校"),
        ),
        migrations.AlterField(
            model_name="conflict",
            name="subject",
            field=models.CharField(
                choices=[
                    ("employees", "职工养老保险参保"),
                    ("civil_service", "机关事业单位人员"),
                    ("student", "在校学生"),
                    ("medical", "职工医疗保险参保"),
                    ("military", "现役军人"),
                    ("death", "死亡（火化、户籍注销）"),
                    ("imprisonment", "服刑"),
                    ("moved", "户籍迁出"),
                ],
                max_length=13,
                verbose_name="冲突",
            ),
        ),
        migrations.AlterField(
            model_name="departmentlist",
            name="subject",
            field=models.CharField(
                choices=[
                    ("identities", "特殊身份"),
                    ("employees", "职工养老保险参保"),
                    ("civil_service", "机关事业单位人员"),
                    ("student", "在校学生"),
                    ("medical", "职工医疗保险参保"),
                    ("military", "现役军人"),
                    ("death", "死亡（火化、户籍注销）"),
                    ("imprisonment", "服刑"),
                    ("moved", "户籍迁出"),
                ],
                max_length=13,
                verbose_name="内容",
            ),
        ),
        migrations.AlterField(
            model_name="expectedlist",
            name="subject",
            field=models.CharField(
                choices=[
                    ("identities", "特殊身份"),
                    ("employees", "职工养老保险参保"),
                    ("civil_service", "机关事业单位人员"),
                    ("student", "在校学生"),
                    ("medical", "职工医疗保险参保"),
                    ("military", "现役军人"),
                    ("death", "死亡（火化、户籍注销）"),
                    ("imprisonment", "服刑"),
                    ("moved", "户籍迁出"),
                ],
                max_length=13,
                verbose_name="内容",
            ),
        ),
        migrations.AlterField(
            model_name="paper",
            name="kind",
            field=models.CharField(
                choices=[
                    ("id_card", "居民身份证"),
                    ("social_card", "社会保障卡"),
                    ("birth", "出生医学证明"),
                    ("other", "其他材料"),
                ],
                max_length=12,
                verbose_name="材料",
            ),
        ),
    ]
