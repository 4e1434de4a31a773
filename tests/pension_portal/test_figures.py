"""Figures on the screen: grouped by three, cut and never rounded up, `--` for none."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django import forms
from django.contrib.messages.storage.base import Message
from django.http import QueryDict
from django.utils import translation

from pension_portal.context import portal
from pension_portal.templatetags import figures


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (figures.yuan(Decimal("1234")), "1,234.00"),
        (figures.yuan(0), "0.00"),
        (figures.yuan(None), "--"),
        (figures.whole(223300), "223,300"),
        (figures.whole(0), "0"),
        (figures.whole(None), "--"),
        (figures.signed(1204), "+1,204"),
        (figures.signed(-37), "−37"),
        (figures.signed(0), "0"),
        (figures.percent(Decimal("0.84999")), "84.9%"),
        (figures.percent(1), "100.0%"),
        (figures.percent(None), "--"),
        (figures.moment(date(2021, 3, 14)), "2021-03-14"),
        (figures.moment(datetime(2021, 3, 14, 10, 0, tzinfo=UTC)), "2021-03-14 18:00"),
        (figures.moment(None), "--"),
        (figures.cell(18204), "18,204"),
        (figures.cell(Decimal("500")), "500.00"),
        (figures.cell("东湾镇"), "东湾镇"),
        (figures.plain_number(Decimal("84.90")), "84.9"),
        (figures.plain_number(100), "100"),
        (figures.plain_number(None), "0"),
    ],
)
def test_a_figure_stands_as_people_write_it(shown, expected):
    assert shown == expected


def test_a_message_says_where_its_undo_posts_to():
    with_undo = Message(20, "已入账 3 笔", extra_tags="feed undo=/feeds/7/reverse/")

    assert figures.undo_url(with_undo) == "/feeds/7/reverse/"
    assert figures.undo_url(Message(20, "已入账 3 笔")) == ""


def test_the_pager_keeps_repeated_filters():
    query = QueryDict("town=a&town=b&page=3")

    assert figures.pairs_but(query, "page") == [("town", "a"), ("town", "b")]


def test_a_chart_cannot_end_its_own_script():
    assert "</script><" not in figures.json_script_for({"name": "</script><b>"}, "x")


def test_a_forged_look_reaches_no_page(rf):
    request = rf.get("/")
    request.COOKIES["portal_look"] = 'text-150."><script>'

    assert portal(request)["portal_look"] == "text-150"


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_day_field_gets_the_day_as_browsers_read_it(language):
    day = forms.DateField(initial=date(2021, 3, 31))

    with translation.override(language):
        written = forms.DateInput().format_value(day.initial)
        read = day.clean("2021年3月31日")

    assert (written, read) == ("2021-03-31", date(2021, 3, 31))
