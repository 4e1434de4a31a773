"""A bulletin says what was frozen, in words, tables, Word, PDF, Excel; two people issue it."""

import io
import re
from datetime import date

import openpyxl
import pytest
from django.urls import reverse
from docx import Document

from oversight.bulletin_papers import cells_of, fill_template, pdf_of, tables_of, word_of
from oversight.bulletin_template import default_template
from oversight.bulletin_words import NUMBER, numbers_beside
from oversight.bulletins import draft_bulletin, edit_bulletin, issue_bulletin
from oversight.errors import NothingToReport, TemplateBroken
from oversight.models import Bulletin, BulletinTemplate
from pension_portal.files import read_file
from staff import approving
from tests.county import (
    COUNTY,
    EAST_BAY,
    LI_VILLAGE,
    STONE_VILLAGE,
    WANG_VILLAGE,
    WEST_RIDGE,
    upload,
)
from tests.oversight.counters import paid, task
from townships.models import Area


@pytest.fixture(autouse=True)
def in_march(settings):
    settings.PORTAL_TODAY = "2021-03-20"


@pytest.fixture
def here(county):
    task({EAST_BAY: 600, WEST_RIDGE: 400, LI_VILLAGE: 400, WANG_VILLAGE: 200, STONE_VILLAGE: 400})
    paid(LI_VILLAGE, 200, on=date(2021, 3, 5), tier=300)
    paid(STONE_VILLAGE, 300, on=date(2021, 3, 19), tier=500)
    paid(STONE_VILLAGE, 70, on=date(2020, 3, 10), year=2020)
    return Area.objects.get(pk=COUNTY)


def drafted(here, by, kind="progress", **options):
    return draft_bulletin(here, kind, scheme_id=1, year=2021, by=by, **options)


def issued(here, lin, qian, **options):
    bulletin = drafted(here, lin, **options)
    approving.submit(bulletin, by=lin)
    return issue_bulletin(bulletin, by=qian)


def row_of(bulletin, name):
    rows = [cells for _title, rows in tables_of(bulletin) for cells, _is_total in rows]
    return next(cells for cells in rows if cells[1] == name)


@pytest.mark.requirement("M34", "Y65")
def test_a_bulletin_is_drafted_from_the_figures_of_the_day(here, lin):
    bulletin = drafted(here, lin)

    assert bulletin.number_words == "2021 年第 1 期"
    assert bulletin.title == "关于示样县 2021 年度居民养老征缴进度的通报"
    assert bulletin.body.splitlines()[1] == (
        "截至 2021 年 3 月 20 日，示样县已缴费 500 人，缴费金额 21.00 万元。"
        f"年度任务 1000 人，完成率 50.0%；比今日应达少 {bulletin.figures['said']['ahead']} 人。"
        "第一阶段（2021 年 3 月 31 日前）累计目标 85%，即 850 人，尚差 350 人。"
    )
    assert "西岭镇（75.0%，第 1 名）" in bulletin.body


def test_what_arrives_later_does_not_move_a_bulletin(here, lin):
    bulletin = drafted(here, lin)
    before = tables_of(bulletin)

    paid(LI_VILLAGE, 100, on=date(2021, 3, 6))

    assert tables_of(Bulletin.objects.get(pk=bulletin.pk)) == before


def test_every_number_of_the_text_stands_in_the_figures(here, lin):
    first = drafted(here, lin, day=date(2021, 3, 10))
    paid(LI_VILLAGE, 250, on=date(2021, 3, 20), tier=300)
    second = drafted(here, lin)

    for bulletin in (first, second):
        assert len(NUMBER.findall(bulletin.body)) > 10
        assert numbers_beside(bulletin.body, bulletin.figures) == []
    assert numbers_beside("已缴 501 人", second.figures) == ["501"]


