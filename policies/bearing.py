"""Check who bears what: for each matter, for everyone, each part of the sum in full and once."""

from decimal import Decimal

from django.utils.translation import gettext as _

from policies.meeting import conditions_meet

# Three thirds come to one but for the place at which each is cut.
CUT_THIRDS = Decimal("1e-15")


def check_shares(text, rows):
    """For each matter, for everyone, each part of the sum must be borne in full."""
    for item in dict.fromkeys(row.values["item"] for row in rows.shares):
        parts = [row for row in rows.shares if row.values["item"] == item]
        keys = [repr(sorted(row.condition.items(), key=str)) for row in parts]
        # Rules of the same conditions make one sharing; others must not meet it.
        for key in dict.fromkeys(keys):
            group = [row for row, mine in zip(parts, keys, strict=True) if mine == key]
            _check_sharing(text, group)
        for place, row in enumerate(parts):
            for other in parts[:place]:
                if keys[parts.index(other)] != keys[place] and conditions_meet(
                    row.condition, other.condition
                ):
                    line = text.line_of(other.path)
                    reason = _("与第 %(line)d 行的分担重叠") % {"line": line}
                    text.add_fault(row.path, reason, _("把条件写全，使每笔只归一组"))
                    break


def _check_sharing(text, group):
    seen = set()
    for row in group:
        values = row.values
        key = (values["part"], values["segment_from"], values["segment_to"])
        if key in seen:
            text.add_fault(row.path, _("同一承担方写了两次"), _("留下一处"))
        seen.add(key)
        if values.get("rate") == 0:
            text.add_fault((*row.path, "比例"), _("是 0%"), _("删去这一条"))
    rests = [row for row in group if row.values.get("is_rest")]
    if len(rests) > 1:
        text.add_fault((*rests[1].path, "其余"), _("有两方承担其余"), _("留下一方"))
    if rests:
        _check_not_over(text, group)
        return
    fixed = [row for row in group if row.values.get("rate") is None]
    if fixed:
        text.add_fault((*fixed[-1].path, "金额"), _("定额之外没有人承担"), _("另写一条：其余: 是"))
        return
    for low, high in _segments(group):
        whole = sum(row.values["rate"] for row in group if _bears(row.values, low, high))
        if abs(whole - 1) > CUT_THIRDS:
            said = {"whole": f"{(whole * 100).normalize():f}"}
            reason = _("各级比例合计 %(whole)s%%，不是 100%%") % said
            text.add_fault((*group[-1].path, "比例"), reason, _("核对各级比例"))


def _check_not_over(text, group):
    for low, high in _segments(group):
        bearing = [row for row in group if _bears(row.values, low, high)]
        whole = sum(row.values.get("rate") or 0 for row in bearing)
        if whole - 1 > CUT_THIRDS:
            reason = _("各级比例合计超过 100%")
            text.add_fault((*bearing[-1].path, "比例"), reason, _("核对各级比例"))


def _segments(group):
    """Return the parts of the sum between all bounds that anybody names."""
    cuts = {row.values["segment_from"] or 0 for row in group} | {0}
    cuts |= {row.values["segment_to"] for row in group if row.values["segment_to"] is not None}
    ordered = sorted(cuts)
    return list(zip(ordered, [*ordered[1:], None], strict=True))


def _bears(values, low, high):
    bound = values["segment_to"]
    return (values["segment_from"] or 0) <= low and (
        bound is None or (high is not None and bound >= high)
    )
