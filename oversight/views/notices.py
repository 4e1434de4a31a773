"""Doors of the public notices: draw up, print, hang out, answer what people say (公示)."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from oversight import notice_wall
from oversight.forms import AnswerForm, NoticeForm, NoticeSettingsForm, ObjectionForm, WallForm
from oversight.models import Notice, NoticeBundle, NoticeObjection, NoticeSettings, NoticeSheet
from oversight.notice_papers import NoticeWords, lines_of, paper_of, workbook_of
from oversight.notices import draw_up_notice
from pension_portal.clock import today
from pension_portal.file_answers import file_answer
from pension_portal.files import open_file
from pension_portal.jobs import WORDS_LANGUAGE
from pension_portal.paper import print_paper
from staff.audit import record
from staff.permissions import may, needs
from townships.models import Area

NOTICES_A_PAGE, SHEETS_A_PAGE, LINES_A_PAGE, OBJECTIONS_A_PAGE = 20, 50, 50, 30
BY_STATE = {
    "waiting": Q(posted_on=None),
    "hanging": Q(posted_on__isnull=False, taken_down_on=None),
    "down": Q(taken_down_on__isnull=False),
}


# --- Notices ----------------------------------------------------------------------------------


@needs("view_notice")
@require_GET
def notice_list(request):
    """The notices that concern one's area, the newest first, each with how far its sheets are."""
    notices = Notice.objects.visible_to(request.user).select_related("made_by", "job")
    page = Paginator(notices, NOTICES_A_PAGE).get_page(request.GET.get("page"))
    counts = _counts_of([notice.pk for notice in page], request.user)
    names = dict(
        Area.objects.filter(code__in=[n.area_code for n in page]).values_list("code", "name")
    )
    for notice in page:
        notice.area_name = names.get(notice.area_code, notice.area_code)
        notice.counts = counts.get(notice.pk, {})
    open_objections = NoticeObjection.objects.visible_to(request.user).filter(result="")
    context = {
        "page": page,
        "may_draw_up": may(request.user, "draw_up_notice"),
        "may_set": may(request.user, "set_notices"),
        "open_objections": open_objections.count(),
        "settings": NoticeSettings.of(request.user.county_code),
    }
    return render(request, "oversight/notices.html", context)


def _counts_of(notice_ids, staff):
    sheets = NoticeSheet.objects.visible_to(staff).filter(notice__in=notice_ids)
    rows = (
        sheets.order_by()
        .values("notice_id")
        .annotate(
            sheets=Count("pk"),
            posted=Count("pk", filter=Q(posted_on__isnull=False)),
            down=Count("pk", filter=BY_STATE["down"]),
        )
    )
    return {row["notice_id"]: row for row in rows}


@needs("draw_up_notice")
@require_http_methods(["GET", "POST"])
def new_notice(request):
    settings = NoticeSettings.of(request.user.county_code)
    area = get_object_or_404(Area.objects.visible_to(request.user), pk=request.user.area_code)
    form = NoticeForm(request.POST or None, settings=settings)
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data
        made = draw_up_notice(
            area,
            chosen["kind"],
            scheme_id=chosen["scheme"],
            period=chosen["period"],
            starts_on=chosen["starts_on"],
            by=request.user,
        )
        return redirect("oversight:notice", made.pk)
    status = 422 if request.method == "POST" else 200
    context = {"form": form, "area": area, "settings": settings}
    return render(request, "oversight/new_notice.html", context, status=status)


@needs("set_notices")
@require_http_methods(["GET", "POST"])
def notice_settings(request):
    """How often and how long the county publishes (X14)."""
    settings = NoticeSettings.of(request.user.county_code)
    form = NoticeSettingsForm(request.POST or None, instance=settings)
    if request.method == "POST" and form.is_valid():
        form.save()
        record("set_notices", f"county:{settings.pk}", by=request.user, **form.cleaned_data)
        messages.success(request, _("公示设置已保存，以后生成的公示按此办理。"))
        return redirect("oversight:notices")
    status = 422 if request.method == "POST" else 200
    return render(request, "oversight/notice_settings.html", {"form": form}, status=status)


