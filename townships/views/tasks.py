"""Doors to the yearly tasks: the plans, their quotas as the annex prints them, and the warnings
that stand.
"""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from pension_portal.clock import today
from pension_portal.doors import needs
from pension_portal.file_answers import file_answer
from pension_portal.refusals import Refusal
from townships.annex import import_quotas
from townships.errors import TaskAlreadyPlanned
from townships.forms import MOST_MILESTONES, MilestoneForms, PlanForm, QuotasForm, SheetForm
from townships.headcounts import in_ten_thousands
from townships.models import Area, AreaContact, Quota, TaskPlan
from townships.tasks import annex_rows, plan_areas, plan_task, quota_warnings, set_quotas
from townships.workbooks import annex

UNPROCESSABLE = 422


@require_GET
@needs("view_progress")
def tasks(request):
    plans = TaskPlan.objects.visible_to(request.user).prefetch_related("milestones")
    is_county = _sees_the_county(request.user)
    lines = [
        {"plan": plan, "warnings": len(quota_warnings(plan)) if is_county else None}
        for plan in plans
    ]
    context = {"lines": lines, "is_county": is_county, "may_set": request.user.may("set_quotas")}
    return render(request, "townships/tasks.html", context)


@require_GET
@needs("view_progress")
def task(request, plan_id):
    """Show a plan by towns to the county, by villages to a town."""
    plan = _find(request, plan_id)
    warnings = quota_warnings(plan) if _sees_the_county(request.user) else []
    excel_url = reverse("townships:task_excel", args=[plan.pk])
    return _show_quotas(request, plan, _own_level(request.user, plan), warnings, excel_url)


@require_GET
@needs("view_progress")
def town_task(request, plan_id, code):
    """Show a town's part of a plan by villages."""
    plan = _find(request, plan_id)
    town = get_object_or_404(Area.objects.visible_to(request.user).towns(), pk=code)
    warnings = [w for w in quota_warnings(plan) if w.area.code.startswith(town.code)]
    excel_url = reverse("townships:town_task_excel", args=[plan.pk, town.code])
    return _show_quotas(request, plan, town, warnings, excel_url)


@require_GET
@needs("view_progress")
def task_excel(request, plan_id):
    plan = _find(request, plan_id)
    return _give_out(request, plan, _own_level(request.user, plan))


@require_GET
@needs("view_progress")
def town_task_excel(request, plan_id, code):
    plan = _find(request, plan_id)
    town = get_object_or_404(Area.objects.visible_to(request.user).towns(), pk=code)
    return _give_out(request, plan, town)


@needs("set_quotas")
def new_plan(request):
    return _edit_plan(request, None)


@needs("set_quotas")
def edit_plan(request, plan_id):
    return _edit_plan(request, _find(request, plan_id))


@needs("set_quotas")
def edit_quotas(request, plan_id, code):
    """Fill in the parts of the areas right below a county or town."""
    plan = _find(request, plan_id)
    parent = get_object_or_404(Area.objects.visible_to(request.user), pk=code)
    areas = plan_areas(plan, parent.level + 1).filter(parent=parent)
    people = dict(plan.quotas.filter(area__parent=parent).values_list("area_id", "people"))
    form = QuotasForm(request.POST or None, areas=areas, people=people)
    if request.method == "POST" and form.is_valid():
        changed = set_quotas(plan, form.cleaned_data, by=request.user)
        messages.success(request, _("已保存，%(count)d 处有改动。") % {"count": changed})
        return redirect(_page_of(plan, parent))
    context = {
        "plan": plan,
        "parent": parent,
        "form": form,
        "expected": _expected(plan, parent),
        "back": _page_of(plan, parent),
    }
    return render(
        request, "townships/edit_quotas.html", context, status=UNPROCESSABLE if form.errors else 200
    )


@needs("set_quotas")
def upload_annex(request, plan_id):
    """Set the towns' quotas from an annex; faults are listed and nothing is set."""
    plan = _find(request, plan_id)
    form = SheetForm(request.POST or None, request.FILES or None)
    faults = []
    if request.method == "POST" and form.is_valid():
        changed, faults = import_quotas(form.cleaned_data["file"], plan, by=request.user)
        if not faults:
            messages.success(request, _("分解表已导入，%(count)d 处有改动。") % {"count": changed})
            return redirect("townships:task", plan.pk)
    context = {"plan": plan, "form": form, "faults": faults}
    status = UNPROCESSABLE if form.errors or faults else 200
    return render(request, "townships/upload_annex.html", context, status=status)


def _find(request, plan_id):
    return get_object_or_404(TaskPlan.objects.visible_to(request.user), pk=plan_id)


def _sees_the_county(staff):
    return staff.area_code == staff.county_code


