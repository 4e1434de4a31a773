"""Doors of what belongs to one's account: the digest behind the bell, the columns of long lists."""

import re

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from pension_portal.doors import signed_in
from staff.news import look_at_news, news_of

TABLE = re.compile(r"[a-z-]{1,30}")
MOST_TABLES = 50
MOST_COLUMNS = 30


@signed_in
@require_GET
def news(request):
    """What came of what one began."""
    return render(request, "staff/news.html", {"news": news_of(request.user)})


@signed_in
@require_POST
def see_news(request):
    """Note that the digest was read; the page asks for it by itself."""
    look_at_news(request.user)
    return HttpResponse(status=204)


@signed_in
@require_POST
def hide_columns(request):
    """Keep which columns of a list this account leaves out (`static/columns.js`)."""
    staff, table = request.user, request.POST.get("table", "")
    hidden = {int(text) for text in request.POST.get("hidden", "").split(",") if text.isdecimal()}
    if TABLE.fullmatch(table):
        kept = staff.hidden_columns | {table: sorted(n for n in hidden if n <= MOST_COLUMNS)}
        staff.hidden_columns = dict(list(kept.items())[-MOST_TABLES:])
        staff.save(update_fields=["hidden_columns"])
    return HttpResponse(status=204)
