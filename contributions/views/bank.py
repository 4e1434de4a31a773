"""Doors of the daily money: three figures a day, closing, statements, transit, holidays."""

from datetime import date

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from contributions import bank_statements, tying_out, working_days
from contributions.bank_forms import (
    CalendarDayForm,
    MonthFilter,
    StatementForm,
    TransferFilter,
)
from contributions.channels import channel_name
from contributions.models import BankStatement, CalendarDay, DayClose, Transfer
from contributions.verdicts import VERDICTS
from contributions.views.lists import workbook
from pension_portal.clock import today
from pension_portal.file_answers import file_answer
from pension_portal.masking import mask_name
from pension_portal.refusals import Refusal
from pension_portal.sheet_writing import TableColumn
from pension_portal.sheets import SheetRefusal
from policies.schemes import SHORT_NAMES
from staff.approval_panel import panel_of
from staff.audit import record
from staff.permissions import may, needs

LINES_PER_PAGE = 50
STATEMENTS_PER_PAGE = 20
LAST_PAGE = 200
NO_SCHEME = 0


@needs("view_tie_out")
@require_GET
def tie_out(request):
    """A month, day by day: tax bureau, ledger, bank, difference and state."""
    first, last = _month_asked(request)
    days = tying_out.tie_out(request.user.county_code, first, last)
    whole = tying_out.Sides()
    for day in days:
        day.sides, day.look = day.whole, tying_out.STATES[day.state]
        for side in tying_out.SIDES:
            whole.add(side, day.sides.payments[side], day.sides.amounts[side])
    context = {
        "form": MonthFilter(initial={"month": f"{first:%Y-%m}"}),
        "first": first,
        "last": last,
        "days": days,
        "whole": whole,
        "sources": [
            row
            | {
                "scheme": SHORT_NAMES.get(row["scheme_id"], row["scheme_id"]),
                "words": Transfer.Source(row["source"]).label,
            }
            for row in tying_out.by_source(request.user.county_code, first, last)
        ],
        "may_upload": may(request.user, "upload_statement"),
    }
    return render(request, "contributions/tie_out.html", context)


def _month_asked(request):
    """Return the first and last day of the month that the filter names, else of this month."""
    form = MonthFilter(request.GET or None)
    month = form.cleaned_data["month"] if form.is_bound and form.is_valid() else today()
    return tying_out.month_of(month)


@needs("view_tie_out")
@require_GET
def tie_out_excel(request):
    """A month as a workbook: each day by scheme and channel, as its own page shows it."""
    first, last = _month_asked(request)
    county = request.user.duty.area
    days = tying_out.tie_out(county.code, first, last)
    rows = [line for day in days for line in _cells_of(day)]
    title = _("%(county)s %(month)s 三方核对表") % {
        "county": county.name,
        "month": f"{first:%Y-%m}",
    }
    notes = [
        (_("入库日期"), f"{first} ~ {last}"),
        (_("已匹配"), _("找到了应缴的人；已核平是税务与银行的合计相等，两者互不代替")),
    ]
    record("export_tie_out", county, by=request.user, area_code=county.code, rows=len(rows))
    content = workbook(_columns(), rows, title=title, notes=notes)
    return file_answer(content, f"{title}.xlsx")


def _columns():
    return [
        TableColumn(_("入库日期"), "day", 12),
        TableColumn(_("险种"), "text", 12),
        TableColumn(_("缴费渠道"), "text", 14),
        *(
            TableColumn(f"{side}{unit}", kind, 15)
            for side in (_("税务文件"), _("已入账"), _("银行到账"))
            for unit, kind in ((_("（笔）"), "number"), (_("（元）"), "amount"))
        ),
        TableColumn(_("未匹配（元）"), "amount", 14),
        TableColumn(_("税务减银行（元）"), "amount", 16),
        TableColumn(_("当日状态"), "text", 14),
    ]


def _cells_of(day):
    """Give a day's lines for the workbook."""
    state = str(tying_out.STATES[day.state][-1])
    for (scheme, channel), sides in sorted(day.lines.items()):
        yield [
            *(day.day, str(_scheme_names().get(scheme, scheme)), str(channel_name(channel))),
            *(part[side] for side in tying_out.SIDES for part in (sides.payments, sides.amounts)),
            *(sides.unmatched, sides.difference, state),
        ]


def _scheme_names():
    return SHORT_NAMES | {NO_SCHEME: _("未分险种")}


@needs("view_tie_out")
@require_GET
def tie_out_day(request, day):
    """One day by scheme and channel, its closes, and what the bank said line by line."""
    return _day_page(request, _day_or_404(day))


