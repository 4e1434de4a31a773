"""Lists of people that can be taken away: roster, unpaid, paid, the tax bureau's (导出名单).

Each reads a handful of columns in one statement; numbers are masked from what stands in the clear,
so that only the tax bureau's roster unseals any.
"""

from datetime import date

from django.db.models import OuterRef, Subquery
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contributions.data_age import data_age
from contributions.forms import PaidFilter
from contributions.models import Transfer
from contributions.unpaid import paid
from contributions.unpaid_lists import filter_of, people_of
from enrollment.models import Enrolment, Resident
from pension_portal.clock import today
from policies.rules.ages import age_on
from policies.schemes import SHORT_NAMES
from policies.words import BASIC
from staff.exporting import ListKind
from townships.models import TOWN_CODE_LENGTH, Area

HIDDEN_ID, HIDDEN_PHONE = "*" * 14, "*" * 7
RESIDENT_CARD = gettext_lazy("居民身份证")

_TOWN = (gettext_lazy("乡镇（街道）"), "text", 16)
_VILLAGE = (gettext_lazy("村（社区）"), "text", 16)
_GROUP = (gettext_lazy("组"), "text", 10)
_NAME = (gettext_lazy("姓名"), "text", 12)
_SEX = (gettext_lazy("性别"), "text", 6)
_ID = (gettext_lazy("证件号码"), "text", 22)


def words_of(choices):
    """Return {value: word} of some choices, in the language of now and not looked up each time."""
    return {value: str(words) for value, words in choices.choices}


def campaign_of(query):
    """Return (scheme, year) that a query asks for; the basic scheme and this year by default."""
    scheme, year = query.get("scheme", ""), query.get("year", "")
    return (
        int(scheme) if scheme.isdigit() and int(scheme) in SHORT_NAMES else BASIC,
        int(year) if year.isdigit() and len(year) == 4 else today().year,
    )


def notes_of_campaign(export):
    """Return the (what, value) pairs that every list of a campaign says of itself."""
    scheme_id, year = campaign_of(QueryDict(export.query))
    until = data_age(export.county_code, year).until
    return [
        (_("险种"), str(SHORT_NAMES[scheme_id])),
        (_("年度"), str(year)),
        (_("数据截至"), until.isoformat() if until else _("还没有入账的缴费文件")),
        (_("区域"), export.area_code),
        (_("筛选"), export.query or _("全部")),
    ]


def _places(names, village_code, group_code=""):
    town = names.get(village_code[:TOWN_CODE_LENGTH], "")
    return [town, names.get(village_code, village_code), names.get(group_code, "")]


# --- Roster -----------------------------------------------------------------------------------


def _enrolled(area_code, query, staff):
    scheme_id, _year = campaign_of(query)
    people = Enrolment.objects.visible_to(staff).inside(area_code).filter(scheme_id=scheme_id)
    if query.get("status") in Enrolment.Status.values:
        people = people.filter(status=query["status"])
    return people.order_by("village_code", "resident__group_code", "resident_id")


def _roster(area_code, query, staff):
    return _enrolled(area_code, query, staff).values_list(
        *("village_code", "resident__group_code", "resident__household__head_name"),
        *("resident__name", "resident__sex", "resident__born_on", "resident__id_last4"),
        *("status", "started_on", "registered_tier"),
    )


def _roster_cells(names):
    sexes, statuses = words_of(Resident.Sex), words_of(Enrolment.Status)

    def cells(row):
        village, group, head, name, sex, born_on, last4, status, started_on, tier = row
        return [
            *_places(names, village, group),
            *(head or "", name, sexes[sex], born_on, HIDDEN_ID + last4),
            *(statuses[status], started_on, tier),
        ]

    return cells


ROSTER = ListKind(
    name=gettext_lazy("参保花名册"),
    columns=(
        *(_TOWN, _VILLAGE, _GROUP),
        (gettext_lazy("户主"), "text", 12),
        *(_NAME, _SEX),
        (gettext_lazy("出生日期"), "day", 13),
        _ID,
        (gettext_lazy("参保状态"), "text", 12),
        (gettext_lazy("参保日期"), "day", 13),
        (gettext_lazy("登记档次（元）"), "amount", 13),
    ),
    people=_roster,
    cells=_roster_cells,
    notes=notes_of_campaign,
    is_signed=True,
)


# --- Unpaid and paid --------------------------------------------------------------------------


def unpaid_people(area_code, query, staff):
    """Return the enrolments that a filter of the unpaid list finds."""
    area = Area.objects.get(pk=area_code)
    return people_of(area, filter_of(query, area, staff).chosen(), staff, as_a_whole=True)


def _unpaid(area_code, query, staff):
    return unpaid_people(area_code, query, staff).values_list(
        *("village_code", "resident__group_code", "resident__household__head_name"),
        *("resident__name", "resident__sex", "resident__born_on", "resident__id_last4"),
        *("resident__phone_last4", "registered_tier"),
    )


