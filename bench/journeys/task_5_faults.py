"""Type what is wrong: a bad number, somebody known, 15 years, 60 and over, no phone; then let the
session end. What is wrong is said at once, and nothing that was typed is lost.
"""

from bench.journeys import people
from bench.journeys.desk import lines
from bench.table import Line, at_least

TITLE = "Faults, and a session that ends"
MOST_MS = 200
NEW = "/residents/new/"
KEPT = ("#id_id_number", "#id_name", "#id_phone")


def walk(desk):
    hands = desk.sit_down()
    hands.open_blank(NEW)
    told = [_judged(hands, number, words) for number, words in _faults()]
    yield from lines("message after the last key", told, "ms", MOST_MS)
    yield Line("kept without a phone, of 2 fields", _without_phone(hands), "", at_least(2))
    kept = _after_the_session(desk, hands)
    yield Line("kept through the end of the session, of 3 fields", kept, "", at_least(3))


def _faults():
    known = people.neighbours(1, enrolments__scheme=1, enrolments__status="active")[0]
    good = people.id_number("19880902", 11)
    wrong = good[:-1] + ("1" if good[-1] != "1" else "2")
    yield wrong, "最后一位对不上"
    yield known.id_number, "已在"
    yield people.id_number("20050902", 11), "2021-09-02 起可参保"
    yield people.id_number("19600902", 11), "已满 60 周岁"


def _judged(hands, number, words):
    page = hands.page
    page.fill("#id_id_number", "")
    page.focus("#id_id_number")
    hands.begin()
    hands.type(number)
    page.wait_for_function(
        "words => document.getElementById('judgement').textContent.includes(words)", arg=words
    )
    return hands.since_typed("judged")


def _without_phone(hands):
    page = hands.page
    number, name, letters = people.newcomers(1)[0]
    page.fill("#id_id_number", "")
    page.focus("#id_id_number")
    hands.type(number)
    hands.compose(letters, name)
    hands.press("Control+Enter")
    page.wait_for_selector(".error-summary")
    assert "没有联系电话" in page.inner_text(".error-summary")
    return [page.input_value(field) for field in KEPT[:2]].count("") == 0 and 2


def _after_the_session(desk, hands):
    """End the session elsewhere, try to save, sign in on another tab, come back; count what is
    still there.
    """
    page = hands.page
    page.fill("#id_phone", "15400001234")
    typed = [page.input_value(field) for field in KEPT]
    context = page.context
    cookies = [c for c in context.cookies() if "session" not in c["name"]]
    context.clear_cookies()
    context.add_cookies(cookies)
    page.focus("#id_phone")
    hands.press("Control+Enter")
    page.wait_for_selector("#messages .refusal")
    kept = [page.input_value(field) for field in KEPT]
    other = context.new_page()
    other.goto("/sign-in/")
    other.fill("[name=username]", people.CLERK)
    other.fill("[name=password]", desk.password)
    with other.expect_navigation(url=lambda url: "sign-in" not in url):
        other.keyboard.press("Enter")
    other.close()
    page.bring_to_front()
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    page.wait_for_selector("#messages .refusal", state="detached")
    return sum(now == before for now, before in zip(kept, typed, strict=True))
