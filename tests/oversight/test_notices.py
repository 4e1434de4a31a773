"""A notice tells namesakes apart, hangs seven days, and what people say to it is answered."""

import io
import re
import zipfile
from contextlib import nullcontext
from datetime import date

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from PIL import Image

from contributions.models import Transfer
from oversight import notice_wall
from oversight.errors import (
    AnsweredAlready,
    HotlineMissing,
    NoSuchLine,
    NotAPhoto,
    NoticeIsThere,
    PostedAlready,
    TooEarlyToTakeDown,
)
from oversight.models import Notice, NoticeLine, NoticeObjection, NoticeSettings, NoticeSheet
from oversight.notice_papers import NoticeWords, lines_of, paper_of
from oversight.notices import draw_up_notice, freeze_notice, period_of
from pension_portal.files import read_file
from pension_portal.jobs import run_job
from pension_portal.models import Job
from staff.models import AuditEntry, DutyKind
from tests import county as places
from tests.oversight.notices import FIRST_QUARTER, drawn_up, hotline
from townships.models import Area

FULL_NUMBER = re.compile(r"\d{17}[\dXx]")
BORN = date(1975, 3, 2)


class Run:
    """Stands for a worker's hold on its job: here nobody takes it away."""

    def transaction(self):
        return nullcontext()


@pytest.fixture
def bay(county):
    county.policy()
    county.posts_by_itself()
    hotline(county.EAST_BAY)
    hotline(county.COUNTY, "12333")
    return Area.objects.get(pk=county.EAST_BAY)


@pytest.fixture(autouse=True)
def in_march(settings):
    settings.PORTAL_TODAY = "2021-03-20"


def paid(*people, by, **changes):
    places.process(*(places.payment_row(person, **changes) for person in people), by=by)


def sheet_of(notice, village=places.LI_VILLAGE):
    return NoticeSheet.objects.select_related("notice").get(notice=notice, village_code=village)


def rows_of(notice, village=places.LI_VILLAGE):
    lines = lines_of(sheet_of(notice, village))
    return [(line.name, line.known_by, line.told_apart_by) for line in lines]


@pytest.mark.requirement("A46", "Y58", "M46")
def test_a_notice_lists_a_villages_payers_on_a_sheet_of_its_own(bay, mei, zhao, gui_lan):
    of_wang = places.enrolled("王小二", places.WANG_VILLAGE)
    of_stone = places.enrolled("石大", places.STONE_VILLAGE)
    paid(gui_lan, of_wang, of_stone, by=mei)

    notice = drawn_up(bay, by=zhao)

    assert [sheet.village_name for sheet in notice.sheets.all()] == ["李家村", "王家社区"]
    assert rows_of(notice) == [("张桂兰", f"****{gui_lan.id_last4}", "")]
    assert NoticeWords(notice).title == "城乡居民基本养老保险缴费信息公示表"
    assert sheet_of(notice).amount == 300


@pytest.mark.requirement("Y59")
def test_what_hangs_on_the_wall_holds_no_secret(bay, mei, zhao, county):
    person = county.enrolled("张桂兰", phone="13855580011", phone_last4="0011")
    county.identity(person)
    paid(person, by=mei)
    notice = drawn_up(bay, by=zhao)

    sheet = sheet_of(notice)
    printed = str(paper_of(sheet, lines_of(sheet), NoticeWords(notice)))
    with zipfile.ZipFile(io.BytesIO(read_file(notice.bundles.get().file))) as bundle:
        name = next(one for one in bundle.namelist() if one.endswith(".xlsx"))
        book = openpyxl.load_workbook(io.BytesIO(bundle.read(name)))
    written = str([list(page.values) for page in book])

    for text in (printed, written):
        assert not FULL_NUMBER.search(text)
        assert "13855580011" not in text
        assert "低保" not in text
        assert "0558-2100000" in text


def test_namesakes_with_the_same_digits_are_told_apart_by_group_or_year(bay, mei, zhao, county):
    for code, name in (("99010010120101", "一组"), ("99010010120102", "二组")):
        Area.objects.create(code=code, name=name, level=4, parent_id=county.LI_VILLAGE)
    one = county.enrolled("李强", group_code="99010010120101", born_on=BORN)
    two = county.enrolled("李强", group_code="99010010120102", born_on=BORN)
    three = county.enrolled("王强", group_code="99010010120101", born_on=date(1961, 5, 5))
    four = county.enrolled("王强", group_code="99010010120101", born_on=date(1975, 3, 2))
    for person in (one, two, three, four):
        person.id_last4 = "0011"
        person.save()
    paid(one, two, three, four, by=mei)

    notice = drawn_up(bay, by=zhao)

    assert rows_of(notice) == [
        ("李强", "****0011", "一组"),
        ("李强", "****0011", "二组"),
        ("王强", "", "1961 年生"),
        ("王强", "", "1975 年生"),
    ]


