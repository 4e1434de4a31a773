"""Doors to the area tree: look at it, search it, load it, and keep names, mergers, aliases and
contacts.
"""

from django.contrib import messages
from django.db.models import Count, Q
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from pension_portal.clock import today
from pension_portal.doors import needs
from pension_portal.file_answers import file_answer
from pension_portal.refusals import Refusal
from townships.forms import AliasForm, ContactForm, MergeForm, RenameForm, SearchForm, SheetForm
from townships.loading import load_area_file
from townships.models import Area, AreaAlias, AreaContact
from townships.naming import (
    add_alias,
    merge_towns,
    remove_alias,
    remove_contact,
    rename_area,
    set_contact,
)
from townships.workbooks import area_list

UNPROCESSABLE = 422
MOST_FOUND = 100
MOST_EXPORTED = 10_000


@require_GET
@needs("view_areas")
def areas(request):
    """Show the staff member's own area; with `q`, the areas inside it that it finds."""
    search = SearchForm(request.GET)
    words = search.cleaned_data["q"] if search.is_valid() else ""
    if not words:
        return _show_area(request, get_object_or_404(Area, pk=request.user.area_code))
    found = _existing(request).found_by(words).select_related("parent", "successor")
    context = {"search": search, "found": found[:MOST_FOUND], "words": words}
    return render(request, "townships/found.html", context)


@require_GET
@needs("view_areas")
def area(request, code):
    return _show_area(request, _find(request, code))


@require_GET
@needs("view_areas")
def areas_excel(request, code):
    """Give out an area and all below it as a list that can be mended and loaded back."""
    area = _find(request, code)
    inside = Area.objects.inside(area.code).in_force_on(today()).order_by("code")
    title = _("%s区划表") % area.name
    return file_answer(area_list(title, inside[:MOST_EXPORTED], by=request.user), f"{title}.xlsx")


@needs("change_areas")
def load(request):
    """Take an area list; what was added stays although some rows have faults."""
    form = SheetForm(request.POST or None, request.FILES or None)
    if request.method != "POST" or not form.is_valid():
        return _show_load(request, form)
    loaded = load_area_file(form.cleaned_data["file"], by=request.user)
    words = _(
        "新增 %(added)d 个，改名 %(renamed)d 个，别名 %(aliases)d 条，未变 %(unchanged)d 个。"
    )
    messages.success(request, words % loaded._asdict())
    if loaded.faults:
        return _show_load(request, SheetForm(), loaded.faults)
    return redirect("townships:areas")


@require_POST
@needs("change_areas")
def rename(request, code):
    area = _find(request, code)
    return _do(request, area, "rename_form", RenameForm(request.POST), rename_area)


@require_POST
@needs("change_areas")
def merge(request, code):
    area = _find(request, code)
    return _do(request, area, "merge_form", MergeForm(request.POST, area=area), merge_towns)


@require_POST
@needs("change_areas")
def new_alias(request, code):
    area = _find(request, code)
    return _do(request, area, "alias_form", AliasForm(request.POST), add_alias)


@require_POST
@needs("change_areas")
def drop_alias(request, alias_id):
    alias = get_object_or_404(AreaAlias.objects.visible_to(request.user), pk=alias_id)
    remove_alias(alias, by=request.user)
    messages.success(request, _("别名已删除，以后的文件里这样写会留在异常里。"))
    return redirect("townships:area", alias.area_id)


@require_POST
@needs("change_areas")
def new_contact(request, code):
    area = _find(request, code)
    return _do(request, area, "contact_form", ContactForm(request.POST), set_contact)


@require_POST
@needs("change_areas")
def drop_contact(request, contact_id):
    contact = get_object_or_404(AreaContact.objects.visible_to(request.user), pk=contact_id)
    remove_contact(contact, by=request.user)
    messages.success(request, _("联系人已删除。"))
    return redirect("townships:area", contact.area_id)


def _find(request, code):
    return get_object_or_404(Area.objects.visible_to(request.user), pk=code)


def _do(request, area, form_name, form, deed):
    """Do one deed with an area; a wrong form or a refusal is shown where it was filled in."""
    if form.is_valid():
        try:
            deed(area, **form.cleaned_data, by=request.user)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("已保存。"))
            return redirect("townships:area", area.pk)
    return _show_area(request, area, {form_name: form, "form": form}, status=UNPROCESSABLE)


def _show_area(request, area, forms=None, status=200):
    search = SearchForm(request.GET)
    existing = _existing(request)
    context = {
        "area": area,
        "path": Area.objects.filter(code__in=[area.code[:6], area.code[:9], area.code[:12]])
        .filter(pk__startswith=request.user.area_code)
        .exclude(pk=area.pk)
        .order_by("level"),
        "search": search,
        "below": _below(existing, area),
        "aliases": area.aliases.order_by("source", "text"),
        "contacts": area.contacts.order_by("role", "pk"),
        "predecessors": area.predecessors.all(),
        "may_change": request.user.may("change_areas"),
        "lacks_contact": area.level == Area.Level.TOWN
        and not area.contacts.filter(role=AreaContact.Role.COLLECTION).exists(),
        "rename_form": RenameForm(initial={"name": area.name}),
        "merge_form": MergeForm(area=area),
        "alias_form": AliasForm(),
        "contact_form": ContactForm(),
    }
    return render(request, "townships/area.html", context | (forms or {}), status=status)


def _existing(request):
    """Return the visible areas; those that ended only when asked for."""
    visible = Area.objects.visible_to(request.user)
    return visible if request.GET.get("ended") else visible.in_force_on(today())


def _below(existing, area):
    """Return the areas right below one with a contact each, in two queries."""
    below = (
        existing.filter(parent=area)
        .annotate(
            below=Count("children", filter=Q(children__valid_to=None), distinct=True),
            alias_count=Count("aliases", distinct=True),
        )
        .order_by("position", "code")
    )
    contacts = {}
    for contact in AreaContact.objects.filter(area__parent=area).order_by("role"):
        contacts.setdefault(contact.area_id, contact)
    return [{"area": one, "contact": contacts.get(one.pk)} for one in below]


def _show_load(request, form, faults=()):
    status = UNPROCESSABLE if form.errors or faults else 200
    context = {"form": form, "faults": faults}
    return render(request, "townships/load_areas.html", context, status=status)
