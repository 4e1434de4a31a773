"""The interest of one run, account by account, to be taken away as its page shows it (结息明细)."""

from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext_lazy

from benefits.interest import lines_of
from benefits.models import InterestLine, InterestRun, Source
from contributions.export_lists import HIDDEN_ID, words_of
from contributions.money_lists import notes, places
from enrollment.models import Resident
from staff.exporting import ListKind


def _lines(area_code, query, staff):
    number = query.get("run", "")
    runs = InterestRun.objects.visible_to(staff)
    run = runs.filter(pk=number).first() if number.isdecimal() and len(number) < 10 else None
    lines = lines_of(run) if run else InterestLine.objects.none()
    if query.get("source") in Source.values:
        lines = lines.filter(source=query["source"])
    person = Resident.objects.filter(pk=OuterRef("resident_id"))
    named = lines.inside(area_code).annotate(
        name=Subquery(person.values("name")), id_last4=Subquery(person.values("id_last4"))
    )
    return named.values_list(
        *("village_code", "name", "id_last4", "source", "opening", "paid_in", "amount")
    )


def _cells(names):
    sources = words_of(Source)

    def cells(row):
        village, name, last4, source, opening, paid_in, amount = row
        return [
            *(*places(names, village), name or "", HIDDEN_ID + (last4 or "")),
            *(sources[source], opening, paid_in, amount),
        ]

    return cells


INTEREST = ListKind(
    name=gettext_lazy("结息明细"),
    columns=(
        (gettext_lazy("乡镇（街道）"), "text", 16),
        (gettext_lazy("村（社区）"), "text", 16),
        (gettext_lazy("姓名"), "text", 12),
        (gettext_lazy("证件号码"), "text", 22),
        (gettext_lazy("资金来源"), "text", 12),
        (gettext_lazy("年初余额（元）"), "amount", 15),
        (gettext_lazy("本年记入（元）"), "amount", 15),
        (gettext_lazy("利息（元）"), "amount", 13),
    ),
    people=_lines,
    cells=_cells,
    notes=notes,
    action="view_account",
)
