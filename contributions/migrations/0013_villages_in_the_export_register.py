"""Bring the bundles by village into the register of exports: their rows stay, their files go."""

from django.db import migrations
from django.utils import timezone


def move_to_the_register(apps, schema_editor):
    """Write each bundle into the register with its time over, so that the daily round takes its
    file away; a job that has not begun has nothing left to make.
    """
    Export = apps.get_model("staff", "Export")
    now = timezone.now()
    for bundle in apps.get_model("contributions", "ListBundle").objects.iterator():
        export = Export.objects.create(
            county_code=bundle.county_code,
            area_code=bundle.area_code,
            kind="villages_phones" if bundle.reason else "villages",
            title=bundle.file.name if bundle.file_id else "",
            query=bundle.query,
            form="zip",
            rows=bundle.people,
            reason=bundle.reason,
            file_id=bundle.file_id,
            expires_at=now,
            made_by_id=bundle.made_by_id,
            state="withdrawn",
        )
        Export.objects.filter(pk=export.pk).update(made_at=bundle.made_at)
    jobs = apps.get_model("pension_portal", "Job").objects.filter(kind="list_bundle")
    jobs.filter(finished_at=None).update(state="cancelled", finished_at=now)


class Migration(migrations.Migration):
    dependencies = [
        ("contributions", "0012_handlings"),
        ("staff", "0006_export_as_zip"),
    ]

    operations = [
        migrations.RunPython(move_to_the_register, migrations.RunPython.noop),
        migrations.DeleteModel(name="ListBundle"),
    ]
