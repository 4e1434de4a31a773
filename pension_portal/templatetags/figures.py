"""How figures stand on a page: 1,234.00, 223,300, 84.9%, 2021-03-14 18:00, and `--` for none."""

import datetime
import json
from decimal import Decimal

from django import template
from django.core.serializers.json import DjangoJSONEncoder
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html

from pension_portal import money

register = template.Library()

# The same thirty drawings stand on every page; each is written once.
_icons = {}

NONE = "--"
UNDO_MARK = "undo="


@register.filter
def yuan(amount):
    """Return `1,234.00`, or `--` for none."""
    return NONE if amount in (None, "") else money.yuan(Decimal(amount))


@register.filter
def ten_thousands(amount):
    """Return yuan as 万元 with two places, or `--` for none."""
    return NONE if amount in (None, "") else money.ten_thousands(amount)


@register.filter
def capitals(amount):
    """Return yuan in Chinese capitals, which are the same in every language, or `--` for none."""
    if amount in (None, ""):
        return NONE
    return format_html('<span lang="zh-Hans">{}</span>', money.capitals(amount))


@register.filter
def whole(count):
    """Return a count as `223,300`, or `--` for none.

    Not Django's own grouping: for Chinese it groups by four.
    """
    return NONE if count in (None, "") else f"{int(count):,}"


@register.filter
def signed(count):
    """Return a difference as `+1,204`, `−37` or `0`; the minus is as wide as the plus."""
    if count in (None, ""):
        return NONE
    return f"{int(count):+,}".replace("-", "−") if int(count) else "0"


@register.filter
def percent(share, places=1):
    """Return a share of one as `84.9%`, cut off: rounding up would show a target not reached."""
    if share in (None, ""):
        return NONE
    step = Decimal(1).scaleb(-places)
    return f"{(Decimal(str(share)) * 100).quantize(step, 'ROUND_FLOOR')}%"


@register.filter
def moment(value):
    """Return a moment as `2021-03-14 18:00`, a day as `2021-03-14`, text as it is."""
    if isinstance(value, datetime.datetime):
        value = timezone.localtime(value) if timezone.is_aware(value) else value
        return value.strftime("%Y-%m-%d %H:%M")
    return value.isoformat() if isinstance(value, datetime.date) else (value or NONE)


@register.filter
def cell(value):
    """Return a table cell: whole numbers grouped, decimals as money, days in ISO form."""
    if isinstance(value, bool) or value is None:
        return NONE if value is None else value
    if isinstance(value, int):
        return whole(value)
    if isinstance(value, Decimal):
        return yuan(value)
    return moment(value)


@register.filter
def plain_number(value):
    """Return a number as HTML attributes want it: a point and no grouping; 0 for none."""
    return format(Decimal(str(value or 0)).normalize(), "f")


@register.filter
def undo_url(message):
    """Return where a message's 撤销 posts to; empty when it has none.

    A view says so by `messages.success(request, words, extra_tags="undo=/some/path/")`.
    """
    tags = (message.extra_tags or "").split()
    return next((tag[len(UNDO_MARK) :] for tag in tags if tag.startswith(UNDO_MARK)), "")


@register.filter
def json_script_for(data, chart_id):
    """Return a chart's data as a hidden element that `charts.js` finds by its id.

    No script element: htmx takes those out of everything it brings in later.
    """
    text = json.dumps(data, cls=DjangoJSONEncoder, ensure_ascii=False)
    return format_html('<div hidden id="{}-data">{}</div>', chart_id, text)


@register.filter
def pairs_but(query, left_out):
    """Return the (key, value) pairs of a query string except one key, repeated keys kept."""
    return [(key, value) for key, values in query.lists() if key != left_out for value in values]


@register.filter
def widget_kind(field):
    """Return how a field is laid out: `checkbox`, `choices`, `file`, `area` or `text`."""
    kind = getattr(field.field.widget, "input_type", None)
    if kind == "checkbox" and not hasattr(field.field, "choices"):
        return "checkbox"
    if kind in ("radio", "checkbox"):
        return "choices"
    if kind == "file":
        return "file"
    return "text" if kind else "area"


@register.simple_tag
def icon(name, css=""):
    """Return one drawing of icons.svg; it says nothing by itself, words stand beside it."""
    if (name, css) not in _icons:
        _icons[name, css] = format_html(
            '<svg class="icon{}" width="16" height="16" aria-hidden="true" focusable="false">'
            '<use href="{}#{}"></use></svg>',
            f" {css}" if css else "",
            static("icons.svg"),
            name,
        )
    return _icons[name, css]