def test_what_the_government_pays_is_not_on_the_wall(bay, mei, zhao, county, gui_lan):
    county.identity(gui_lan)
    paid(gui_lan, by=mei, amount="100")
    payer = county.enrolled("李四")
    paid(payer, by=mei)
    assert Transfer.objects.filter(source="proxy").count() == 1

    notice = drawn_up(bay, by=zhao)

    assert [name for name, _known, _apart in rows_of(notice)] == ["李四"]


def test_money_that_came_late_stands_on_the_next_notice_and_only_there(
    bay, mei, zhao, gui_lan, settings
):
    early, late = gui_lan, places.enrolled("李四")
    paid(early, by=mei)
    first = drawn_up(bay, by=zhao)
    paid(late, by=mei, paid_on="2021-03-15")
    settings.PORTAL_TODAY = "2021-06-20"

    second = drawn_up(bay, by=zhao, period=(date(2021, 4, 1), date(2021, 6, 30)))

    assert [name for name, *_others in rows_of(first)] == ["张桂兰"]
    assert [name for name, *_others in rows_of(second)] == ["李四"]


def test_a_sheet_stays_as_it_was_whatever_is_posted_later(bay, mei, zhao, gui_lan):
    paid(gui_lan, by=mei)
    notice = drawn_up(bay, by=zhao)
    before = rows_of(notice)

    paid(places.enrolled("李四"), by=mei)

    assert rows_of(notice) == before


def test_a_period_without_anything_new_is_refused_and_leaves_no_sheet(bay, zhao):
    notice = drawn_up(bay, by=zhao)

    assert notice.job.state == Job.State.REFUSED
    assert notice.job.refusal_code == "nobody_to_publish"
    assert NoticeSheet.objects.count() == 0


def test_the_same_period_is_not_drawn_up_twice_nor_around_itself(bay, mei, zhao, lin, gui_lan):
    paid(gui_lan, by=mei)
    drawn_up(bay, by=zhao)

    for area in (bay, Area.objects.get(pk=places.COUNTY)):
        with pytest.raises(NoticeIsThere, match="已于"):
            drawn_up(area, by=lin)

    assert Notice.objects.count() == 1


@pytest.mark.requirement("Y53")
def test_without_a_hotline_nothing_is_drawn_up(county, zhao):
    with pytest.raises(HotlineMissing, match="东湾镇没有登记监督电话"):
        drawn_up(Area.objects.get(pk=county.EAST_BAY), by=zhao)

    assert Notice.objects.count() == 0


def test_a_town_without_a_telephone_prints_the_countys(bay, mei, lin, county):
    paid(county.enrolled("石大", county.STONE_VILLAGE), county.enrolled("李四"), by=mei)

    notice = drawn_up(Area.objects.get(pk=county.COUNTY), by=lin)

    assert sheet_of(notice, county.STONE_VILLAGE).hotline == "12333"
    assert sheet_of(notice).hotline == "0558-2100000"


def test_freezing_costs_the_same_for_one_person_and_for_forty(bay, mei, zhao, county):
    counts = []
    for people, period in ((1, FIRST_QUARTER), (40, (date(2021, 4, 1), date(2021, 6, 30)))):
        paid(*(county.enrolled(f"李{number}") for number in range(people)), by=mei)
        notice = draw_up_notice(
            bay, "payment", scheme_id=1, period=period, starts_on=date(2021, 3, 22), by=zhao
        )
        with CaptureQueriesContext(connection) as queries:
            freeze_notice(notice.pk, by=zhao, run=Run())
        counts.append((len(queries), sheet_of(notice).people))

    assert counts == [(counts[0][0], 1), (counts[0][0], 40)]


@pytest.mark.requirement("Y51", "Y52")
def test_people_who_draw_have_tables_of_their_own(bay, zhao, county):
    old = county.resident("赵大", born_on=date(1950, 1, 1))
    new = county.resident("钱二", born_on=date(1961, 2, 3))
    for person in (old, new):
        county.enrol(person, status="drawing")
    county.enrol(county.resident("孙三", born_on=date(1975, 1, 1)))

    everybody = drawn_up(bay, by=zhao, kind=Notice.Kind.DRAWING)
    newly = drawn_up(
        bay, by=zhao, kind=Notice.Kind.NEW_DRAWING, period=(date(2021, 2, 1), date(2021, 2, 28))
    )

    assert rows_of(everybody) == [("赵大", "1950-01", ""), ("钱二", "1961-02", "")]
    assert rows_of(newly) == [("钱二", "1961-02", "")]
    assert "本表没有这些数据" in NoticeWords(newly).notes[1]


