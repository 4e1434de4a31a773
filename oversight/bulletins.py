"""Draft, edit and issue a bulletin (通报), in three steps and by two people.

Lin   draft_bulletin     figures frozen, numbered, a text drafted
Lin   edit_bulletin      the text; then she submits it
Qian  issue_bulletin     signs what she submitted; its PDF is kept as issued
"""

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import override

from oversight.bulletin_figures import freeze_figures
from oversight.bulletin_papers import pdf_of
from oversight.bulletin_words import draft_body, draft_title
from oversight.errors import NothingToReport
from oversight.models import Bulletin
from pension_portal.files import store_bytes
from pension_portal.jobs import WORDS_LANGUAGE
from staff import approving
from townships.models import Area


@transaction.atomic
def draft_bulletin(county, kind, *, scheme_id, year, day=None, by):
    """Return a new numbered draft whose figures are frozen; `day` is the last known one if None.

    Refuses NothingToReport where nobody has paid and there is no task.
    """
    # One number each, also for two people at once.
    Area.objects.select_for_update().get(pk=county.code)
    before = last_before(county.code, kind, scheme_id=scheme_id, year=year)
    known = before and before.figures | {"number": before.number}
    with override(WORDS_LANGUAGE):
        figures = freeze_figures(county, scheme_id=scheme_id, year=year, day=day, before=known)
    if not figures["total"]["paid"] and not figures["total"]["task"]:
        raise NothingToReport(county=county.name, year=year)
    bulletin = Bulletin(
        county_code=county.code,
        kind=kind,
        scheme_id=scheme_id,
        year=year,
        number=_next_number(county.code, kind, scheme_id=scheme_id, year=year),
        day=figures["day"],
        figures=figures,
    )
    # It goes out in Chinese, whatever language its maker reads.
    with override(WORDS_LANGUAGE):
        bulletin.title = draft_title(kind, figures)
        bulletin.issuer = _("%s人力资源和社会保障局") % county.name
        bulletin.body = draft_body(kind, figures)
    return approving.begin(bulletin, by=by)


def last_before(county_code, kind, *, scheme_id, year):
    """Return the newest bulletin of a kind and year that was not given up; None for the first."""
    kept = Bulletin.objects.kept().filter(
        county_code=county_code, kind=kind, scheme_id=scheme_id, year=year
    )
    return kept.order_by("-number").first()


def _next_number(county_code, kind, *, scheme_id, year):
    kept = Bulletin.objects.kept().filter(
        county_code=county_code, kind=kind, scheme_id=scheme_id, year=year
    )
    return (kept.aggregate(last=Max("number"))["last"] or 0) + 1


@transaction.atomic
def edit_bulletin(bulletin, *, title, issuer, body, by):
    """Change what a bulletin says in words; its figures stay. Return it."""
    bulletin = approving.edit(bulletin, by=by)
    bulletin.title, bulletin.issuer = title, issuer
    bulletin.body = "\n".join(line.strip() for line in body.splitlines() if line.strip())
    bulletin.save(update_fields=["title", "issuer", "body"])
    return bulletin


@transaction.atomic
def issue_bulletin(bulletin, *, by, seen=""):
    """Sign what was submitted, and keep its PDF as it goes out; return the bulletin."""
    locked = Bulletin.objects.select_for_update(of=["self"]).get(pk=bulletin.pk)
    if locked.waits_for_approval:
        # The paper must be there before it counts as issued; refused, none of this stays.
        locked.file = _keep(locked, by=by)
        locked.save(update_fields=["file"])
    return approving.approve(locked, by=by, seen=seen)


def _keep(bulletin, *, by):
    file, _is_new = store_bytes(
        pdf_of(bulletin, is_issued=True),
        name=f"{bulletin.title}.pdf",
        county_code=bulletin.county_code,
        purpose="bulletin",
        by=by,
    )
    return file
