"""Doors of the proxy rosters: the list, one more, sums, people, paper and Excel (代缴名册)."""

from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from contributions.errors import TooManyForOneFile
from enrollment.models import Resident
from pension_portal.clock import today
from pension_portal.paper import PDF, print_paper
from pension_portal.refusals import Refusal
from policies.schemes import SHORT_NAMES
from policies.words import IDENTITY_NAMES
from staff.approval_panel import look_of, panel_of
from staff.audit import record
from staff.permissions import may, needs
from subsidies import rosters as deeds
from subsidies.affected import payer_name
from subsidies.forms import RosterFilter, RosterForm, RosterPaymentForm
from subsidies.models import ProxyLine, ProxyRoster
from subsidies.paying import answer_for, due_of, paid_since
from subsidies.paying import pay_roster as note_payment
from subsidies.roster_paper import columns_of, paper_of, rows_of
from subsidies.views.matrix import area_names, page_of, table_file, towns_of, with_people

MOST_ROWS_AT_ONCE = 50_000


@needs("view_proxy")
@require_GET
def rosters(request):
    """All rosters, newest first."""
    page = page_of(request, ProxyRoster.objects.visible_to(request.user).order_by("-id"))
    for one in page:
        _dress(one)
    context = {"page": page, "may_make": may(request.user, "make_proxy")}
    return render(request, "subsidies/rosters.html", context)


@needs("make_proxy")
@require_http_methods(["GET", "POST"])
def new_roster(request):
    """Begin a roster; a worker draws it up."""
    form = RosterForm(
        request.POST or None,
        county_code=request.user.county_code,
        initial={"year": today().year, "as_of": today()},
    )
    if request.method == "POST" and form.is_valid():
        form.instance.county_code = request.user.county_code
        try:
            made = deeds.begin_roster(form.instance, by=request.user)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("subsidies:roster", made.pk)
    status = 422 if form.errors else 200
    return render(request, "subsidies/new_roster.html", {"form": form}, status=status)


@needs("view_proxy")
@require_GET
def roster(request, proxyroster_id):
    """One roster: sums by town, identity and payer, who is not paid for and why, what changed."""
    found = _roster_or_404(request, proxyroster_id)
    is_part = request.htmx and not request.htmx.boosted
    template = "subsidies/_roster.html" if is_part else "subsidies/roster.html"
    return render(request, template, _shown(request, found))


@needs("pay_proxy")
@require_POST
def pay_roster(request, proxyroster_id):
    found = _roster_or_404(request, proxyroster_id)
    form = RosterPaymentForm(request.POST)
    if form.is_valid():
        try:
            note_payment(found, paid_on=form.cleaned_data["paid_on"], by=request.user)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("已登记拨付，正在入账。"))
            return redirect("subsidies:roster", found.pk)
    context = _shown(request, found) | {"payment_form": form}
    return render(request, "subsidies/roster.html", context, status=422)


@needs("view_proxy_people")
@require_GET
def roster_people(request, proxyroster_id):
    """The people of a roster, inside one's own area."""
    found = _roster_or_404(request, proxyroster_id)
    form, lines, since = _lines_asked_for(request, found)
    page = page_of(request, lines.order_by("village_code", "resident_id"))
    listed = [
        {"resident_id": line.resident_id, "village_code": line.village_code, "line": line}
        for line in page
    ]
    for line in page:
        line.identity_name = IDENTITY_NAMES.get(line.identity, line.identity)
        line.own_since, answer = since.get(line.resident_id, (None, ""))
        line.answer_words = ProxyLine.Answer(answer).label if answer else ""
    context = {
        "roster": found,
        "form": form,
        "page": page,
        "lines": with_people(request.user, listed),
        "may_leave_out": found.is_open and may(request.user, "make_proxy"),
        "answers": ProxyLine.Answer.choices if _may_answer(request, found) else [],
    }
    return render(request, "subsidies/roster_people.html", context)


@needs("make_proxy")
@require_POST
def answer_own_payments(request, proxyroster_id):
    """Say of whoever has paid since whether the state pays all the same."""
    found = _roster_or_404(request, proxyroster_id)
    chosen = [int(one) for one in request.POST.getlist("resident") if one.isdecimal()]
    answer = request.POST.get("answer", "")
    count = answer_for(found, chosen, answer=answer, by=request.user)
    messages.success(request, _("已答复 %(count)d 人。") % {"count": count})
    people = reverse("subsidies:roster_people", args=[found.pk])
    return redirect(f"{people}?which={RosterFilter.SINCE}")


@needs("make_proxy")
@require_POST
def leave_out(request, proxyroster_id, resident_id):
    """Leave somebody out with a reason, or take them in again with none."""
    found = _roster_or_404(request, proxyroster_id)
    lines = ProxyLine.objects.of(found).inside(request.user.area_code)
    line = get_object_or_404(lines.select_related("resident"), resident=resident_id)
    deeds.leave_out(found, line.resident, because=request.POST.get("because", ""), by=request.user)
    messages.success(request, _("已改，名册须重新提交。"))
    return redirect("subsidies:roster_people", found.pk)


@needs("export_proxy")
@require_GET
def roster_excel(request, proxyroster_id):
    """The form 代缴人员花名册, numbers masked."""
    found = _roster_or_404(request, proxyroster_id)
    rows = _rows_to_take_away(request, found)
    columns = [column for column, _share in columns_of()]
    notes = [
        (_("文号"), found.document_no),
        (_("导出人"), request.user.name),
        (_("导出时间"), timezone.localtime().strftime("%Y-%m-%d %H:%M")),
    ]
    return table_file(columns, rows, _title(found), notes)