def test_the_next_bulletin_says_what_has_changed(here, lin):
    drafted(here, lin, day=date(2021, 3, 10))
    second = drafted(here, lin)

    assert second.number == 2
    assert (
        "与第 1 期（2021 年 3 月 10 日）相比，增加 300 人；"
        "名次上升的有：西岭镇；名次下降的有：东湾镇。" in second.body
    )
    assert row_of(second, "西岭镇")[6] == "300"


def test_tables_hold_towns_and_below_each_its_villages(here, lin):
    (_towns, towns), (_villages, villages) = tables_of(drafted(here, lin))

    assert [(cells[0], cells[1], is_sum) for cells, is_sum in towns] == [
        ("1", "西岭镇", False),
        ("2", "东湾镇", False),
        ("", "合计", True),
    ]
    assert [cells[1] for cells, _is_sum in villages] == [
        "西岭镇",
        "石桥村",
        "东湾镇",
        "李家村",
        "王家社区",
    ]


@pytest.mark.requirement("Y65")
def test_the_months_table_stands_beside_last_year(here, lin):
    bulletin = drafted(here, lin, kind="dispatch")

    assert row_of(bulletin, "西岭镇")[5:8] == ["300", "70", "230"]
    assert "本月新增 500 人，上年同期 70 人" in bulletin.body


@pytest.mark.requirement("A56")
def test_the_years_end_is_frozen_with_its_score(here, lin):
    bulletin = drafted(here, lin, kind="year_end")

    assert cells_of("year_end", bulletin.figures["total"])[6] == "0.00"
    assert bulletin.title == "示样县 2021 年度居民养老征缴任务年终核定表"


def test_an_empty_county_has_nothing_to_report(county, lin):
    with pytest.raises(NothingToReport, match="没有可通报的数据"):
        drafted(Area.objects.get(pk=COUNTY), lin)

    assert Bulletin.objects.count() == 0


def test_whoever_drafted_it_does_not_sign_it(here, lin, qian):
    bulletin = drafted(here, lin)
    approving.submit(bulletin, by=lin)

    with pytest.raises(Exception, match="不办理"):
        issue_bulletin(bulletin, by=lin)

    bulletin.refresh_from_db()
    assert (bulletin.state, bulletin.file) == ("submitted", None)


def test_what_was_issued_is_kept_as_it_went_out(here, lin, qian):
    bulletin = issued(here, lin, qian)

    assert bulletin.state == "approved"
    assert read_file(bulletin.file).startswith(b"%PDF")


def test_an_edited_text_keeps_its_figures_and_needs_another_signature(here, lin, qian):
    bulletin = drafted(here, lin)
    figures = bulletin.figures

    changed = edit_bulletin(
        bulletin, title="通报", issuer="示样县人社局", body="一、总体\n\n 已缴 500 人。 ", by=lin
    )

    assert changed.body == "一、总体\n已缴 500 人。"
    assert Bulletin.objects.get(pk=bulletin.pk).figures == figures
    approving.submit(changed, by=lin)
    assert issue_bulletin(changed, by=qian).approved_by == qian


def test_a_number_that_was_given_up_is_given_again(here, lin):
    approving.withdraw(drafted(here, lin), by=lin)

    assert drafted(here, lin).number == 1


def words_in(docx):
    document = Document(io.BytesIO(docx))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return [paragraph.text for paragraph in document.paragraphs], cells


def test_word_holds_the_text_and_the_tables(here, lin):
    bulletin = drafted(here, lin)
    paragraphs, cells = words_in(word_of(bulletin))

    assert bulletin.title in paragraphs
    assert set(bulletin.body.splitlines()) <= set(paragraphs)
    for cell in row_of(bulletin, "西岭镇"):
        assert cell in cells


def test_word_is_set_out_as_official_documents_are():
    section = Document(io.BytesIO(default_template())).sections[0]

    assert [round(x.mm) for x in (section.page_width, section.page_height)] == [210, 297]
    assert [round(x.mm) for x in (section.top_margin, section.left_margin)] == [37, 28]
    assert round(section.page_width.mm - section.left_margin.mm - section.right_margin.mm) == 156


