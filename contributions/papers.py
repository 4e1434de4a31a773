"""Change what a county words and styles: message, list template, columns (文本和模板)."""

from django.db import transaction

from contributions.filling import FIELDS, read_template
from contributions.models import CountyPapers
from pension_portal.files import read_file, store_table
from staff.audit import record

PURPOSE = "list_template"


@transaction.atomic
def set_message(text, *, by):
    """Let the county's messages read so; an empty text stands for the portal's own."""
    _change(by, message=text)
    record("set_message", by=by)


@transaction.atomic
def set_template(upload, *, by):
    """Keep an uploaded template and the columns recognised in it.

    Refuses what `read_template` and `store_table` refuse.
    """
    file, _is_new = store_table(upload, county_code=by.county_code, purpose=PURPOSE, by=by)
    header_row, columns = read_template(read_file(file), file.name)
    _change(by, template=file, header_row=header_row, columns=columns)
    record("set_list_template", file, by=by, file=file.name)


@transaction.atomic
def map_columns(columns, *, by):
    """Let the template's columns hold what a person said of them."""
    known = {letter: field for letter, field in columns.items() if field in FIELDS}
    _change(by, columns=known)
    record("map_list_template", by=by, columns=len(known))


@transaction.atomic
def drop_template(*, by):
    """Go back to the list that comes with the portal; the file is kept."""
    _change(by, template=None, header_row=None, columns={})
    record("drop_list_template", by=by)


def _change(by, **values):
    CountyPapers.objects.update_or_create(
        county_code=by.county_code, defaults={**values, "changed_by": by}
    )
