"""Fill in the three schemes; their numbers are fixed for ever."""

from django.db import migrations

SCHEMES = [
    (
        1,
        "basic",
        "城乡居民基本养老保险",
        "居民养老",
        ["城乡居民基本养老", "居民基本养老", "基本养老", "居民养老", "城乡居保"],
    ),
    (2, "supplementary", "城乡居民补充养老保险", "补充养老", ["补充养老"]),
    (3, "medical", "城乡居民基本医疗保险", "居民医保", ["医疗", "医保"]),
]


def fill_schemes(apps, schema_editor):
    scheme = apps.get_model("policies", "Scheme")
    for number, code, name, short_name, item_words in SCHEMES:
        scheme.objects.update_or_create(
            id=number,
            defaults={
                "code": code,
                "name": name,
                "short_name": short_name,
                "item_words": item_words,
            },
        )


class Migration(migrations.Migration):
    dependencies = [("policies", "0002_guards_and_views")]

    operations = [migrations.RunPython(fill_schemes, migrations.RunPython.noop)]
