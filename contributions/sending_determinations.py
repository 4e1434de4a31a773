"""Take approved back payments to the tax bureau in lists, and compare what came (补缴送税务).

    2021-02-01  BJ2021-0001: 张桂兰 2016–2018, 1,500.00; 李四 2019, 500.00
    2021-02-20  张桂兰 paid 1,500.00 for these years     paid exactly
                李四 paid 300.00                          another sum: held until settled

A determination goes out once. What came is never kept: it is asked of the books each time.
"""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from contributions.models import Determination, DeterminationList
from contributions.posting import lock_books
from contributions.statements import fetch_statement
from pension_portal.clock import today
from pension_portal.refusals import Refusal
from pension_portal.sheet_writing import TableColumn
from policies.models import Scheme
from staff.audit import record

# How what came stands to what was determined: tone, icon, words.
OUTCOMES = {
    "exact": ("good", "circle-check", _("年度和金额一致")),
    "other_sum": ("bad", "alert-triangle", _("金额不符")),
    "other_years": ("bad", "alert-triangle", _("年度不符")),
    "not_yet": ("neutral", "clock", _("还没缴")),
}


class NothingToSend(Refusal):
    code = "no_determination_to_send"
    sentence = _("没有已同意、还没送税务的补缴核定。审批同意后再来。")


@transaction.atomic
def send_determinations(county_code, *, by):
    """Put every approved determination that has not gone out into a list; return the list.

    Refuses NothingToSend.
    """
    lock_books(county_code)
    unsent = Determination.objects.filter(county_code=county_code).unsent()
    numbers = list(unsent.select_for_update(of=["self"]).values_list("pk", flat=True))
    if not numbers:
        raise NothingToSend()
    begins = f"BJ{today().year}-"
    made = DeterminationList.objects.filter(county_code=county_code, number__startswith=begins)
    sent = DeterminationList.objects.create(
        county_code=county_code, number=f"{begins}{made.count() + 1:04d}", made_by=by
    )
    Determination.objects.filter(pk__in=numbers).update(sent_list=sent)
    record("send_determinations", sent, by=by, determinations=len(numbers))
    return sent


def compare(sent):
    """Return {determination: what came of it} of a list, by one statement."""
    return {
        row["id"]: row
        for row in fetch_statement("compare_determination_list", {"list_id": sent.pk})
    }


def columns():
    """The tax bureau's layout for special payments."""
    return [
        TableColumn(_("征集通知流水号"), "text", 20),
        TableColumn(_("险种"), "text", 16),
        TableColumn(_("缴费类型"), "text", 10),
        TableColumn(_("证件号码"), "text", 22),
        TableColumn(_("姓名"), "text", 12),
        TableColumn(_("费款所属期起"), "text", 14),
        TableColumn(_("费款所属期止"), "text", 14),
        TableColumn(_("补缴年数"), "number", 10),
        TableColumn(_("补缴年度"), "text", 30),
        TableColumn(_("应缴金额"), "amount", 14),
        TableColumn(_("核定日期"), "day", 12),
    ]


def rows(sent):
    """Return a list's rows in the order of `columns`; the same queries however long it is."""
    schemes = dict(Scheme.objects.values_list("pk", "short_name"))
    found = sent.determinations.select_related("resident").prefetch_related("years").order_by("pk")
    return [_row(one, schemes) for one in found]


def _row(one, schemes):
    years = [year.year for year in one.years.all()]
    return [
        *(one.number, schemes.get(one.scheme_id, ""), one.kind),
        *(one.resident.id_number, one.resident.name, f"{years[0]}01", f"{years[-1]}12"),
        *(len(years), "、".join(map(str, years)), one.amount, one.approved_on),
    ]
