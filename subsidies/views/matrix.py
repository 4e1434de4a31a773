"""Doors of the matrix: what the state owes as the books stand, down to the persons (补贴测算)."""

from django.core.paginator import Paginator
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from contributions.views.lists import workbook
from enrollment.models import Resident
from pension_portal.clock import today
from pension_portal.file_answers import file_answer
from pension_portal.masking import mask_id
from pension_portal.sheet_writing import TableColumn
from policies.schemes import SHORT_NAMES
from staff.audit import record
from staff.permissions import may, needs
from subsidies.forms import MatrixFilter, PeopleFilter
from subsidies.matrix import matrix_now, people_of
from townships.models import TOWN_CODE_LENGTH, Area

LINES_PER_PAGE = 50
LAST_PAGE = 10_000


@needs("view_claim")
@require_GET
def matrix(request):
    """The page of the matrix; the figures come into it by themselves."""
    asked = {"year": today().year} | request.GET.dict()
    form = MatrixFilter(asked, towns=towns_of(request.user), county_code=request.user.county_code)
    chosen = form.chosen()
    context = {"form": form, "chosen": chosen, "scheme": SHORT_NAMES[chosen["scheme_id"]]}
    return render(request, "subsidies/matrix.html", context | may_of(request.user))


@needs("view_claim")
@require_GET
def matrix_figures(request):
    """The figures, worked out when they are looked at."""
    chosen, found = _matrix(request)
    context = {"matrix": named(found), "chosen": chosen, "query": _query(chosen)}
    return render(request, "subsidies/_matrix_now.html", context | may_of(request.user))


@needs("view_claim")
@require_GET
def matrix_excel(request):
    """Tier × town × payer as the filter shows it."""
    chosen, found = _matrix(request)
    title = _("%(year)s 年%(scheme)s缴费补贴测算表") % {
        "year": chosen["year"],
        "scheme": SHORT_NAMES[chosen["scheme_id"]],
    }
    return matrix_file(request, named(found), title, notes=[])


@needs("view_person")
@require_GET
def matrix_people(request):
    """The persons behind a figure, inside one's own area; each opens down to the transfer."""
    form = PeopleFilter(request.GET, towns=towns_of(request.user))
    chosen = form.chosen()
    number = request.GET.get("page", "")
    number = min(max(int(number), 1), LAST_PAGE) if number.isdecimal() and len(number) < 6 else 1
    people = people_of(
        request.user.county_code,
        chosen["scheme_id"],
        chosen["year"],
        area_code=chosen["town"] or request.user.area_code,
        tier=chosen["tier"],
        limit=LINES_PER_PAGE,
        offset=(number - 1) * LINES_PER_PAGE,
    )
    total = people[0]["total"] if people else 0
    # The statement has cut the page out; the paginator only counts.
    page = Paginator(range(total), LINES_PER_PAGE).get_page(number)
    context = {"form": form, "page": page, "lines": with_people(request.user, people)}
    return render(request, "subsidies/matrix_people.html", context)


# --- what the doors of claims and rosters use too ---


def towns_of(staff):
    """Return (code, name) of the towns inside a person's area."""
    towns = Area.objects.inside(staff.area_code).filter(level=Area.Level.TOWN)
    return list(towns.values_list("code", "name"))


def may_of(staff):
    """Return what the pages of the state's money ask about a person."""
    return {"may_list": may(staff, "view_claim_people"), "may_make": may(staff, "make_claim")}


def page_of(request, rows):
    return Paginator(rows, LINES_PER_PAGE).get_page(request.GET.get("page"))


def with_people(staff, lines):
    """Return lines with the resident and the names of the places, by two statements for all; whom
    this person may not see is left out.
    """
    residents = Resident.objects.visible_to(staff).in_bulk([line["resident_id"] for line in lines])
    names = area_names(line["village_code"] for line in lines)
    return [
        line
        | {
            "resident": residents[line["resident_id"]],
            "masked_id": mask_id(residents[line["resident_id"]].id_number),
            "town": names.get(line["village_code"][:TOWN_CODE_LENGTH], ""),
            "village": names.get(line["village_code"], line["village_code"]),
        }
        for line in lines
        if line["resident_id"] in residents
    ]


def area_names(codes):
    """Return the names of some villages and of their towns by code."""
    codes = set(codes)
    codes |= {code[:TOWN_CODE_LENGTH] for code in codes}
    return dict(Area.objects.filter(code__in=codes).values_list("code", "name"))


def named(matrix):
    """Return a matrix whose rows say the name of their town and what each payer bears."""
    names = area_names(row.town for row in matrix.towns)
    for row in [*matrix.rows, *matrix.tiers, *matrix.towns, matrix.whole]:
        row.town_name = names.get(row.town, row.town)
        row.cells = list(zip(matrix.payer_names, matrix.cells(row), strict=True))
    return matrix


def matrix_file(request, matrix, title, *, notes):
    """Return the Excel of a matrix: a line for each town, tier and standard, with the check."""
    record("export_claim", by=request.user, title=title, rows=len(matrix.rows))
    columns = [
        TableColumn(_("年度"), "number", 8),
        TableColumn(_("乡镇"), "text", 18),
        TableColumn(_("缴费档次（元）"), "amount"),
        TableColumn(_("人数"), "number", 10),
        TableColumn(_("补贴标准（元）"), "amount"),
        TableColumn(_("补贴金额（元）"), "amount", 18),
        *(TableColumn(f"{name}（{_('元')}）", "amount", 18) for name in matrix.payer_names),
        TableColumn(_("核对"), "text", 10),
        TableColumn(_("备注"), "text", 18),
    ]
    rows = [
        [
            row.year,
            row.town_name,
            row.tier,
            row.people,
            row.standard,
            row.amount,
            *matrix.cells(row),
            _("相符") if row.adds_up else _("不符"),
            "" if row.is_decided else _("政策未定，按 0 列示"),
        ]
        for row in matrix.rows
    ]
    whole = matrix.whole
    check = _("相符") if matrix.adds_up else _("不符")
    total = ["", _("合计"), None, whole.people, None, whole.amount, *matrix.cells(whole), check, ""]
    notes = [
        *notes,
        (_("导出人"), request.user.name),
        (_("导出时间"), timezone.localtime().strftime("%Y-%m-%d %H:%M")),
        (_("核对"), _("人数 × 标准 = 金额，各承担方合计 = 金额")),
    ]
    return table_file(columns, [*rows, total], title, notes)


def table_file(columns, rows, title, notes):
    return file_answer(workbook(columns, rows, title=title, notes=notes), f"{title}.xlsx")


def _matrix(request):
    chosen = MatrixFilter(request.GET, towns=towns_of(request.user)).chosen()
    area_code = chosen["town"] or request.user.area_code
    return chosen, matrix_now(
        request.user.county_code, chosen["scheme_id"], chosen["year"], area_code=area_code
    )


def _query(chosen):
    return f"year={chosen['year']}&scheme={chosen['scheme_id']}&town={chosen['town']}"
