"""Keep a county's own Word template for its bulletins, once it was seen to work (通报模板)."""

from django.db import transaction

from oversight.bulletin_papers import fill_template
from oversight.errors import TemplateBroken
from oversight.models import Bulletin, BulletinTemplate
from pension_portal.clock import today
from pension_portal.files import store_file
from pension_portal.sheets.archives import Archive
from staff.audit import record

DOCUMENT = "word/document.xml"


@transaction.atomic
def keep_template(upload, *, county_code, by):
    """Take an uploaded .docx as the county's template; return it.

    Refuses TemplateBroken where it cannot be filled, and what `Archive` refuses of a file that is
    not what it claims to be.
    """
    content = upload.read()
    upload.seek(0)
    archive = Archive(content, upload.name)
    if DOCUMENT not in archive.names:
        raise TemplateBroken(why=upload.name)
    for part in archive.parts:
        for _chunk in archive.unpack(part):
            pass
    fill_template(content, _sample(county_code))
    file, _is_new = store_file(upload, county_code=county_code, purpose="bulletin_form", by=by)
    kept, _is_first = BulletinTemplate.objects.update_or_create(
        pk=county_code, defaults={"file": file}
    )
    record("change_bulletin_template", f"county:{county_code}", by=by, file=file.pk)
    return kept


def _sample(county_code):
    """Return a bulletin to try a template with; it is never saved."""
    row = {"name": "试排", "task": 1, "paid": 1, "rate": "100.0", "wan": "0.03"}
    figures = {
        "day": today().isoformat(),
        "data_until": today().isoformat(),
        "total": row,
        "towns": [row | {"villages": [row]}],
    }
    return Bulletin(
        county_code=county_code,
        kind=Bulletin.Kind.PROGRESS,
        scheme_id=1,
        year=today().year,
        number=1,
        day=today(),
        title="试排",
        issuer="试排",
        body="试排",
        figures=figures,
    )
