"""Whom a preview answers differently, as a list to take away (受影响人员名单)."""

from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contributions.export_lists import HIDDEN_ID
from staff.exporting import ListKind
from subsidies.affected import HOW, UNKNOWN_TIER, list_affected
from subsidies.forms import AffectedFilter
from subsidies.models import Preview
from subsidies.previewing import PreviewIsGone
from townships.models import TOWN_CODE_LENGTH


def _preview(query, previews):
    """Return the preview that a list names: who agreed to it agreed to these very people."""
    number = query.get("preview", "")
    found = previews.finished().filter(pk=number).first() if number.isdecimal() else None
    if found is None:
        raise PreviewIsGone()
    return found


def _lines(area_code, query, staff):
    preview = _preview(query, Preview.objects.visible_to(staff))
    chosen = AffectedFilter(query, towns=()).chosen()
    lines = list_affected(preview, area_code=area_code, how=chosen["how"], tier=chosen["tier"])
    return lines.visible_to(staff).values_list(
        *("village_code", "resident__name", "resident__id_last4", "answer__base"),
        *("answer__before", "answer__after", "answer__how", "answer__is_paid"),
    )


def _cells(names):
    how_words = {code: str(words) for code, words in HOW.items()}

    def cells(row):
        village, name, last4, base, before, after, how, is_paid = row
        sides = (before or {}, after)
        return [
            *(names.get(village[:TOWN_CODE_LENGTH], ""), names.get(village, village)),
            *(name, HIDDEN_ID + last4, None if base == UNKNOWN_TIER else base),
            *(side.get(what) for what in ("due", "subsidy", "proxy") for side in sides),
            *(how_words[how], _("是") if is_paid else _("否")),
        ]

    return cells


def _notes(export):
    preview = _preview(QueryDict(export.query), Preview.objects.all())
    return [
        (_("区域"), export.area_code),
        (_("政策版本"), str(preview.policy)),
        (_("计算时间"), timezone.localtime(preview.computed_at).strftime("%Y-%m-%d %H:%M")),
        (_("说明"), _("按现行版本与这一版分别计算；已缴的人不重算。证件号码已脱敏")),
    ]


AFFECTED = ListKind(
    name=gettext_lazy("政策影响人员"),
    columns=(
        (gettext_lazy("乡镇"), "text", 16),
        (gettext_lazy("村（社区）"), "text", 16),
        (gettext_lazy("姓名"), "text", 12),
        (gettext_lazy("证件号码"), "text", 22),
        (gettext_lazy("缴费档次（元）"), "amount", 14),
        (gettext_lazy("现行应缴（元）"), "amount", 14),
        (gettext_lazy("新版应缴（元）"), "amount", 14),
        (gettext_lazy("现行补贴（元）"), "amount", 14),
        (gettext_lazy("新版补贴（元）"), "amount", 14),
        (gettext_lazy("现行代缴（元）"), "amount", 14),
        (gettext_lazy("新版代缴（元）"), "amount", 14),
        (gettext_lazy("变化"), "text", 18),
        (gettext_lazy("本年已缴"), "text", 10),
    ),
    people=_lines,
    cells=_cells,
    notes=_notes,
)