@pytest.mark.requirement("Y51", "X14")
def test_six_days_are_refused_and_seven_are_the_default(county):
    assert (NoticeSettings.of(county.COUNTY).days, NoticeSettings.of(county.COUNTY).rhythm) == (
        7,
        "quarter",
    )


@pytest.mark.requirement("Y51")
def test_a_setting_of_six_days_is_refused(client, lin):
    client.force_login(lin)

    answer = client.post(reverse("oversight:notice_settings"), {"rhythm": "month", "days": "6"})

    assert answer.status_code == 422
    assert "公示不少于 7 天" in answer.content.decode()
    assert not NoticeSettings.objects.exists()


@pytest.mark.requirement("Y51")
def test_a_sheet_hangs_seven_days(bay, mei, zhao, gui_lan, settings):
    paid(gui_lan, by=mei)
    sheet = sheet_of(drawn_up(bay, by=zhao))
    sheet = notice_wall.post_sheet(sheet, day=date(2021, 3, 20), by=zhao)
    settings.PORTAL_TODAY = "2021-03-26"

    with pytest.raises(TooEarlyToTakeDown, match="2021-03-27 起才可撤下"):
        notice_wall.take_down_sheet(sheet, day=date(2021, 3, 26), by=zhao)

    sheet.refresh_from_db()
    assert sheet.taken_down_on is None
    settings.PORTAL_TODAY = "2021-03-27"
    assert notice_wall.take_down_sheet(sheet, day=date(2021, 3, 27), by=zhao).taken_down_on


def test_of_two_who_post_the_second_is_told(bay, mei, zhao, gui_lan):
    paid(gui_lan, by=mei)
    sheet = sheet_of(drawn_up(bay, by=zhao))
    notice_wall.post_sheet(sheet, day=date(2021, 3, 19), by=zhao)

    with pytest.raises(PostedAlready, match="已由赵"):
        notice_wall.post_sheet(sheet, day=date(2021, 3, 20), by=zhao)

    assert sheet_of(sheet.notice).posted_on == date(2021, 3, 19)


def photograph(width=3000, height=2000):
    content = io.BytesIO()
    Image.new("RGB", (width, height), "white").save(content, "JPEG")
    return places.upload(content.getvalue(), "墙.jpg")


def test_a_photo_is_shrunk_sealed_and_shown(bay, mei, zhao, gui_lan, client):
    paid(gui_lan, by=mei)
    sheet = sheet_of(drawn_up(bay, by=zhao))

    sheet = notice_wall.post_sheet(sheet, day=date(2021, 3, 20), photo=photograph(), by=zhao)

    with Image.open(io.BytesIO(read_file(sheet.posted_photo))) as kept:
        assert kept.size == (1600, 1067)
    client.force_login(zhao)
    shown = client.get(reverse("oversight:sheet_photo", args=[sheet.pk, "posted"]))
    assert shown["Content-Type"] == "image/jpeg"


def test_what_is_no_photo_is_refused_and_nothing_is_posted(bay, mei, zhao, gui_lan):
    paid(gui_lan, by=mei)
    sheet = sheet_of(drawn_up(bay, by=zhao))

    with pytest.raises(NotAPhoto, match="不是照片"):
        notice_wall.post_sheet(
            sheet, day=date(2021, 3, 20), photo=places.upload(b"MZ", "墙.jpg"), by=zhao
        )

    assert sheet_of(sheet.notice).posted_on is None


@pytest.mark.requirement("Y60", "A43")
def test_an_objection_to_a_line_is_answered_to_its_end(bay, mei, zhao, gui_lan):
    paid(gui_lan, by=mei)
    sheet = sheet_of(drawn_up(bay, by=zhao))
    said = notice_wall.raise_objection(sheet, words="我交的是 500", line_number=1, by=zhao)

    ended = notice_wall.answer_objection(
        said, result="explained", answer="两笔，另一笔在途", by=zhao
    )

    assert (ended.get_result_display(), ended.answered_by) == ("已解释", zhao)
    with pytest.raises(AnsweredAlready):
        notice_wall.answer_objection(said, result="unfounded", answer="不属实", by=zhao)
    said.refresh_from_db()
    assert said.result == "explained"


def test_an_objection_to_a_line_that_is_not_there_is_refused(bay, mei, zhao, gui_lan):
    paid(gui_lan, by=mei)
    sheet = sheet_of(drawn_up(bay, by=zhao))

    with pytest.raises(NoSuchLine, match="只有 1 行"):
        notice_wall.raise_objection(sheet, words="少了", line_number=9, by=zhao)

    assert NoticeObjection.objects.count() == 0


