from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("staff", "0005_exports"),
    ]

    operations = [
        migrations.AlterField(
            model_name="export",
            name="form",
            field=models.CharField(
                choices=[
                    ("xlsx", "Excel"),
                    ("pdf", "PDF（花名册，带签字栏）"),
                    ("zip", "压缩包（按村分表）"),
                ],
                default="xlsx",
                max_length=4,
                verbose_name="格式",
            ),
        ),
    ]
