"""The ranking table as it is shown: every figure in words, once, so that the template only lays out
cells.
"""

from functools import cache

from django.utils.html import escape, format_html
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from oversight.columns import COLUMNS, cut_share
from pension_portal.templatetags.figures import NONE, percent, signed, ten_thousands, whole, yuan

# What is shown on a phone, where each row is a card: what a village asks every day.
ON_A_PHONE = {"task", "paid", "new", "rate", "ahead", "needed_a_day", "open_exceptions"}
TICK = format_html('<i class="tick tick-{}"></i>', 85)


def table_rows(places, url_of, *, has_tick):
    """Return the rows of some standings; `url_of` gives the address of a place, "" for none."""
    return [table_row(place, url_of(place.code), has_tick=has_tick) for place in places]


def table_row(place, url, *, has_tick=False, name=None):
    """Return the row of one standing: the place, its address, and its cells as HTML.

    A county's table has four hundred cells; a template that asks each what it is takes longer than
    everything else on the page. `name` stands where the place's own would: the word for the total.
    """
    return {
        "place": place,
        "url": url,
        "cells": mark_safe(  # noqa: S308 - each cell is escaped by itself
            "".join(_cell(column, place, url, has_tick, name) for column in COLUMNS)
        ),
    }


def _cell(column, place, url, has_tick, name):
    """Return one cell: what is behind stands in red, a rate brings its bar."""
    words = WORDS.get(column.kind, _whole)(column.value_of(place), place)
    if column.kind == "place":
        words = name or words
        return (
            format_html('<th scope="row"><a href="{}">{}</a></th>', url, words)
            if url
            else format_html('<th scope="row">{}</th>', words)
        )
    begin = _begin(column)
    if column.kind == "rate" and place.rate is not None:
        share = cut_share(place.rate)
        return format_html(
            '{}"><span class="rate{}"><span class="rate-bar">{}'
            '<progress max="100" value="{}" aria-label="{}"></progress></span>'
            '<span class="rate-words">{}</span></span></td>',
            begin,
            _tone(place),
            TICK if has_tick else "",
            f"{min(share * 100, 100):f}",
            _("%(name)s完成率") % {"name": place.name},
            words,
        )
    if column.kind == "rank":
        return format_html(
            '{}">{}<small class="moved {}">{}</small></td>',
            begin,
            words,
            "text-green" if place.moved and place.moved > 0 else "text-red",
            signed(place.moved) if place.moved else "",
        )
    return f'{begin}{" text-red" if _is_bad(column, place) else ""}">{escape(words)}</td>'


def _begin(column):
    """Return the tag of a cell up to the end of its classes, and the name that stands before the
    figure on a phone.
    """
    return _begin_of(column.key, str(column.label))


@cache
def _begin_of(key, label):
    more = "" if key in ON_A_PHONE else " not-on-phone"
    return format_html('<td data-label="{}" class="num{}', label.replace("\n", ""), more)


def _tone(place):
    """Red behind today's line, green at the goal of the stage; the figures beside the bar say so
    too.
    """
    if place.ahead is not None and place.ahead < 0:
        return " rate-bad"
    return " rate-good" if place.is_reached else ""


def _is_bad(column, place):
    if column.kind == "signed":
        return place.ahead is not None and place.ahead < 0
    return column.kind == "reached" and place.is_out_of_reach


def _reached_words(value, place):
    """The day is a guess, so it never stands bare."""
    if place.is_reached:
        return _("已达")
    if value:
        return _("约 %(day)s") % {"day": f"{value:%m-%d}"}
    return _("期内不达") if place.is_out_of_reach else NONE


def _whole(value, _place):
    return whole(value)


WORDS = {
    "place": lambda value, _place: value,
    "rank": lambda value, _place: str(value) if value else "",
    "signed": lambda value, _place: signed(value),
    "rate": lambda value, _place: percent(cut_share(value)),
    "share": lambda value, _place: percent(cut_share(value)),
    "mean": lambda value, _place: NONE if value is None else whole(round(value)),
    "reached": _reached_words,
    "wan": lambda value, _place: ten_thousands(value),
    "yuan": lambda value, _place: yuan(value),
    "score": lambda value, _place: yuan(value),
}