@pytest.mark.requirement("Y58")
def test_a_towns_zip_holds_a_pdf_and_an_excel_of_each_village(bay, mei, zhao, client, gui_lan, sun):
    paid(gui_lan, places.enrolled("王小二", places.WANG_VILLAGE), by=mei)
    notice = drawn_up(bay, by=zhao)
    assert notice.job.state == Job.State.DONE
    url = reverse("oversight:notice_bundle", args=[notice.bundles.get().pk])

    client.force_login(zhao)
    answer = client.get(url)
    client.force_login(sun)

    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as bundle:
        assert bundle.namelist() == [
            f"东湾镇/{village}.{kind}"
            for village in ("李家村_990100101201", "王家社区_990100101202")
            for kind in ("pdf", "xlsx")
        ]
        assert bundle.read("东湾镇/李家村_990100101201.pdf").startswith(b"%PDF")
    assert client.get(url).status_code == 404


def test_the_pages_show_a_notice_from_its_making_to_its_end(bay, mei, zhao, client, gui_lan):
    paid(gui_lan, by=mei)
    agent = places.staff("郑好", DutyKind.VILLAGE_AGENT, places.LI_VILLAGE)
    client.force_login(zhao)
    asked = {"kind": "payment", "scheme": "1", "period": "quarter-0", "starts_on": "2021-03-22"}

    made = client.post(reverse("oversight:new_notice"), asked)
    notice = Notice.objects.get()
    run_job(notice.job_id)
    page = client.get(made.url).content.decode()
    assert "2021 年第一季度" in page
    assert "李家村" in page

    client.force_login(agent)
    sheet = sheet_of(notice)
    url = reverse("oversight:notice_sheet", args=[sheet.pk])
    client.post(
        reverse("oversight:post_sheet", args=[sheet.pk]),
        {"day": "2021-03-20", "photo": photograph()},
    )
    client.post(
        reverse("oversight:raise_objection", args=[sheet.pk]),
        {"raised_on": "2021-03-20", "words": "少了我爱人", "line_number": ""},
    )
    page = client.get(url).content.decode()
    assert "2021-03-27 起可撤下" in page
    assert "少了我爱人" in page
    large = client.get(reverse("oversight:sheet_pdf", args=[sheet.pk]) + "?size=a3")
    assert large.content.startswith(b"%PDF")
    assert "少了我爱人" in client.get(reverse("oversight:objections")).content.decode()


def test_a_form_with_errors_keeps_what_was_typed(bay, mei, zhao, client, gui_lan):
    paid(gui_lan, by=mei)
    sheet = sheet_of(drawn_up(bay, by=zhao))
    client.force_login(zhao)

    answer = client.post(
        reverse("oversight:raise_objection", args=[sheet.pk]),
        {"raised_on": "2021-03-20", "words": "", "raised_by": "李四"},
    )

    assert answer.status_code == 422
    assert 'value="李四"' in answer.content.decode()


def test_a_county_notice_shows_each_clerk_their_own_villages(
    bay, mei, lin, zhao, sun, client, gui_lan
):
    paid(gui_lan, places.enrolled("石大", places.STONE_VILLAGE), by=mei)
    notice = drawn_up(Area.objects.get(pk=places.COUNTY), by=lin)

    client.force_login(sun)
    page = client.get(reverse("oversight:notice", args=[notice.pk])).content.decode()

    assert "石桥村" in page
    assert "李家村" not in page
    assert "东湾镇 " not in page


@pytest.mark.parametrize(
    ("rhythm", "day", "expected"),
    [
        ("quarter", date(2021, 3, 20), FIRST_QUARTER),
        ("quarter", date(2021, 12, 31), (date(2021, 10, 1), date(2021, 12, 31))),
        ("month", date(2020, 2, 29), (date(2020, 2, 1), date(2020, 2, 29))),
    ],
)
def test_a_period_is_the_month_or_quarter_around_a_day(rhythm, day, expected):
    assert period_of(rhythm, day) == expected


def test_a_notice_is_on_record(bay, mei, zhao, gui_lan):
    paid(gui_lan, by=mei)
    draw_up_notice(
        bay,
        Notice.Kind.PAYMENT,
        scheme_id=1,
        period=FIRST_QUARTER,
        starts_on=date(2021, 3, 22),
        by=zhao,
    )

    assert AuditEntry.objects.filter(action="draw_up_notice", staff=zhao).count() == 1
    assert NoticeLine.objects.count() == 0
