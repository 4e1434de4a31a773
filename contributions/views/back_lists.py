"""Doors of back payments on their way: lists for the tax bureau, who reaches pension age (补缴)."""

from urllib.parse import quote

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Sum
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override
from django.views.decorators.http import require_GET, require_POST

from contributions import sending_determinations
from contributions.forms import PENSIONS
from contributions.models import Determination, DeterminationList
from contributions.queue import named_areas
from contributions.reaching_sixty import reaching_sixty, years_for_a_pension
from contributions.views.lists import area_or_404, workbook
from pension_portal.clock import today
from pension_portal.file_answers import file_answer
from pension_portal.jobs import WORDS_LANGUAGE
from pension_portal.masking import mask_id
from pension_portal.paper import PDF, print_paper
from pension_portal.paper.tables import PaperColumn, PaperTable
from policies.words import PENSION_NAMES
from staff.audit import record
from staff.permissions import may, needs

LISTS_PER_PAGE, PEOPLE_PER_PAGE = 20, 30


class SchemeFilter(forms.Form):
    """Of which scheme."""

    scheme = forms.TypedChoiceField(
        label=gettext_lazy("险种"), coerce=int, choices=PENSIONS, required=False, empty_value=1
    )


@needs("view_determination")
@require_GET
def determination_lists(request):
    """Lists that went to the tax bureau, newest first, and what waits to go."""
    found = DeterminationList.objects.visible_to(request.user).select_related("made_by")
    found = found.annotate(count=Count("determinations"), sum=Sum("determinations__amount"))
    page = Paginator(found.order_by("-id"), LISTS_PER_PAGE).get_page(request.GET.get("page"))
    unsent = Determination.objects.visible_to(request.user).unsent()
    context = {
        "page": page,
        "unsent": unsent.aggregate(count=Count("pk"), sum=Sum("amount")),
        "may_send": may(request.user, "make_determination"),
    }
    return render(request, "contributions/determination_lists.html", context)


@needs("make_determination")
@require_POST
def send_determinations(request):
    sent = sending_determinations.send_determinations(request.user.county_code, by=request.user)
    messages.success(request, _("已生成批次 %(number)s。") % {"number": sent.number})
    return redirect("contributions:determination_list", sent.pk)


@needs("view_determination")
@require_GET
def determination_list(request, list_id):
    """One list, item by item: what was determined, and what came of it."""
    sent = _list_or_404(request, list_id)
    came = sending_determinations.compare(sent)
    items = list(
        sent.determinations.select_related("resident").prefetch_related("years").order_by("pk")
    )
    counts = dict.fromkeys(sending_determinations.OUTCOMES, 0)
    for one in items:
        one.came = came[one.pk]
        one.look = sending_determinations.OUTCOMES[one.came["outcome"]]
        counts[one.came["outcome"]] += 1
    context = {
        "sent": sent,
        "items": items,
        "total": sum(one.amount for one in items),
        "counts": [
            (words, counts[outcome])
            for outcome, (_tone, _icon, words) in sending_determinations.OUTCOMES.items()
        ],
        "may_download": may(request.user, "make_determination"),
        "may_open_exception": may(request.user, "view_exception"),
    }
    return render(request, "contributions/determination_list.html", context)


@needs("make_determination")
@require_GET
def determination_list_excel(request, list_id):
    """A list in the tax bureau's layout; with full numbers, so it is on record."""
    sent = _list_or_404(request, list_id)
    entry = record("download_determination_list", sent, by=request.user)
    title = _("补缴征集名单 %(number)s") % {"number": sent.number}
    notes = [
        (_("批次号"), sent.number),
        (_("导出时间"), timezone.localtime(entry.at).strftime("%Y-%m-%d %H:%M")),
        (_("导出人"), f"{entry.staff} {entry.staff.username}"),
        (_("导出编号"), str(entry.pk)),
    ]
    rows = sending_determinations.rows(sent)
    content = workbook(sending_determinations.columns(), rows, title=title, notes=notes)
    return file_answer(content, f"{title}.xlsx")


def _list_or_404(request, list_id):
    found = DeterminationList.objects.visible_to(request.user).select_related("made_by")
    return get_object_or_404(found, pk=list_id)


