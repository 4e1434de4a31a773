from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("staff", "0007_system_access"),
    ]

    operations = [
        migrations.AddField(
            model_name="staff",
            name="hidden_columns",
            field=models.JSONField(blank=True, default=dict),
        ),
        migrations.AddField(
            model_name="staff",
            name="news_seen_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