def _day_page(request, day, *, fault="", status=200):
    found = tying_out.tie_out_day(request.user.county_code, day)
    names = _scheme_names()
    lines = [
        (
            names.get(scheme, scheme),
            channel_name(channel),
            sides,
            f"scheme={scheme}&channel={channel}",
        )
        for (scheme, channel), sides in sorted(found.lines.items())
    ]
    panels = [panel_of(close, request.user) for close in found.closes]
    context = {
        "day": found,
        "whole": found.whole,
        "look": tying_out.STATES[found.state],
        "lines": lines,
        "left": sum((sides.difference for sides in found.left.values()), tying_out.NOTHING),
        "has_left": bool(found.left),
        "panels": panels,
        "page": Paginator(
            tying_out.bank_lines_of(request.user.county_code, day), LINES_PER_PAGE
        ).get_page(request.GET.get("page")),
        "scheme_names": names,
        "fault": fault,
        "explanation": request.POST.get("explanation", ""),
        "may_close": found.left and not found.open_close and may(request.user, "make_day_close"),
        "may_reopen": found.closed and may(request.user, "reopen_day"),
    }
    return render(request, "contributions/tie_out_day.html", context, status=status)


@needs("view_tie_out")
@require_GET
def tie_out_transfers(request):
    """The transfers behind a figure of the ledger, each to be opened."""
    form = TransferFilter(request.GET)
    chosen = form.chosen()
    found = tying_out.transfers_of(request.user.county_code, **chosen)
    count, amount = tying_out.sum_of(found)
    pages = Paginator(found.select_related("resident"), LINES_PER_PAGE)
    pages.count = count  # known with the sum; to count again is one more walk through all years
    page = pages.get_page(request.GET.get("page"))
    for one in page:
        one.name, one.scheme = mask_name(one.resident.name), SHORT_NAMES[one.scheme_id]
    context = {
        "form": form,
        "page": page,
        "count": count,
        "amount": amount,
        "first": chosen["first"],
        "channel": None if chosen["channel"] is None else channel_name(chosen["channel"]),
        "may_open": may(request.user, "view_transfer"),
        "may_export": may(request.user, "export_people"),
    }
    return render(request, "contributions/tie_out_transfers.html", context)


@needs("view_tie_out")
@require_GET
def tie_out_rows(request, day):
    """The file rows behind the tax bureau's figure of a day, each to be opened."""
    found = _day_or_404(day)
    scheme, page = request.GET.get("scheme", ""), request.GET.get("page", "")
    number = int(page) if page.isdecimal() and 0 < int(page) <= LAST_PAGE else 1
    rows = tying_out.tax_rows_of(
        request.user.county_code,
        found,
        scheme_id=int(scheme) if scheme.isdecimal() and len(scheme) < 3 else None,
        channel=request.GET.get("channel"),
        is_unmatched="unmatched" in request.GET,
        limit=LINES_PER_PAGE + 1,
        offset=(number - 1) * LINES_PER_PAGE,
    )
    names = SHORT_NAMES
    for row in rows:
        row["name"], row["ruling"] = mask_name(row["name"]), VERDICTS[row["verdict"]]
        row["scheme"] = names.get(row["scheme_id"], "")
    context = {
        "day": found,
        "rows": rows[:LINES_PER_PAGE],
        "number": number,
        "has_next": len(rows) > LINES_PER_PAGE and number < LAST_PAGE,
    }
    return render(request, "contributions/tie_out_rows.html", context)


@needs("make_day_close")
@require_POST
def close_day(request, day):
    day = _day_or_404(day)
    try:
        close = tying_out.close_day(
            request.user.county_code,
            day,
            explanation=request.POST.get("explanation", ""),
            by=request.user,
        )
    except Refusal as refusal:
        return _day_page(request, day, fault=str(refusal), status=422)
    messages.success(request, _("已提交 %(day)s 关账，等另一位财务复核。") % {"day": close.day})
    return redirect("contributions:tie_out_day", f"{day}")


@needs("view_tie_out")
@require_GET
def day_close(request, dayclose_id):
    """Where the steps of a close lead back to: the page of its day."""
    close = get_object_or_404(DayClose.objects.visible_to(request.user), pk=dayclose_id)
    return redirect("contributions:tie_out_day", f"{close.day}")


@needs("reopen_day")
@require_POST
def reopen_day(request, day):
    day = _day_or_404(day)
    tying_out.reopen_day(
        request.user.county_code, day, reason=request.POST.get("reason", ""), by=request.user
    )
    messages.success(request, _("%(day)s 已重开，核对后重新关账。") % {"day": day})
    return redirect("contributions:tie_out_day", f"{day}")


@needs("view_tie_out")
@require_GET
def in_transit(request):
    """Payments made and not arrived: in transit for five working days, a discrepancy after."""
    rows = tying_out.in_transit(request.user.county_code, today().year)
    for row in rows:
        row["name"] = mask_name(row["name"])
        row["scheme"] = SHORT_NAMES.get(row["scheme_id"], "")
    context = {
        "rows": rows,
        "overdue": sum(row["is_overdue"] for row in rows),
        "days": tying_out.DAYS_IN_TRANSIT,
        "most": tying_out.MOST_IN_TRANSIT,
        "may_open": may(request.user, "view_feed"),
    }
    return render(request, "contributions/in_transit.html", context)