@needs("export_proxy")
@require_GET
def roster_print(request, proxyroster_id):
    """The same as PDF with the chain of signatures."""
    found = _roster_or_404(request, proxyroster_id)
    rows = _rows_to_take_away(request, found)
    table = paper_of(found, rows, title=_title(found), by=request.user)
    name = content_disposition_header(as_attachment=False, filename=f"{_title(found)}.pdf")
    pdf = print_paper("list", table.paper())
    return HttpResponse(pdf, content_type=PDF, headers={"Content-Disposition": name})


def _rows_to_take_away(request, roster):
    """Return the rows of the form, as the filter shows them; who takes them away is on record."""
    _form, lines, _since = _lines_asked_for(request, roster)
    lines = list(lines.order_by("village_code", "resident_id")[: MOST_ROWS_AT_ONCE + 1])
    if len(lines) > MOST_ROWS_AT_ONCE:
        raise TooManyForOneFile(most=f"{MOST_ROWS_AT_ONCE:,}")
    record("export_roster", roster, by=request.user, rows=len(lines))
    residents = Resident.objects.visible_to(request.user)
    residents = residents.in_bulk([line.resident_id for line in lines])
    return rows_of(lines, residents, area_names(line.village_code for line in lines))


def _lines_asked_for(request, roster):
    """Return the filter, the lines it shows, and who has paid since the roster was drawn up."""
    form = RosterFilter(request.GET, towns=towns_of(request.user))
    since = paid_since(roster, area_code=request.user.area_code)
    lines = ProxyLine.objects.visible_to(request.user).of(roster)
    return form, form.narrow(lines, since), since


def _may_answer(request, roster):
    return roster.state == "approved" and not roster.paid_on and may(request.user, "make_proxy")


def _roster_or_404(request, roster_id):
    found = ProxyRoster.objects.visible_to(request.user)
    found = found.select_related(
        "job", "previous", "paid_by", "made_by", "reviewed_by", "approved_by"
    )
    return _dress(get_object_or_404(found, pk=roster_id))


def _dress(roster):
    roster.scheme, roster.look = SHORT_NAMES[roster.scheme_id], look_of(roster)
    return roster


def _title(roster):
    return _("%(year)s 年%(scheme)s代缴人员花名册（第 %(number)d 份）") % {
        "year": roster.year,
        "scheme": roster.scheme,
        "number": roster.number,
    }


def _shown(request, roster):
    panel = panel_of(roster, request.user)
    may_list = may(request.user, "view_proxy_people")
    context = {"roster": roster, "job": roster.job, "panel": panel, "may_list": may_list}
    if roster.drawn_up_at is None:
        panel.buttons = []
        return context
    sums = deeds.sums_of(roster, area_code=request.user.area_code)
    changes = deeds.changes_of(roster, area_code=request.user.area_code)
    counts = {how: sum(one["how"] == how for one in changes) for how in deeds.HOW_CHANGED}
    may_pay = roster.state == "approved" and not roster.paid_on and may(request.user, "pay_proxy")
    since = paid_since(roster, area_code=request.user.area_code)
    return context | {
        "due": due_of(roster) if roster.state == "approved" and not roster.paid_on else None,
        "since": len(since),
        "passed_over": _passed_over(roster),
        "sums": _named(sums),
        # Handed over as lists: a template asks a defaultdict for a key called "values" first.
        "towns": list(sums.towns.values()),
        "identities": list(sums.identities.values()),
        "payer_names": [payer_name(code) for code in sums.payers],
        "held": [(ProxyLine.Held(code).label, people, code) for code, people in sums.held.items()],
        "change_counts": [(words, counts[how]) for how, words in deeds.HOW_CHANGED.items()],
        "changes": _people_of_changes(request, changes) if may_list else [],
        "payment_form": RosterPaymentForm(initial={"paid_on": today()}) if may_pay else None,
        "may_take_away": may(request.user, "export_proxy"),
    }


def _named(sums):
    """Return sums whose rows say the names of their places and what each payer bears."""
    names = area_names(sums.towns)
    for town, row in sums.towns.items():
        row.code, row.name = town, names.get(town, town)
    for (identity, standard), row in sums.identities.items():
        row.name, row.standard = IDENTITY_NAMES.get(identity, identity), standard
    for row in [*sums.towns.values(), *sums.identities.values(), sums.whole]:
        row.cells = [row.parts[payer] for payer in sums.payers]
    return sums


def _passed_over(roster):
    """Return (reason, people, code) of whom the payment of a roster passed over."""
    lines = ProxyLine.objects.of(roster).exclude(unpaid_because="")
    counts = lines.values_list("unpaid_because").annotate(people=Count("resident_id"))
    return [
        (ProxyLine.Unpaid(code).label, people, code)
        for code, people in counts.order_by("unpaid_because")
    ]


def _people_of_changes(request, changes):
    listed = with_people(request.user, changes)
    for line in listed:
        line["how_words"] = deeds.HOW_CHANGED[line["how"]]
        line["before_name"] = IDENTITY_NAMES.get(line["before_identity"], line["before_identity"])
        line["now_name"] = IDENTITY_NAMES.get(line["identity"], line["identity"])
    return listed
