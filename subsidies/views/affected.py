"""Doors of the preview: whom a version of a policy affects, and by how much (影响谁)."""

from io import BytesIO

from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from contributions.errors import TooManyForOneFile
from enrollment.models import Resident
from pension_portal.file_answers import file_answer
from pension_portal.masking import mask_id
from pension_portal.sheet_writing import TableColumn, write_table
from policies.models import PolicyVersion
from staff.audit import record
from staff.permissions import may, needs
from subsidies.affected import (
    HOW,
    UNKNOWN_TIER,
    count_affected,
    list_affected,
    payer_name,
    version_to_compare,
)
from subsidies.forms import AffectedFilter
from townships.models import TOWN_CODE_LENGTH, Area

PEOPLE_PER_PAGE = 50
LAST_PAGE = 200
MOST_ROWS_AT_ONCE = 5_000


@needs("view_policy")
@require_GET
def affected(request, policy_id):
    """The page of the preview; the figures come into it by themselves."""
    return render(request, "subsidies/affected.html", _frame(request, policy_id))


@needs("view_policy")
@require_GET
def affected_totals(request, policy_id):
    """The figures: the whole area, each town, each tier, each payer."""
    frame = _frame(request, policy_id)
    found = count_affected(frame["policy"], frame["base"], area_code=request.user.area_code)
    names = dict(Area.objects.filter(code__in=found.towns).values_list("code", "name"))
    return render(
        request,
        "subsidies/_affected_totals.html",
        frame
        | {
            "whole": found.whole,
            "how": [(name, found.whole.how.get(code, 0), code) for code, name in HOW.items()],
            "towns": [
                (code, names.get(code, code), tally) for code, tally in sorted(found.towns.items())
            ],
            "tiers": [
                (base, base != UNKNOWN_TIER, tally, *found.answers[base])
                for base, tally in sorted(found.tiers.items())
            ],
            "funders": [(payer_name(code), tally) for code, tally in sorted(found.funders.items())],
        },
    )


@needs("view_person")
@require_GET
def affected_people(request, policy_id):
    """One page of those whose answer differs, numbers masked."""
    frame = _frame(request, policy_id)
    form, chosen = _filter(request)
    page = _page_number(request)
    offset = (page - 1) * PEOPLE_PER_PAGE
    people = _people(request, frame, chosen, limit=PEOPLE_PER_PAGE + 1, offset=offset)
    context = frame | {
        "form": form,
        "lines": _lines(request, people[:PEOPLE_PER_PAGE]),
        "page_number": page,
        "has_next": len(people) > PEOPLE_PER_PAGE and page < LAST_PAGE,
        "may_export": may(request.user, "export_people"),
    }
    return render(request, "subsidies/affected_people.html", context)


@needs("export_people")
@require_GET
def affected_excel(request, policy_id):
    """The list as the filter shows it, numbers masked."""
    frame = _frame(request, policy_id)
    _form, chosen = _filter(request)
    people = _people(request, frame, chosen, limit=MOST_ROWS_AT_ONCE + 1)
    if len(people) > MOST_ROWS_AT_ONCE:
        raise TooManyForOneFile(most=f"{MOST_ROWS_AT_ONCE:,}")
    policy = frame["policy"]
    entry = record(
        "export_people", policy, by=request.user, area_code=chosen["town"], rows=len(people)
    )
    title = _("%(county)s %(year)s 年第 %(version)s 版政策影响人员") % {
        "county": policy.county_name,
        "year": policy.year,
        "version": policy.version,
    }
    notes = [
        (_("导出编号"), entry.pk),
        (_("导出人"), request.user.name),
        (_("导出时间"), timezone.localtime().strftime("%Y-%m-%d %H:%M")),
        (_("说明"), _("按现行版本与这一版分别计算；已缴的人不重算。证件号码已脱敏")),
    ]
    book = BytesIO()
    rows = [_cells(line) for line in _lines(request, people)]
    write_table(book, _columns(), rows, title=title, notes=notes)
    return file_answer(book.getvalue(), f"{title}.xlsx")


def _frame(request, policy_id):
    versions = PolicyVersion.objects.visible_to(request.user).select_related("scheme")
    policy = get_object_or_404(versions.defer("source"), pk=policy_id)
    return {
        "policy": policy,
        "base": version_to_compare(policy),
        "may_list": may(request.user, "view_person"),
    }


def _filter(request):
    """Return the form and what is chosen; a town outside one's own area is no choice."""
    towns = Area.objects.inside(request.user.area_code).filter(level=Area.Level.TOWN)
    form = AffectedFilter(request.GET, towns=list(towns.values_list("code", "name")))
    return form, form.chosen()


def _people(request, frame, chosen, **slice_of):
    return list_affected(
        frame["policy"],
        frame["base"],
        area_code=chosen["town"] or request.user.area_code,
        how=chosen["how"],
        tier=chosen["tier"],
        **slice_of,
    )


def _page_number(request):
    asked = request.GET.get("page", "")
    return min(max(int(asked), 1), LAST_PAGE) if asked.isdecimal() and len(asked) < 5 else 1


def _lines(request, people):
    """Return what the list shows of some people, with two statements however many they are."""
    ids = [person["resident_id"] for person in people]
    residents = Resident.objects.visible_to(request.user).in_bulk(ids)
    codes = {person["village_code"] for person in people}
    codes |= {code[:TOWN_CODE_LENGTH] for code in codes}
    names = dict(Area.objects.filter(code__in=codes).values_list("code", "name"))
    return [
        person
        | {
            "resident": residents[person["resident_id"]],
            "masked_id": mask_id(residents[person["resident_id"]].id_number),
            "town": names.get(person["village_code"][:TOWN_CODE_LENGTH], ""),
            "village": names.get(person["village_code"], person["village_code"]),
            "how_words": HOW[person["how"]],
        }
        for person in people
        if person["resident_id"] in residents
    ]


def _columns():
    labels = [
        (_("乡镇"), "text"),
        (_("村（社区）"), "text"),
        (_("姓名"), "text"),
        (_("证件号码"), "text"),
        (_("缴费档次（元）"), "amount"),
        (_("现行应缴（元）"), "amount"),
        (_("新版应缴（元）"), "amount"),
        (_("现行补贴（元）"), "amount"),
        (_("新版补贴（元）"), "amount"),
        (_("现行代缴（元）"), "amount"),
        (_("新版代缴（元）"), "amount"),
        (_("变化"), "text"),
        (_("本年已缴"), "text"),
    ]
    return [TableColumn(label, kind, 16) for label, kind in labels]


def _cells(line):
    before, after = line["before"] or {}, line["after"]
    pairs = [side.get(name) for name in ("due", "subsidy", "proxy") for side in (before, after)]
    return [
        line["town"],
        line["village"],
        line["resident"].name,
        line["masked_id"],
        None if line["base"] == UNKNOWN_TIER else line["base"],
        *pairs,
        str(line["how_words"]),
        _("是") if line["is_paid"] else _("否"),
    ]