# --- statements ---


@needs("view_tie_out")
@require_GET
def statements(request):
    return _statements_with(request, StatementForm())


def _statements_with(request, form, status=200):
    found = BankStatement.objects.visible_to(request.user).select_related(
        "file", "job", "uploaded_by"
    )
    page = Paginator(found, STATEMENTS_PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "form": form, "may_upload": may(request.user, "upload_statement")}
    return render(request, "contributions/statements.html", context, status=status)


@needs("upload_statement")
@require_POST
def upload_statement(request):
    form = StatementForm(request.POST, request.FILES)
    if not form.is_valid():
        return _statements_with(request, form, status=422)
    try:
        statement, is_new = bank_statements.receive_statement(
            form.cleaned_data["file"], source=form.cleaned_data["source"], by=request.user
        )
    except SheetRefusal as refusal:
        form.add_error("file", str(refusal))
        return _statements_with(request, form, status=refusal.status)
    if not is_new:
        messages.info(request, _("这个文件已经传过，下面是当时的结果，没有重复计入。"))
    return redirect("contributions:statement", statement.pk)


@needs("view_tie_out")
@require_GET
def statement(request, statement_id):
    """One statement: its lines, those that do not count, and the rows that could not be read."""
    found = _statement_or_404(request, statement_id)
    page = Paginator(found.lines.all(), LINES_PER_PAGE).get_page(request.GET.get("page"))
    names = SHORT_NAMES
    for line in page:
        line.scheme, line.channel_name = names.get(line.scheme_id, ""), channel_name(line.channel)
    context = {
        "statement": found,
        "job": found.job,
        "page": page,
        "faults": [
            (one["row"], bank_statements.FAULTS[one["fault"]], one["text"]) for one in found.faults
        ],
        "may_withdraw": found.withdrawn_at is None
        and found.job.is_finished
        and may(request.user, "upload_statement"),
    }
    is_part = request.htmx and not request.htmx.boosted
    name = "_statement" if is_part else "statement"
    return render(request, f"contributions/{name}.html", context)


@needs("upload_statement")
@require_POST
def withdraw_statement(request, statement_id):
    found = _statement_or_404(request, statement_id)
    bank_statements.withdraw_statement(
        found, by=request.user, reason=request.POST.get("reason", "")
    )
    messages.success(request, _("已撤回，这份对账单不再计入。"))
    return redirect("contributions:statement", found.pk)


def _statement_or_404(request, statement_id):
    found = BankStatement.objects.visible_to(request.user).select_related(
        "file", "job", "uploaded_by", "withdrawn_by"
    )
    return get_object_or_404(found, pk=statement_id)


# --- holidays ---


@needs("view_tie_out")
@require_GET
def holidays(request):
    return _holidays_with(request, CalendarDayForm())


def _holidays_with(request, form, status=200):
    year = _year(request)
    days = CalendarDay.objects.visible_to(request.user).filter(day__year=year)
    context = {
        "form": form,
        "year": year,
        "days": days,
        "may_change": may(request.user, "change_holidays"),
    }
    return render(request, "contributions/holidays.html", context, status=status)


@needs("change_holidays")
@require_POST
def fill_holidays(request):
    year = _year(request)
    count = working_days.fill_year(request.user.county_code, year, by=request.user)
    messages.success(
        request,
        _("已填入 %(year)d 年的 %(count)d 天，可逐日修改。") % {"year": year, "count": count},
    )
    return _to_holidays(year)


@needs("change_holidays")
@require_POST
def set_holiday(request):
    form = CalendarDayForm(request.POST)
    if not form.is_valid():
        return _holidays_with(request, form, status=422)
    said = form.cleaned_data
    working_days.set_day(
        request.user.county_code,
        said["day"],
        is_working=said["is_working"],
        words=said["words"],
        by=request.user,
    )
    return _to_holidays(said["day"].year)


@needs("change_holidays")
@require_POST
def forget_holiday(request, holiday_id):
    entry = get_object_or_404(CalendarDay.objects.visible_to(request.user), pk=holiday_id)
    year = entry.day.year
    working_days.forget_day(entry, by=request.user)
    return _to_holidays(year)


def _to_holidays(year):
    response = redirect("contributions:holidays")
    response["Location"] += f"?year={year}"
    return response


def _year(request):
    asked = request.POST.get("year") or request.GET.get("year", "")
    return int(asked) if asked.isdecimal() and 2009 <= int(asked) <= 2099 else today().year


def _day_or_404(text):
    try:
        return date.fromisoformat(text)
    except ValueError as fault:
        raise Http404 from fault
