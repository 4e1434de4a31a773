"""The ranking table as it is shown: every figure in words, once, so that the template only lays out
cells.
"""

from django.utils.translation import gettext as _

from oversight.columns import COLUMNS, cut_share
from pension_portal.templatetags.figures import NONE, percent, signed, ten_thousands, whole, yuan


def table_rows(places, url_of):
    """Return the rows of some standings: the place, its address, and its cells."""
    return [table_row(place, url_of(place.code)) for place in places]


def table_row(place, url):
    return {
        "place": place,
        "url": url,
        "cells": [_cell(column, place) for column in COLUMNS],
    }


def _cell(column, place):
    """Return one cell: its kind, its words, whether they stand in red; a rate brings its bar."""
    words = WORDS.get(column.kind, _whole)(column.value_of(place), place)
    cell = {"kind": column.kind, "words": words}
    if column.kind == "rate" and place.rate is not None:
        share = cut_share(place.rate)
        cell |= {
            "bar": min(share * 100, 100),
            "label": _("%(name)s完成率") % {"name": place.name},
            "tone": _tone(place),
        }
    if column.kind == "rank":
        cell["moved"] = signed(place.moved) if place.moved else ""
        cell["is_up"] = bool(place.moved) and place.moved > 0
    cell["is_bad"] = _is_bad(column, place)
    return cell


def _tone(place):
    """Red behind today's line, green at the goal of the stage; the figures beside the bar say so
    too.
    """
    if place.ahead is not None and place.ahead < 0:
        return "bad"
    return "good" if place.is_reached else ""


def _is_bad(column, place):
    if column.kind == "signed":
        return place.ahead is not None and place.ahead < 0
    return column.kind == "reached" and bool(place.task) and _never_reached(place)


def _never_reached(place):
    return place.reached_on is None and not place.is_reached


def _reached_words(value, place):
    """The day is a guess, so it never stands bare."""
    if place.is_reached:
        return _("已达")
    if value:
        return _("约 %(day)s") % {"day": f"{value:%m-%d}"}
    return _("期内不达") if place.task else NONE


def _whole(value, _place):
    return whole(value)


WORDS = {
    "place": lambda value, _place: value,
    "rank": lambda value, _place: str(value) if value else "",
    "signed": lambda value, _place: signed(value),
    "rate": lambda value, _place: percent(cut_share(value)),
    "share": lambda value, _place: percent(cut_share(value)),
    "mean": lambda value, _place: whole(round(value)),
    "reached": _reached_words,
    "wan": lambda value, _place: ten_thousands(value),
    "yuan": lambda value, _place: yuan(value),
    "score": lambda value, _place: yuan(value),
}