def test_what_somebody_typed_is_text_in_word_and_pdf(here, lin):
    bulletin = drafted(here, lin)
    bulletin.body = "<w:p/> & {{ 7*7 }} #panic() $x$"

    paragraphs, _cells = words_in(word_of(bulletin))

    assert bulletin.body in paragraphs
    assert pdf_of(bulletin).startswith(b"%PDF")


@pytest.mark.parametrize(
    "evil",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ 正文.append('x') }}",
        "{% for x in 没有这个词.y %}{% endfor %}",
        "{{ 标题",
    ],
)
def test_a_template_that_asks_for_more_than_words_is_refused(here, lin, evil):
    document = Document()
    document.add_paragraph(evil)
    target = io.BytesIO()
    document.save(target)

    with pytest.raises(TemplateBroken):
        fill_template(target.getvalue(), drafted(here, lin))


def test_a_county_uses_its_own_template(here, lin, client):
    document = Document()
    document.add_paragraph("我县格式 {{ 标题 }}")
    target = io.BytesIO()
    document.save(target)
    client.force_login(lin)

    answer = client.post(
        reverse("oversight:bulletin_template"), {"file": upload(target.getvalue(), "通报.docx")}
    )

    assert answer.status_code == 302
    bulletin = drafted(here, lin)
    assert words_in(word_of(bulletin))[0] == [f"我县格式 {bulletin.title}"]


def test_what_is_no_word_file_is_refused_and_changes_nothing(here, lin, client):
    client.force_login(lin)

    answer = client.post(
        reverse("oversight:bulletin_template"), {"file": upload(b"MZ\x90", "通报.docx")}
    )

    assert answer.status_code >= 400
    assert not BulletinTemplate.objects.exists()


def test_the_excel_holds_numbers_in_the_order_of_the_table(here, lin, client):
    bulletin = drafted(here, lin)
    client.force_login(lin)

    answer = client.get(reverse("oversight:bulletin_excel", args=[bulletin.pk]))

    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0]
    rows = list(sheet.iter_rows(min_row=3, values_only=True))
    assert [row[1] for row in rows] == [
        "合计",
        "西岭镇",
        "　石桥村",
        "东湾镇",
        "　李家村",
        "　王家社区",
    ]
    assert rows[0][2:6] == (1000, 500, 0, 50)


def test_three_clicks_from_nothing_to_a_signed_bulletin(here, lin, qian, client):
    client.force_login(lin)
    made = client.post(
        reverse("oversight:draft_bulletin"),
        {"kind": "progress", "scheme": 1, "year": 2021, "day": ""},
    )
    page = client.get(made.url).content.decode()
    text = re.search(r"<textarea[^>]*>\s*(.*?)</textarea>", page, re.S)[1]
    bulletin = Bulletin.objects.get()
    client.post(
        made.url, {"title": bulletin.title, "issuer": bulletin.issuer, "body": text, "submit": "1"}
    )
    client.force_login(qian)
    page = client.get(reverse("oversight:bulletin", args=[bulletin.pk])).content.decode()
    assert "正文里的数字都在本期固定数据中" in page
    seen = re.search(r'name="seen" value="(\w+)"', page)[1]

    client.post(reverse("oversight:approve_bulletin", args=[bulletin.pk]), {"seen": seen})

    bulletin.refresh_from_db()
    assert (bulletin.state, bulletin.made_by, bulletin.approved_by) == ("approved", lin, qian)


def test_a_town_sees_only_what_was_issued(here, lin, qian, zhao, client):
    kept_back, sent = drafted(here, lin, kind="dispatch"), issued(here, lin, qian)
    client.force_login(zhao)

    codes = [
        client.get(reverse("oversight:bulletin", args=[one.pk])).status_code
        for one in (kept_back, sent)
    ]

    assert codes == [404, 200]