# --- Who reaches pension age ------------------------------------------------------------------


@needs("view_transfer")
@require_GET
def reaching(request, area_code):
    """Who of an area reaches pension age within a year with too few paid years (A48)."""
    area, scheme, form = _asked(request, area_code)
    number = request.GET.get("page", "1")
    number = max(int(number), 1) if number.isdecimal() else 1
    people, count = reaching_sixty(
        area.code, scheme, most=PEOPLE_PER_PAGE, offset=(number - 1) * PEOPLE_PER_PAGE
    )
    names = named_areas(one.resident.village_code for one in people)
    for one in people:
        one.village, one.masked_id = (
            names[one.resident.village_code],
            mask_id(one.resident.id_number),
        )
    page = Paginator(range(count), PEOPLE_PER_PAGE).get_page(number)
    context = {
        "area": area,
        "form": form,
        "scheme": scheme,
        "people": people,
        "page": page,
        "years_wanted": years_for_a_pension(area.county_code, scheme),
        "may_determine": may(request.user, "make_determination"),
        "may_open_determination": may(request.user, "view_determination"),
    }
    return render(request, "contributions/reaching_sixty.html", context)


@needs("view_transfer")
@require_GET
def reaching_paper(request, area_code):
    """The same people as 到龄补缴核定表, on paper."""
    area, scheme, _form = _asked(request, area_code)
    people, count = reaching_sixty(area.code, scheme)
    names = named_areas(one.resident.village_code for one in people)
    entry = record("print_reaching_sixty", "", by=request.user, area_code=area.code, people=count)
    with override(WORDS_LANGUAGE):
        table = _paper_of(people, area, PENSION_NAMES[scheme], names, entry)
        content = print_paper("list", table.paper())
    name = quote(f"{area.name}到龄补缴核定表.pdf")
    return HttpResponse(
        content,
        content_type=PDF,
        headers={"Content-Disposition": f"inline; filename*=UTF-8''{name}"},
    )


def _asked(request, area_code):
    form = SchemeFilter(request.GET)
    scheme = form.cleaned_data["scheme"] if form.is_valid() else PENSIONS[0][0]
    return area_or_404(request, area_code), scheme, form


def _paper_of(people, area, scheme, names, entry):
    return PaperTable(
        title=_("到龄补缴核定表"),
        columns=[
            PaperColumn(_("序号"), 8, "center"),
            PaperColumn(_("姓名"), 16),
            PaperColumn(_("证件号码"), 32),
            PaperColumn(_("村（社区）"), 24),
            PaperColumn(_("出生日期"), 20, "center"),
            PaperColumn(_("到龄日期"), 20, "center"),
            PaperColumn(_("已缴年数"), 12, "right"),
            PaperColumn(_("差几年"), 12, "right"),
            PaperColumn(_("可补年数"), 12, "right"),
            PaperColumn(_("可补年度"), 40),
            PaperColumn(_("最低金额"), 18, "right"),
            PaperColumn(_("最高金额"), 20, "right"),
            PaperColumn(_("核定"), 24),
        ],
        rows=[_paper_row(place, one, names) for place, one in enumerate(people, 1)],
        above=(
            _("区域：%s") % area.name,
            _("险种：%s") % scheme,
            _("截至：%s") % today().isoformat(),
        ),
        foot=(_("已缴年数按本系统账上的年度计，没有导入的以前年度核对后计入；金额按本年政策。"),),
        signatures=(
            _("核定人：%s") % "",
            _("复核：%s") % "",
            _("打印人：%s") % entry.staff,
            _("编号：%s") % entry.pk,
        ),
        is_landscape=True,
    )


def _paper_row(place, one, names):
    person, years = one.resident, sorted(year["year"] for year in one.years)
    return [
        *(place, person.name, mask_id(person.id_number), names[person.village_code]),
        *(person.born_on, one.reached_on, len(one.paid_years), one.short, len(years)),
        "、".join(map(str, years)),
        *("" if sum_ is None else f"{sum_:,.2f}" for sum_ in (one.lowest, one.highest)),
        one.determination["determination_number"] or "",
    ]
