"""Draw up a bulletin, hand it in, take the PDF: its numbers are the dashboard's."""

from bench.table import Line, at_least, at_most

TITLE = "Issue a bulletin"
WHO = "yewu"
MOST_CLICKS, MOST_SECONDS = 3, 20


def walk(desk):
    hands = desk.sit_down(WHO)
    page = hands.page
    shown = page.locator(".kpi-value").all_inner_texts()
    page.goto("/bulletins/")
    hands.begin()
    hands.follow(page.get_by_role("button", name="生成通报"))
    hands.follow(page.get_by_role("button", name="保存并提交签发"))
    paper = hands.open_file(page.locator("a[href$='/pdf/']"))
    yield Line("clicks", hands.clicks, "", at_most(MOST_CLICKS))
    yield Line("seconds, real", hands.real, "s", at_most(MOST_SECONDS))
    yield Line("is a PDF", paper.startswith(b"%PDF"), "", at_least(1))
    yield Line("the dashboard's figures in it", _same(shown), "", at_least(1))


def _same(shown):
    """Whether task and payers of the newest bulletin stand among the dashboard's figures."""
    from oversight.models import Bulletin

    total = Bulletin.objects.latest("pk").figures["total"]
    numbers = {text.split()[0].rstrip("人元%") for text in shown}
    return {f"{total['task']:,}", f"{total['paid']:,}"} <= numbers
