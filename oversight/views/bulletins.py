"""Doors of the bulletins: draft, edit, issue, print; the county's own Word template (通报)."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from oversight import bulletins as deeds
from oversight.bulletin_papers import COLUMNS, FORMULA, pdf_of, tables_of, word_of, workbook_of
from oversight.bulletin_template import default_template
from oversight.bulletin_templates import keep_template
from oversight.bulletin_words import numbers_beside
from oversight.forms import BulletinForm, BulletinTemplateForm, NewBulletinForm
from oversight.models import Bulletin, BulletinTemplate
from oversight.plans import plans_of
from pension_portal.clock import today
from pension_portal.file_answers import CONTENT_TYPES, file_answer
from pension_portal.files import open_file, read_file
from staff import approving
from staff.approval_panel import look_of, panel_of
from staff.audit import record
from staff.permissions import may, needs
from townships.models import Area

BULLETINS_A_PAGE = 20


@needs("view_bulletin")
@require_GET
def bulletins(request):
    """The bulletins of the county, the newest first; the archive of what was issued."""
    found = Bulletin.objects.visible_to(request.user).select_related("made_by", "approved_by")
    kind = request.GET.get("kind", "")
    if kind in Bulletin.Kind.values:
        found = found.filter(kind=kind)
    page = Paginator(found.defer("figures", "body"), BULLETINS_A_PAGE)
    page = page.get_page(request.GET.get("page"))
    for one in page:
        one.tone, one.icon = look_of(one)
    may_draft = may(request.user, "draft_bulletin")
    context = {
        "page": page,
        "kind": kind,
        "kinds": Bulletin.Kind.choices,
        "may_draft": may_draft,
        "form": _new_form(request) if may_draft else None,
    }
    return render(request, "oversight/bulletins.html", context)


def _new_form(request, data=None):
    planned = {plan.year for plan in plans_of(request.user.county_code)}
    years = sorted({today().year, *planned}, reverse=True)
    return NewBulletinForm(
        data,
        years=years,
        county_code=request.user.county_code,
        initial={"year": today().year},
    )


@needs("draft_bulletin")
@require_POST
def draft_bulletin(request):
    """Freeze the figures and draft a text; the next page is the text to edit."""
    form = _new_form(request, request.POST)
    if not form.is_valid():
        return render(request, "oversight/new_bulletin.html", {"form": form}, status=422)
    chosen = form.cleaned_data
    made = deeds.draft_bulletin(
        Area.objects.get(pk=request.user.county_code),
        chosen["kind"],
        scheme_id=chosen["scheme"],
        year=chosen["year"],
        day=chosen["day"],
        by=request.user,
    )
    return redirect("oversight:edit_bulletin", made.pk)


@needs("view_bulletin")
@require_GET
def bulletin(request, bulletin_id):
    """One bulletin: its text and tables, who has signed it, and the papers of it."""
    found = _bulletin_or_404(request, bulletin_id)
    context = {
        "bulletin": found,
        "panel": panel_of(found, request.user),
        "tables": _tables(found),
        "strange_numbers": numbers_beside(found.body, found.figures),
    }
    return render(request, "oversight/bulletin.html", context)


def _tables(found):
    columns = [
        {"label": str(label).replace("\n", ""), "is_text": kind == "text" and key == "name"}
        for key, label, _width, kind in COLUMNS[Bulletin.Kind(found.kind)]
    ]
    return [
        {"title": title, "columns": columns, "rows": rows, "foot": FORMULA}
        for title, rows in tables_of(found)
    ]


def _bulletin_or_404(request, bulletin_id):
    bulletins = Bulletin.objects.visible_to(request.user).select_related(
        "made_by", "approved_by", "returned_by", "file"
    )
    return get_object_or_404(bulletins, pk=bulletin_id)


@needs("draft_bulletin")
@require_http_methods(["GET", "POST"])
def edit_bulletin(request, bulletin_id):
    found = _bulletin_or_404(request, bulletin_id)
    form = BulletinForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        changed = deeds.edit_bulletin(found, by=request.user, **form.cleaned_data)
        if "submit" in request.POST:
            approving.submit(changed, by=request.user)
            messages.success(request, _("已提交，等另一人签发。"))
        return redirect("oversight:bulletin", found.pk)
    context = {
        "bulletin": found,
        "form": form,
        "strange_numbers": numbers_beside(form["body"].value() or "", found.figures),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "oversight/edit_bulletin.html", context, status=status)


# --- From maker to signature ------------------------------------------------------------------


@needs("draft_bulletin")
@require_POST
def submit_bulletin(request, bulletin_id):
    approving.submit(_bulletin_or_404(request, bulletin_id), by=request.user)
    return redirect("oversight:bulletin", bulletin_id)


@needs("draft_bulletin")
@require_POST
def withdraw_bulletin(request, bulletin_id):
    approving.withdraw(_bulletin_or_404(request, bulletin_id), by=request.user)
    return redirect("oversight:bulletins")


@needs("issue_bulletin")
@require_POST
def approve_bulletin(request, bulletin_id):
    found = _bulletin_or_404(request, bulletin_id)
    deeds.issue_bulletin(found, by=request.user, seen=request.POST.get("seen", ""))
    messages.success(request, _("已签发，PDF 已存档。"))
    return redirect("oversight:bulletin", bulletin_id)


@needs("issue_bulletin")
@require_POST
def return_bulletin(request, bulletin_id):
    found = _bulletin_or_404(request, bulletin_id)
    approving.return_to_maker(found, by=request.user, reason=request.POST.get("reason", ""))
    return redirect("oversight:bulletin", bulletin_id)


# --- Papers -----------------------------------------------------------------------------------


@needs("view_bulletin")
@require_GET
def bulletin_pdf(request, bulletin_id):
    """The PDF: as it was issued, or until then a proof that says on each page that it is none."""
    found = _bulletin_or_404(request, bulletin_id)
    content = read_file(found.file) if found.file else pdf_of(found)
    return file_answer(content, _name_of(found, "pdf"), opens=True)


@needs("view_bulletin")
@require_GET
def bulletin_word(request, bulletin_id):
    found = _bulletin_or_404(request, bulletin_id)
    return file_answer(word_of(found), _name_of(found, "docx"))


@needs("view_bulletin")
@require_GET
def bulletin_excel(request, bulletin_id):
    found = _bulletin_or_404(request, bulletin_id)
    record("export_bulletin", found, by=request.user, area_code=found.county_code)
    return file_answer(workbook_of(found, by=request.user), _name_of(found, "xlsx"))


def _name_of(found, kind):
    return f"{found.title}（第{found.number}期）.{kind}"


@needs("draft_bulletin")
@require_http_methods(["GET", "POST"])
def bulletin_template(request):
    """The county's Word template: download what is used now, upload one's own."""
    form = BulletinTemplateForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        keep_template(
            form.cleaned_data["file"], county_code=request.user.county_code, by=request.user
        )
        messages.success(request, _("模板已换，以后下载的 Word 按它排版。"))
        return redirect("oversight:bulletin_template")
    own = BulletinTemplate.objects.select_related("file__stored_by")
    context = {"form": form, "own": own.filter(pk=request.user.county_code).first()}
    status = 422 if request.method == "POST" else 200
    return render(request, "oversight/bulletin_template.html", context, status=status)


@needs("draft_bulletin")
@require_GET
def download_template(request):
    own = (
        BulletinTemplate.objects.select_related("file").filter(pk=request.user.county_code).first()
    )
    if own:
        return FileResponse(
            open_file(own.file),
            as_attachment=True,
            filename=own.file.name,
            content_type=CONTENT_TYPES["docx"],
        )
    return file_answer(default_template(), _("通报模板.docx"))