def _unpaid_cells(names):
    sexes, day = words_of(Resident.Sex), today()

    def cells(row):
        village, group, head, name, sex, born_on, last4, phone, tier = row
        return [
            *_places(names, village, group),
            *(head or "", name, sexes[sex], age_on(day, born_on), HIDDEN_ID + last4),
            *(HIDDEN_PHONE + phone if phone else "", tier),
        ]

    return cells


UNPAID = ListKind(
    name=gettext_lazy("未缴名单"),
    columns=(
        *(_TOWN, _VILLAGE, _GROUP),
        (gettext_lazy("户主"), "text", 12),
        *(_NAME, _SEX),
        (gettext_lazy("年龄"), "number", 7),
        _ID,
        (gettext_lazy("联系电话"), "text", 15),
        (gettext_lazy("登记档次（元）"), "amount", 13),
    ),
    people=_unpaid,
    cells=_unpaid_cells,
    notes=notes_of_campaign,
    is_signed=True,
)


def _paid(area_code, query, staff):
    chosen = PaidFilter(query).chosen()
    payments = paid(area_code, scheme_id=chosen["scheme"], year=chosen["year"]).visible_to(staff)
    for name, column in (("source", "source"), ("day", "paid_on"), ("tier", "tier_amount")):
        if chosen.get(name):
            payments = payments.filter(**{column: chosen[name]})
    return payments.values_list(
        *("village_code", "resident__group_code", "resident__name", "resident__id_last4"),
        *("source", "amount", "tier_amount", "paid_on", "treasury_on", "receipt"),
    )


def _paid_cells(names):
    sources = words_of(Transfer.Source)

    def cells(row):
        village, group, name, last4, source, amount, tier, paid_on, treasury_on, receipt = row
        return [
            *_places(names, village, group),
            *(name, HIDDEN_ID + last4, sources[source]),
            *(amount, tier, paid_on, treasury_on, receipt),
        ]

    return cells


PAID = ListKind(
    name=gettext_lazy("已缴名单"),
    columns=(
        *(_TOWN, _VILLAGE, _GROUP, _NAME, _ID),
        (gettext_lazy("资金来源"), "text", 12),
        (gettext_lazy("金额（元）"), "amount", 13),
        (gettext_lazy("档次（元）"), "amount", 13),
        (gettext_lazy("缴款日期"), "day", 13),
        (gettext_lazy("入库日期"), "day", 13),
        (gettext_lazy("电子税票号码"), "text", 24),
    ),
    people=_paid,
    cells=_paid_cells,
    notes=notes_of_campaign,
)


# --- To the tax bureau ------------------------------------------------------------------------


def _for_the_tax_bureau(area_code, query, staff):
    """Last year's enrolled people with their full numbers, in the bureau's own columns (M35)."""
    scheme_id, year = campaign_of(query)
    last_tier = Transfer.objects.filter(
        county_code=OuterRef("county_code"),
        year=year - 1,
        scheme_id=scheme_id,
        resident_id=OuterRef("resident_id"),
        kind=Transfer.Kind.NORMAL,
        source=Transfer.Source.OWN,
    ).order_by("-id")
    people = _enrolled(area_code, query, staff).filter(
        resident__life_status=Resident.LifeStatus.ALIVE
    )
    started = people.exclude(started_on__gte=date(year, 1, 1))
    return started.annotate(last_tier=Subquery(last_tier.values("tier_amount")[:1])).values_list(
        *("resident__id_number", "resident__name", "resident__sex", "resident__born_on"),
        *("village_code", "scheme_id", "registered_tier", "last_tier"),
    )


def _tax_cells(names):
    sexes, card = words_of(Resident.Sex), str(RESIDENT_CARD)
    schemes = {number: str(name) for number, name in SHORT_NAMES.items()}

    def cells(row):
        number, name, sex, born_on, village, scheme_id, tier, last_tier = row
        town, village_name, _group = _places(names, village)
        return [
            *(number, name, card, sexes[sex], born_on),
            *(schemes[scheme_id], town, village_name, tier, last_tier),
        ]

    return cells


TAX_ROSTER = ListKind(
    name=gettext_lazy("参保人员基本信息清册（传税务）"),
    columns=(
        (gettext_lazy("身份证件号码"), "text", 22),
        (gettext_lazy("缴费人姓名"), "text", 12),
        (gettext_lazy("身份证件类型"), "text", 13),
        _SEX,
        (gettext_lazy("出生日期"), "day", 13),
        (gettext_lazy("征收项目"), "text", 14),
        (gettext_lazy("街道乡镇"), "text", 16),
        (gettext_lazy("村（社区）"), "text", 16),
        (gettext_lazy("缴费标准（元）"), "amount", 13),
        (gettext_lazy("上年缴费（元）"), "amount", 13),
    ),
    people=_for_the_tax_bureau,
    cells=_tax_cells,
    notes=notes_of_campaign,
    # Full numbers leave the portal: never by one person alone, however few.
    always_asks=True,
)
