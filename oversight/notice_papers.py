"""Print a notice's sheets: PDF and Excel for each village, one zip for each town (公示打包).

A county's sheets are printed by several processes while the Excel files are written here; what a
sheet says is read from its frozen lines and nowhere else.
"""

import io
import zipfile
from itertools import groupby

from django.db.models import Sum
from django.utils.translation import gettext as _

from oversight.models import Notice, NoticeBundle, NoticeLine, NoticeSheet
from pension_portal.files import store_bytes
from pension_portal.paper import print_papers
from pension_portal.paper.tables import PaperColumn, PaperTable
from pension_portal.sheet_writing import TableColumn, write_table
from policies.models import Scheme
from townships.models import TOWN_CODE_LENGTH, Area

LARGE = {"size": "a3", "scale": 1.7}


class NoticeWords:
    """What all sheets of one notice share: its title, its period, its notes and its columns."""

    def __init__(self, notice):
        self.notice = notice
        self.county = Area.objects.get(pk=notice.county_code).name
        self.scheme = Scheme.objects.get(pk=notice.scheme_id)
        self.is_payment = notice.kind == Notice.Kind.PAYMENT

    @property
    def title(self):
        return f"{self.scheme.name}{self.notice.get_kind_display()}"

    @property
    def columns(self):
        """Label, kind in Excel, width on paper, side on paper."""
        apart = (_("同名区分"), "text", 26, "left")
        if self.is_payment:
            return [
                (_("序号"), "number", 12, "center"),
                (_("姓名"), "text", 34, "left"),
                (_("证件号码\n后四位"), "text", 24, "center"),
                apart,
                (_("个人缴费\n（元）"), "amount", 26, "right"),
                (_("最近缴款日期"), "day", 28, "center"),
            ]
        return [
            (_("序号"), "number", 12, "center"),
            (_("姓名"), "text", 34, "left"),
            (_("性别"), "text", 12, "center"),
            (_("出生年月"), "text", 26, "center"),
            apart,
            (_("备注"), "text", 34, "left"),
        ]

    def cells(self, line):
        """Return one line in the order of the columns."""
        if self.is_payment:
            return [
                *(line.number, line.name, line.known_by, line.told_apart_by),
                *(line.amount, line.paid_on),
            ]
        sex = _("男") if line.sex == "m" else _("女")
        return [line.number, line.name, sex, line.known_by, line.told_apart_by, ""]

    @property
    def notes(self):
        """What stands once under the last line: what the sheet counts and what it does not know."""
        if self.is_payment:
            return [
                _("所列为截至数据日期入账、此前没有公示过的个人缴费合计，按姓名拼音排列。"),
                _(
                    "由政府代缴的人员不在本表公示，由村（社区）逐户告知。缴费凭证以税务部门开具的为准。"
                ),
            ]
        notes = [
            _("所列为登记状态是待遇领取的人员，按姓名拼音排列。"),
            _("领取起始年月、月养老金和资格认证状态以待遇发放系统为准，本表没有这些数据，故未列。"),
        ]
        if self.notice.kind == Notice.Kind.NEW_DRAWING:
            notes[0] = _("所列为本期达到领取年龄、登记状态是待遇领取的人员，按姓名拼音排列。")
        return notes

    def place_of(self, sheet):
        return f"{self.county}{sheet.town_name}{sheet.village_name}"

    @property
    def period(self):
        until = self.notice.data_until
        if not self.is_payment or until is None:
            return self.notice.period_words
        return _("%(period)s（数据截至 %(until)s）") % {
            "period": self.notice.period_words,
            "until": min(until, self.notice.period_end).isoformat(),
        }

    def footer(self, sheet):
        return _("公示期 %(first)s 至 %(last)s，不少于 %(days)d 天　　监督电话：%(phone)s") % {
            "first": (sheet.posted_on or self.notice.starts_on).isoformat(),
            "last": (sheet.may_come_down_on or self.notice.ends_on).isoformat(),
            "days": self.notice.days,
            "phone": sheet.hotline,
        }