@needs("view_notice")
@require_GET
def notice(request, notice_id):
    """One notice: its zips by town, and each village's sheet with its place on the wall."""
    found = _notice_or_404(request, notice_id)
    state = request.GET.get("state", "")
    sheets = NoticeSheet.objects.visible_to(request.user).filter(notice=found)
    sheets = sheets.annotate(open_objections=Count("objections", filter=Q(objections__result="")))
    if state in BY_STATE:
        sheets = sheets.filter(BY_STATE[state])
    page = Paginator(sheets.order_by("village_code"), SHEETS_A_PAGE)
    context = _notice_context(request, found) | {
        "page": page.get_page(request.GET.get("page")),
        "state": state,
        "counts": _counts_of([found.pk], request.user).get(found.pk, {}),
    }
    return render(request, "oversight/notice.html", context)


@needs("view_notice")
@require_GET
def notice_state(request, notice_id):
    """How far the printing is; the page asks each second, and loads itself anew at the end."""
    found = _notice_or_404(request, notice_id)
    response = render(request, "oversight/_notice_state.html", _notice_context(request, found))
    if found.job and found.job.is_finished:
        response["HX-Refresh"] = "true"
    return response


def _notice_or_404(request, notice_id):
    notices = Notice.objects.visible_to(request.user).select_related("made_by", "job")
    return get_object_or_404(notices, pk=notice_id)


def _notice_context(request, found):
    bundles = found.bundles.filter(town_code__startswith=request.user.area_code)
    return {
        "notice": found,
        "area": Area.objects.get(pk=found.area_code),
        "job": found.job,
        "bundles": bundles.select_related("file").order_by("town_code"),
    }


@needs("view_notice")
@require_GET
def bundle(request, bundle_id):
    """A town's zip, PDF and Excel of each of its villages."""
    own = NoticeBundle.objects.filter(
        county_code=request.user.county_code, town_code__startswith=request.user.area_code
    )
    found = get_object_or_404(own.select_related("file"), pk=bundle_id)
    record("download_notice", found.notice, by=request.user, area_code=found.town_code)
    return FileResponse(
        open_file(found.file),
        as_attachment=True,
        filename=found.file.name,
        content_type="application/zip",
    )


# --- One village's sheet ----------------------------------------------------------------------


@needs("view_notice")
@require_GET
def sheet(request, sheet_id):
    return _sheet_page(request, _sheet_or_404(request, sheet_id))


def _sheet_or_404(request, sheet_id):
    sheets = NoticeSheet.objects.visible_to(request.user).select_related(
        "notice__made_by", "posted_by", "taken_down_by", "posted_photo", "taken_down_photo"
    )
    return get_object_or_404(sheets, pk=sheet_id)


def _sheet_page(request, found, *, status=200, **forms):
    """The page of a sheet; a form that has errors comes in place of its empty one."""
    words = NoticeWords(found.notice)
    page = Paginator(lines_of(found), LINES_A_PAGE).get_page(request.GET.get("page"))
    objections = found.objections.select_related("recorded_by", "answered_by")
    answer_to = forms.pop("answer_to", None)
    context = {
        "sheet": found,
        "notice": found.notice,
        "words": words,
        "page": page,
        "objections": objections,
        "answer_to": answer_to,
        "may_post": may(request.user, "post_notice"),
        "may_raise": may(request.user, "raise_objection"),
        "may_answer": may(request.user, "answer_objection"),
        "may_come_down": bool(found.posted_on) and found.may_come_down_on <= today(),
        "wall_form": WallForm(initial={"day": today()}),
        "objection_form": ObjectionForm(initial={"raised_on": today()}),
        "answer_form": AnswerForm(),
    }
    return render(request, "oversight/sheet.html", context | forms, status=status)