def _own_level(staff, plan):
    """Return the area whose parts a person sees first: the county, or their town."""
    return plan.county if _sees_the_county(staff) else Area.objects.get(pk=staff.area_code[:9])


def _page_of(plan, parent):
    """Return the address of the page where the parts of an area stand."""
    if parent.level == Area.Level.COUNTY:
        return plan.get_absolute_url()
    return plan.get_absolute_url(parent.code)


def _parts(request, plan, parent):
    """Return (rows, total) of the areas right below one, those the person may see."""
    quotas = Quota.objects.visible_to(request.user).filter(plan=plan, area__parent=parent)
    *rows, total = annex_rows(plan, quotas)
    return rows, total


def _give_out(request, plan, parent):
    title = _("%(area)s%(year)d年%(scheme)s任务分解表") % {
        "area": parent.name,
        "year": plan.year,
        "scheme": plan.scheme_title,
    }
    rows, total = _parts(request, plan, parent)
    return file_answer(annex(title, plan, parent, rows, total, by=request.user), f"{title}.xlsx")


def _show_quotas(request, plan, parent, warnings, excel_url):
    rows, total = _parts(request, plan, parent)
    contacts = {
        contact.area_id: contact
        for contact in AreaContact.objects.visible_to(request.user)
        .filter(area__parent=parent)
        .order_by("-role")
    }
    marked = {warning.area.code for warning in warnings}
    context = {
        "plan": plan,
        "parent": parent,
        "is_county": parent.level == Area.Level.COUNTY,
        "milestones": list(plan.milestones.all()),
        "current": plan.milestone_on(today()),
        "expected": _expected(plan, parent),
        "target_in_ten_thousands": in_ten_thousands(plan.target),
        "rows": [
            {"row": row, "contact": contacts.get(row.area.pk), "is_marked": row.area.pk in marked}
            for row in rows
        ],
        "total": total,
        "warnings": warnings,
        "excel_url": excel_url,
        "may_set": request.user.may("set_quotas"),
    }
    return render(request, "townships/task.html", context)


def _expected(plan, parent):
    """Return how many people the areas below a parent should sum to; None where nobody has said."""
    if parent.level == Area.Level.COUNTY:
        return plan.target
    return plan.quotas.filter(area=parent).values_list("people", flat=True).first()


def _edit_plan(request, plan):
    form = PlanForm(request.POST or None, initial=_initial(plan, request.GET), plan=plan)
    stages = [
        {"label": m.label, "due_on": m.due_on, "share": m.share}
        for m in (plan.milestones.all() if plan else [])
    ] or _stages_proposed(request)
    milestones = MilestoneForms(request.POST or None, initial=stages, prefix="stage")
    if request.method == "POST" and form.is_valid() and milestones.is_valid():
        try:
            saved = _save_plan(request, plan, form.cleaned_data, milestones)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("年度任务已保存。"))
            return redirect(saved)
    context = {"plan": plan, "form": form, "milestones": milestones}
    is_wrong = form.is_bound and (form.errors or not milestones.is_valid())
    return render(
        request, "townships/edit_plan.html", context, status=UNPROCESSABLE if is_wrong else 200
    )


def _stages_proposed(request):
    """Return the stages that the address proposes, as a policy's page does; [] without any."""
    named = [
        {
            name: request.GET.get(f"stage-{place}-{name}", "")
            for name in ("label", "due_on", "share")
        }
        for place in range(MOST_MILESTONES)
    ]
    return [stage for stage in named if stage["due_on"]]


def _save_plan(request, plan, cleaned, milestones):
    stages = [
        (stage["label"], stage["due_on"], stage["share"])
        for stage in (form.cleaned_data for form in milestones)
        if stage
    ]
    county = plan.county if plan else Area.objects.get(pk=request.user.county_code)
    if plan is None:
        _refuse_a_second(county, **cleaned)
    return plan_task(county, milestones=stages, by=request.user, **cleaned)


def _refuse_a_second(county, scheme_id, year, **_others):
    """Refuse to plan anew what is planned already: that is done on the plan's own page."""
    if TaskPlan.objects.filter(county=county, scheme_id=scheme_id, year=year).exists():
        raise TaskAlreadyPlanned(year=year, scheme=TaskPlan.Scheme(scheme_id).label)


def _initial(plan, proposed):
    """Return what the form begins with: the plan as it is, or a new one as the address proposes."""
    if plan is None:
        day = today()
        return {
            "year": day.year,
            "starts_on": day.replace(month=1, day=1),
            "ends_on": day.replace(month=12, day=31),
            **proposed.dict(),
        }
    fields = ("scheme_id", "year", "target", "starts_on", "ends_on", "document_no", "counts_proxy")
    return {field: getattr(plan, field) for field in fields}
