from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("enrollment", "0015_medical_registry"),
    ]

    operations = [
        migrations.AlterField(
            model_name="draft",
            name="form",
            field=models.CharField(max_length=40, verbose_name="表单"),
        ),
    ]
