"""Doors of the lists of people: who has not paid, with its Excel, and who has (未缴、已缴名单)."""

from io import BytesIO
from urllib.parse import quote

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from contributions.data_age import data_age
from contributions.errors import ReasonForPhonesMissing, TooManyForOneFile
from contributions.forms import SCHEMES, PaidFilter, UnpaidFilter
from contributions.models import PaymentFeed
from contributions.unpaid import (
    aged_45_and_over,
    last_tiers,
    paid,
    paid_the_year_before,
    unpaid,
)
from enrollment.finding import FoundPages
from pension_portal.clock import today
from pension_portal.masking import mask_id, mask_phone
from pension_portal.sheet_writing import TableColumn, write_table
from policies.rules.ages import age_on
from staff.audit import record
from staff.permissions import may, needs
from townships.models import Area

MOST_ROWS_AT_ONCE = 5_000
LONGEST_REASON = 200
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


# --- Who has not paid -------------------------------------------------------------------------


@needs("view_person")
@require_GET
def unpaid_list(request, area_code):
    """Those of an area who are to pay and have not, by village, group and household."""
    area = _area_or_404(request, area_code)
    form = _unpaid_form(request.GET, area)
    chosen = form.chosen()
    pages = FoundPages(_unpaid_people(area, chosen, request.user))
    page = pages.get_page(request.GET.get("page"))
    context = _frame(area, chosen, request) | {
        "form": form,
        "badges": _badges(request, chosen),
        "page": page,
        "lines": _unpaid_lines(page.object_list, chosen),
        "is_cut": pages.is_cut,
        "may_export": may(request.user, "export_people"),
        "may_export_phones": may(request.user, "export_phones"),
        "most_rows": MOST_ROWS_AT_ONCE,
    }
    return render(request, "contributions/unpaid.html", context)


def _unpaid_form(data, area):
    groups = Area.objects.filter(parent=area, level=Area.Level.GROUP).order_by("position", "code")
    is_village = area.level == Area.Level.VILLAGE
    choices = [(group.code, group.name) for group in groups] if is_village else []
    return UnpaidFilter(data, groups=choices)


def _unpaid_people(area, chosen, staff):
    people = unpaid(area.code, scheme_id=chosen["scheme"], year=chosen["year"]).visible_to(staff)
    if chosen.get("who") in ("paid_before", "both"):
        people = paid_the_year_before(people, chosen["year"])
    if chosen.get("who") in ("aged_45", "both"):
        people = aged_45_and_over(people)
    if chosen.get("group"):
        people = people.filter(resident__group_code=chosen["group"])
    if chosen.get("household"):
        people = people.filter(resident__household_id=chosen["household"])
    return people


def _unpaid_lines(enrolments, chosen):
    """Return what a list shows of some people, with four statements however many they are."""
    enrolments = list(enrolments.select_related("resident__household"))
    names = _place_names(enrolments)
    if not enrolments:
        return []
    before = last_tiers(
        [enrolment.resident_id for enrolment in enrolments],
        county_code=enrolments[0].county_code,
        scheme_id=chosen["scheme"],
        year=chosen["year"],
    )
    return [
        {
            "resident": enrolment.resident,
            "village": names.get(enrolment.village_code, enrolment.village_code),
            "group": names.get(enrolment.resident.group_code, ""),
            "household": enrolment.resident.household,
            "age": age_on(today(), enrolment.resident.born_on),
            "masked_id": mask_id(enrolment.resident.id_number),
            "masked_phone": mask_phone(enrolment.resident.phone or ""),
            "registered_tier": enrolment.registered_tier,
            "last_tier": before.get(enrolment.resident_id),
        }
        for enrolment in enrolments
    ]


def _place_names(enrolments):
    codes = {enrolment.village_code for enrolment in enrolments}
    codes |= {enrolment.resident.group_code for enrolment in enrolments}
    return dict(Area.objects.filter(code__in=codes).values_list("code", "name"))


def _badges(request, chosen):
    """The filter that has no field of its own: one household."""
    if not chosen.get("household"):
        return []
    query = request.GET.copy()
    query.pop("household")
    return [{"words": _("只看一户"), "remove_url": f"?{query.urlencode()}"}]


UNPAID_COLUMNS = [
    (gettext_lazy("村（社区）"), "text", 16),
    (gettext_lazy("组"), "text", 12),
    (gettext_lazy("户编号"), "text", 12),
    (gettext_lazy("户主"), "text", 10),
    (gettext_lazy("姓名"), "text", 10),
    (gettext_lazy("性别"), "text", 6),
    (gettext_lazy("年龄"), "number", 6),
    (gettext_lazy("证件号码"), "text", 22),
    (gettext_lazy("联系电话"), "text", 15),
    (gettext_lazy("登记档次（元）"), "amount", 14),
    (gettext_lazy("上年缴费（元）"), "amount", 14),
]


@needs("export_people")
@require_GET
def unpaid_excel(request, area_code):
    """The list as the filter shows it, numbers masked."""
    return _unpaid_file(request, _area_or_404(request, area_code), reason="")


@needs("export_phones")
@require_POST
def unpaid_phones(request, area_code):
    """The list with telephone numbers in full, for those who will call, with a reason on record."""
    area = _area_or_404(request, area_code)
    reason = request.POST.get("reason", "").strip()
    if not reason:
        raise ReasonForPhonesMissing()
    return _unpaid_file(request, area, reason=reason[:LONGEST_REASON])