@needs("view_notice")
@require_GET
def sheet_pdf(request, sheet_id):
    """The sheet to print: A4, or with size=a3 in large type for the wall."""
    found = _sheet_or_404(request, sheet_id)
    is_large = request.GET.get("size") == "a3"
    with override(WORDS_LANGUAGE):
        paper = paper_of(found, lines_of(found), NoticeWords(found.notice), is_large=is_large)
        content = print_paper("list", paper)
    name = _name_of(found, "A3" if is_large else "A4")
    return file_answer(content, f"{name}.pdf", opens=True)


@needs("view_notice")
@require_GET
def sheet_excel(request, sheet_id):
    found = _sheet_or_404(request, sheet_id)
    with override(WORDS_LANGUAGE):
        content = workbook_of(found, lines_of(found), NoticeWords(found.notice))
    return file_answer(content, f"{_name_of(found)}.xlsx")


def _name_of(found, size=""):
    return f"{found.village_name}{found.notice}{size}".replace(" ", "")


# --- On the wall ------------------------------------------------------------------------------


@needs("post_notice")
@require_POST
def post(request, sheet_id):
    return _note_on_the_wall(request, sheet_id, notice_wall.post_sheet, _("已登记张贴。"))


@needs("post_notice")
@require_POST
def take_down(request, sheet_id):
    return _note_on_the_wall(request, sheet_id, notice_wall.take_down_sheet, _("已登记撤下。"))


def _note_on_the_wall(request, sheet_id, deed, words):
    found = _sheet_or_404(request, sheet_id)
    form = WallForm(request.POST, request.FILES)
    if not form.is_valid():
        return _sheet_page(request, found, status=422, wall_form=form)
    deed(found, day=form.cleaned_data["day"], photo=form.cleaned_data["photo"], by=request.user)
    messages.success(request, words)
    return redirect("oversight:notice_sheet", found.pk)


@needs("view_notice")
@require_GET
def photo(request, sheet_id, which):
    """The photo of a sheet on the wall (posted) or of the wall without it (down)."""
    found = _sheet_or_404(request, sheet_id)
    file = found.taken_down_photo if which == "down" else found.posted_photo
    if file is None:
        return HttpResponse(status=204)
    return FileResponse(open_file(file), content_type="image/jpeg")


# --- Objections -------------------------------------------------------------------------------


@needs("raise_objection")
@require_POST
def raise_objection(request, sheet_id):
    found = _sheet_or_404(request, sheet_id)
    form = ObjectionForm(request.POST)
    if not form.is_valid():
        return _sheet_page(request, found, status=422, objection_form=form)
    notice_wall.raise_objection(found, by=request.user, **form.cleaned_data)
    messages.success(request, _("异议已记录，待镇村答复。"))
    return redirect("oversight:notice_sheet", found.pk)


@needs("answer_objection")
@require_POST
def answer_objection(request, objection_id):
    objections = NoticeObjection.objects.visible_to(request.user).select_related("sheet")
    objection = get_object_or_404(objections, pk=objection_id)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        found = _sheet_or_404(request, objection.sheet_id)
        return _sheet_page(request, found, status=422, answer_form=form, answer_to=objection.pk)
    notice_wall.answer_objection(objection, by=request.user, **form.cleaned_data)
    messages.success(request, _("答复已记录。"))
    return redirect("oversight:notice_sheet", objection.sheet_id)


@needs("view_notice")
@require_GET
def objections(request):
    """Everything people said to the sheets of one's area; what waits for an answer first (Y53)."""
    found = NoticeObjection.objects.visible_to(request.user)
    state = request.GET.get("state", "")
    if state in ("open", "answered"):
        found = found.filter(result="") if state == "open" else found.exclude(result="")
    found = found.select_related("sheet__notice", "recorded_by", "answered_by")
    page = Paginator(found.order_by("answered_at", "-id"), OBJECTIONS_A_PAGE)
    context = {"page": page.get_page(request.GET.get("page")), "state": state}
    return render(request, "oversight/objections.html", context)
