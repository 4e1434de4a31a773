"""Fetch the error file, repair five rows in it, give it back: those five and no others."""

import shutil
import tempfile
from pathlib import Path

from openpyxl import load_workbook

from bench.table import Line, at_least, at_most

TITLE = "Repair five rows of an error file"
WHO = "shenpi"
ROWS, MOST_CLICKS = 5, 5
NAME_HEADINGS = ("姓名", "缴费人名称")


def walk(desk):
    hands = desk.sit_down(WHO)
    page = hands.page
    page.goto("/exceptions/repairs/")
    hands.begin()
    first = page.locator("section.card", has=page.get_by_role("link", name="下载错误文件")).first
    fetched = hands.fetch(first.get_by_role("link", name="下载错误文件"))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "repaired.xlsx"
        shutil.copy(fetched, path)
        repaired, are_text = _repair(path)
        hands.bring(first.locator("input[type=file]"), path)
        hands.follow(first.get_by_role("button", name="传回修好的文件"))
        page.wait_for_selector("#repair[hx-get]", state="detached")
    settled = page.locator("#repair tbody .state-good").count()
    yield Line("numbers that are still text", are_text, "part", at_least(1))
    yield Line("rows repaired", repaired, "", at_least(ROWS))
    yield Line("rows applied beside those", abs(settled - repaired), "", at_most(0))
    yield Line("clicks", hands.clicks, "", at_most(MOST_CLICKS))


def _repair(path):
    """Write the registry's name into five rows; return (how many, the share of text numbers)."""
    book = load_workbook(path)
    sheet = book.active
    rows = list(sheet.iter_rows())
    head = next(n for n, row in enumerate(rows) if any(cell.value == "原因" for cell in row))
    names = {str(cell.value): cell.column - 1 for cell in rows[head] if cell.value}
    name_at = next(place for word, place in names.items() if word in NAME_HEADINGS)
    id_at = next(place for word, place in names.items() if word.startswith("证件号"))
    right = _right_names([row[id_at].value for row in rows[head + 1 :]])
    repaired, texts, numbers = 0, 0, 0
    for row in rows[head + 1 :]:
        why = str(row[names["原因"]].value)
        # What the tax bureau itself sent as a number has lost its digits before, and is E01.
        if not why.startswith("E01"):
            numbers += 1
            texts += isinstance(row[id_at].value, str)
        name = right.get(row[id_at].value)
        if repaired < ROWS and name and "姓名" in why:
            row[name_at].value = name
            repaired += 1
    book.save(path)
    return repaired, texts / numbers


def _right_names(numbers):
    """Return {ID number: the name that the registry has}."""
    from enrollment.models import Resident
    from pension_portal.secrecy import blind_index

    indexes = {blind_index(number): number for number in numbers if isinstance(number, str)}
    known = Resident.objects.filter(id_index__in=indexes)
    return {indexes[bytes(one.id_index)]: one.name for one in known}