def paper_of(sheet, lines, words, *, is_large=False):
    """Return the data of one village's sheet for `print_paper("list", …)`."""
    total = [""] * len(words.columns)
    total[1] = _("合计 %(people)d 人") % {"people": sheet.people}
    if words.is_payment:
        total[4] = f"{sheet.amount:,.2f}"
    return PaperTable(
        title=words.title,
        columns=[PaperColumn(label, width, side) for label, _kind, width, side in words.columns],
        rows=[_printed(words.cells(line)) for line in lines],
        above=(words.place_of(sheet), words.period),
        foot=[*words.notes, _("有异议的，公示期内向村（居）委会反映，或拨打监督电话。")],
        signatures=(
            _("经办人：%s") % words.notice.made_by,
            _("复核人："),
            _("制表日期：%s") % words.notice.made_at.date().isoformat(),
        ),
        footer=words.footer(sheet),
        total=total,
        **(LARGE if is_large else {}),
    ).paper()


def _printed(cells):
    """Return cells as they stand on paper: money with its two places, days as 2021-03-05."""
    return [f"{cell:,.2f}" if hasattr(cell, "quantize") else cell for cell in cells]


def workbook_of(sheet, lines, words):
    """Return the bytes of one village's sheet as Excel."""
    buffer = io.BytesIO()
    write_table(
        buffer,
        [
            TableColumn(label.replace("\n", ""), kind, max(8, width // 2))
            for label, kind, width, _side in words.columns
        ],
        (words.cells(line) for line in lines),
        title=words.title,
        notes=[
            (_("村（社区）"), words.place_of(sheet)),
            (_("公示期间"), words.period),
            (_("公示期"), words.footer(sheet)),
            *((_("说明"), note) for note in words.notes),
        ],
    )
    return buffer.getvalue()


def print_notice(notice_id, *, by, run):
    """Print every sheet and put each town's into a zip; the second step of a notice.

    A town whose zip is there already is not printed again.
    """
    notice = Notice.objects.select_related("made_by").get(pk=notice_id)
    words = NoticeWords(notice)
    done = notice.bundles.values_list("town_code", flat=True)
    sheets = [
        sheet
        for sheet in notice.sheets.select_related("notice").order_by("village_code")
        if sheet.village_code[:TOWN_CODE_LENGTH] not in done
    ]
    total = notice.sheets.aggregate(lines=Sum("people"))["lines"] or 0
    rows_done = total - sum(sheet.people for sheet in sheets)
    for town_code, printed in groupby(_printed_sheets(sheets, words), key=_town_of):
        count, content = _zip_of(list(printed), words)
        rows_done += count
        run.stop_if_cancelled()
        with run.transaction():
            _keep_bundle(notice, town_code, content, by=by)
            run.progress(rows_done, total)


def _printed_sheets(sheets, words):
    """Yield (sheet, its lines, its PDF) in order, the PDFs coming from several processes."""
    kept = {}

    def papers():
        for sheet in sheets:
            kept[sheet.pk] = list(sheet.lines.all())
            yield paper_of(sheet, kept[sheet.pk], words)

    printed = print_papers("list", papers(), count=len(sheets))
    for sheet, pdf in zip(sheets, printed, strict=True):
        yield sheet, kept.pop(sheet.pk), pdf


def _town_of(printed):
    return printed[0].village_code[:TOWN_CODE_LENGTH]


def _zip_of(printed, words):
    """Return how many people stand on a town's sheets, and the zip of them."""
    buffer, people = io.BytesIO(), 0
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as bundle:
        for sheet, lines, pdf in printed:
            name = f"{sheet.town_name}/{sheet.village_name}_{sheet.village_code}"
            bundle.writestr(f"{name}.pdf", pdf)
            bundle.writestr(f"{name}.xlsx", workbook_of(sheet, lines, words))
            people += sheet.people
    return people, buffer.getvalue()


def _keep_bundle(notice, town_code, content, *, by):
    of_town = NoticeSheet.objects.filter(notice=notice, village_code__startswith=town_code)
    name = of_town.values_list("town_name", flat=True).first()
    file, _is_new = store_bytes(
        content,
        name=f"{name}{notice.get_kind_display()}_{notice.period_words}.zip",
        county_code=notice.county_code,
        purpose="notice",
        by=by,
    )
    NoticeBundle.objects.update_or_create(
        notice=notice,
        town_code=town_code,
        defaults={
            "county_code": notice.county_code,
            "town_name": name,
            "sheets": of_town.count(),
            "file": file,
        },
    )


def lines_of(sheet):
    """Return a sheet's lines as they were frozen."""
    return NoticeLine.objects.filter(sheet=sheet).order_by("number")