def _unpaid_file(request, area, *, reason):
    chosen = _unpaid_form(request.GET, area).chosen()
    people = _unpaid_people(area, chosen, request.user)
    count = people.order_by()[: MOST_ROWS_AT_ONCE + 1].count()
    if count > MOST_ROWS_AT_ONCE:
        raise TooManyForOneFile(most=f"{MOST_ROWS_AT_ONCE:,}")
    entry = record(
        "export_unpaid",
        f"area:{area.code}",
        by=request.user,
        reason=reason,
        area_code=area.code,
        rows=count,
    )
    content = _unpaid_sheet(area, chosen, people, entry)
    return _download(content, _("%(area)s%(year)s年未缴名单") % _words(area, chosen))


def _unpaid_sheet(area, chosen, people, entry):
    has_phones = bool(entry.reason)
    lines = _unpaid_lines(people, chosen)
    return _workbook(
        [TableColumn(str(label), kind, width) for label, kind, width in UNPAID_COLUMNS],
        [_unpaid_cells(line, has_phones=has_phones) for line in lines],
        title=_("%(area)s %(year)s 年未缴名单") % _words(area, chosen),
        notes=[
            *_notes(area, chosen, entry),
            (_("范围"), dict(UnpaidFilter.WHO).get(chosen.get("who") or "")),
            (_("联系电话"), _("完整号码，用途：%s") % entry.reason if has_phones else _("已脱敏")),
        ],
    )


def _unpaid_cells(line, *, has_phones):
    resident, household = line["resident"], line["household"]
    return [
        line["village"],
        line["group"],
        household.number if household else "",
        household.head_name if household else "",
        resident.name,
        resident.get_sex_display(),
        line["age"],
        line["masked_id"],
        resident.phone if has_phones else line["masked_phone"],
        line["registered_tier"],
        line["last_tier"],
    ]


# --- Who has paid -----------------------------------------------------------------------------


@needs("view_person")
@require_GET
def paid_list(request, area_code):
    """The effective payments of an area's people, the newest posted first, each with its file."""
    area = _area_or_404(request, area_code)
    form = PaidFilter(request.GET)
    chosen = form.chosen()
    pages = FoundPages(_payments(area, chosen, request.user))
    page = pages.get_page(request.GET.get("page"))
    context = _frame(area, chosen, request) | {
        "form": form,
        "page": page,
        "lines": _paid_lines(page),
        "is_cut": pages.is_cut,
        "may_open_transfer": may(request.user, "view_transfer"),
        "may_open_feed": may(request.user, "view_feed"),
    }
    return render(request, "contributions/paid.html", context)


def _payments(area, chosen, staff):
    payments = paid(area.code, scheme_id=chosen["scheme"], year=chosen["year"]).visible_to(staff)
    if chosen.get("source"):
        payments = payments.filter(source=chosen["source"])
    if chosen.get("day"):
        payments = payments.filter(paid_on=chosen["day"])
    if chosen.get("tier"):
        payments = payments.filter(tier_amount=chosen["tier"])
    return payments


def _paid_lines(page):
    payments = list(page.object_list.select_related("resident"))
    feeds = PaymentFeed.objects.select_related("file").in_bulk(
        {payment.feed_id for payment in payments if payment.feed_id}
    )
    villages = dict(
        Area.objects.filter(code__in={payment.village_code for payment in payments}).values_list(
            "code", "name"
        )
    )
    return [
        {
            "payment": payment,
            "resident": payment.resident,
            "village": villages.get(payment.village_code, payment.village_code),
            "masked_id": mask_id(payment.resident.id_number),
            "feed": feeds.get(payment.feed_id),
        }
        for payment in payments
    ]


# --- What both share --------------------------------------------------------------------------


def _area_or_404(request, area_code):
    """Return an area inside the reader's own: county, town or village."""
    areas = Area.objects.visible_to(request.user).filter(level__lte=Area.Level.VILLAGE)
    return get_object_or_404(areas.select_related("parent__parent"), pk=area_code)


def _frame(area, chosen, request):
    path = [area]
    while path[0].parent:
        path.insert(0, path[0].parent)
    return {
        "area": area,
        "path": [one for one in path if one.code.startswith(request.user.area_code)],
        "chosen": chosen,
        "scheme_name": dict(SCHEMES)[chosen["scheme"]],
        "data_age": data_age(area.county_code, chosen["year"]),
    }


def _words(area, chosen):
    return {"area": area.name, "year": chosen["year"]}


def _notes(area, chosen, entry):
    age = data_age(area.county_code, chosen["year"])
    return [
        (_("区域"), f"{area.name} {area.code}"),
        (_("险种"), str(dict(SCHEMES)[chosen["scheme"]])),
        (_("年度"), str(chosen["year"])),
        (_("数据截至"), age.until.isoformat() if age.until else _("还没有入账的缴费文件")),
        (_("导出时间"), timezone.localtime(entry.at).strftime("%Y-%m-%d %H:%M")),
        (_("导出人"), f"{entry.staff} {entry.staff.username}"),
        (_("导出编号"), str(entry.pk)),
    ]


def _workbook(columns, rows, *, title, notes):
    buffer = BytesIO()
    write_table(buffer, columns, rows, title=title, notes=notes)
    return buffer.getvalue()


def _download(content, name):
    return HttpResponse(
        content,
        content_type=XLSX,
        headers={"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}.xlsx"},
    )
