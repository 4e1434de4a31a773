"""Take a list away as a file (导出): ordered with its reason, agreed to where it is long,
written by a job, downloaded for a day.

    900 people      Zhao orders it, the job writes it, he downloads it until tomorrow
    12,000 people   Lin orders it, Qian agrees, then the job writes it

What a list holds is a `ListKind` of the app whose people they are, named in settings.EXPORT_LISTS.
"""

import io
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.http import QueryDict
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pension_portal.doors import refuse_unless_allowed
from pension_portal.files import forget_file, store_bytes
from pension_portal.jobs import start_job
from pension_portal.long_tables import write_long_table
from pension_portal.paper import print_paper
from pension_portal.paper.tables import PaperColumn, PaperTable
from pension_portal.refusals import Refusal
from pension_portal.sheet_writing import TableColumn
from staff import approving
from staff.audit import record
from staff.models import Export
from staff.models.exports import LARGE_A_DAY, LINK_LASTS
from townships.models import Area

ROWS_A_STEP = 5_000
MOST_ROWS_ON_PAPER = 5_000


class NobodyToExport(Refusal):
    code = "nobody_to_export"
    sentence = gettext_lazy("筛选结果没有人，不用导出。换一个范围再试。")


class TooManyExportsToday(Refusal):
    code = "too_many_exports_today"
    sentence = gettext_lazy("今天已申请 %(most)d 次大批量导出。明天再申请，或先用已批准的文件。")


class TooManyForPaper(Refusal):
    code = "too_many_for_paper"
    sentence = gettext_lazy(
        "纸质花名册一次最多 %(most)s 人，这里有 %(rows)s 人。选到镇或村，或导出 Excel。"
    )


class LinkIsOver(Refusal):
    code = "link_is_over"
    sentence = gettext_lazy("下载链接已于 %(at)s 失效，文件已删除。需要时重新导出。")
    status = 410


class NotYourExport(Refusal):
    code = "not_your_export"
    sentence = gettext_lazy("这份文件由%(name)s导出，只能由本人下载。")


@dataclass(frozen=True)
class ListKind:
    """A list that can be taken away.

    `people(area_code, query, staff)` gives the rows to write, and can be counted; `cells(names)` a
    function from a row to what stands in the columns, `names` being all areas of the county by
    code. A column is (label, kind in a sheet, width). A list of many workbooks has instead of
    columns and cells a `pack(export, listed, run)` that gives the bytes of their zip. `action` is
    what a duty must be allowed besides taking lists away.
    """

    name: str
    people: Callable
    notes: Callable
    columns: tuple = ()
    cells: Callable | None = None
    pack: Callable | None = None
    action: str = "export_people"
    always_asks: bool = False
    is_signed: bool = False

    @property
    def forms(self):
        """The kinds of file that this list can be."""
        return (Export.Form.ZIP,) if self.pack else (Export.Form.XLSX, Export.Form.PDF)

    def count(self, area_code, query, staff):
        return self.people(area_code, query, staff).order_by().count()


def kind_of(name):
    """Return a ListKind by its name; KeyError for none."""
    return import_string(settings.EXPORT_LISTS[name])


@transaction.atomic
def order_export(kind, area, query, *, form, reason, by):
    """Return a new export: being written, or where it is long, waiting for somebody to agree.

    Refuses NobodyToExport, TooManyForPaper, TooManyExportsToday, and NotAllowed where a duty may
    not take so many.
    """
    listed = kind_of(kind)
    assert form in listed.forms
    refuse_unless_allowed(by, listed.action)
    rows = listed.count(area.code, QueryDict(query), by)
    if not rows:
        raise NobodyToExport()
    if form == Export.Form.PDF and rows > MOST_ROWS_ON_PAPER:
        raise TooManyForPaper(most=f"{MOST_ROWS_ON_PAPER:,}", rows=f"{rows:,}")
    export = Export(
        county_code=area.county_code,
        area_code=area.code,
        kind=kind,
        title=f"{area.name}{listed.name}",
        query=query,
        form=form,
        rows=rows,
        always_asks=listed.always_asks,
        reason=reason,
    )
    if export.asks_first:
        _refuse_a_fourth(by)
    export = approving.begin(export, by=by)
    record("order_export", export, by=by, reason=reason, area_code=area.code, rows=rows)
    if export.asks_first:
        return approving.submit(export, by=by)
    return _begin_to_write(export, by=by)


def _refuse_a_fourth(by):
    # Two orders at once are counted one after the other.
    type(by).objects.select_for_update().get(pk=by.pk)
    today = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    if Export.objects.large().filter(made_by=by, made_at__gte=today).count() >= LARGE_A_DAY:
        raise TooManyExportsToday(most=LARGE_A_DAY)


@transaction.atomic
def approve_export(export, *, by, seen=""):
    """Agree to a long list; a job writes it. Return the export."""
    return _begin_to_write(approving.approve(export, by=by, seen=seen), by=export.made_by)


def _begin_to_write(export, *, by):
    export.job = start_job("export", export.pk, county_code=export.county_code, by=by)
    export.save(update_fields=["job"])
    return export


def write_export(export_id, *, by, run):
    """Write the file of an export; the step of its job. What its maker may see now is in it."""
    export = Export.objects.select_related("made_by", "approved_by").get(pk=export_id)
    if export.file_id:
        return
    listed = kind_of(export.kind)
    content = _content(export, listed, run)
    with run.transaction():
        export.file, _is_new = store_bytes(
            content,
            name=f"{export.title}_{export.pk}.{export.form}",
            county_code=export.county_code,
            purpose="export",
            by=by,
        )
        export.expires_at = timezone.now() + LINK_LASTS
        export.save(update_fields=["file", "expires_at"])
        run.progress(export.rows, export.rows)


def _content(export, listed, run):
    if listed.pack:
        return listed.pack(export, listed, run)
    put = _on_paper if export.form == Export.Form.PDF else _in_sheet
    return put(export, listed, _rows(export, listed, run))


def _rows(export, listed, run):
    """Yield the cells of each row, noting progress and stopping where asked to."""
    areas = Area.objects.inside(export.county_code).values_list("code", "name")
    cells = listed.cells(dict(areas))
    people = listed.people(export.area_code, QueryDict(export.query), export.made_by)
    for number, row in enumerate(people.iterator(chunk_size=ROWS_A_STEP)):
        if number % ROWS_A_STEP == 0:
            run.stop_if_cancelled()
            with run.transaction():
                run.progress(number, max(number, export.rows))
        yield cells(row)


def _in_sheet(export, listed, rows):
    buffer = io.BytesIO()
    write_long_table(
        buffer,
        [TableColumn(str(label), kind, width) for label, kind, width in listed.columns],
        rows,
        title=export.title,
        notes=notes_of(export, listed),
        watermark=export.watermark,
    )
    return buffer.getvalue()


def _on_paper(export, listed, rows):
    signed = [PaperColumn(_("签字"), 16)] if listed.is_signed else []
    columns = [
        PaperColumn(str(label), width, "right" if kind == "amount" else "left")
        for label, kind, width in listed.columns
    ]
    table = PaperTable(
        title=export.title,
        columns=[PaperColumn(_("序号"), 7, "center"), *columns, *signed],
        rows=[
            [number, *map(_printed, cells), *([""] if signed else [])]
            for number, cells in enumerate(rows, 1)
        ],
        above=tuple(f"{what}：{value}" for what, value in listed.notes(export)[:3]),
        signatures=(
            _("经办人：%s") % export.made_by,
            _("复核人：%s") % (export.approved_by or ""),
            _("日期：%s") % timezone.localdate(export.made_at).isoformat(),
        ),
        footer=export.watermark,
        is_landscape=True,
        watermark=export.watermark,
    )
    return print_paper("list", table.paper())


def _printed(cell):
    return f"{cell:,.2f}" if hasattr(cell, "quantize") else cell


def notes_of(export, listed):
    """Return the (what, value) pairs of the sheet 说明: filter, time, operator, number."""
    return [
        *listed.notes(export),
        (_("导出人"), f"{export.made_by} {export.made_by.username}"),
        (_("审批人"), str(export.approved_by or _("1,000 人以内，不须审批"))),
        (_("导出时间"), timezone.localtime().strftime("%Y-%m-%d %H:%M")),
        (_("导出编号"), str(export.pk)),
        (_("用途"), export.reason),
    ]


@transaction.atomic
def download_export(export, *, by):
    """Return the stored file for its maker, counted. Refuses NotYourExport and LinkIsOver."""
    export = (
        Export.objects.select_for_update(of=["self"])
        .select_related("made_by", "file")
        .get(pk=export.pk)
    )
    if export.made_by_id != by.pk:
        raise NotYourExport(name=export.made_by)
    if not export.is_ready:
        raise LinkIsOver(at=timezone.localtime(export.expires_at).strftime("%m-%d %H:%M"))
    export.downloads += 1
    export.save(update_fields=["downloads"])
    record("download_export", export, by=by, area_code=export.area_code, rows=export.rows)
    return export.file


@transaction.atomic
def hand_over(export, *, day, to, by):
    """Note that a list went to another office: when and to whom (M35); return the export."""
    export = Export.objects.select_for_update(of=["self"]).get(pk=export.pk)
    export.handed_over_on, export.handed_over_to, export.handed_over_by = day, to, by
    export.save(update_fields=["handed_over_on", "handed_over_to", "handed_over_by"])
    record("hand_over_export", export, by=by, area_code=export.area_code, day=str(day), to=to)
    return export


def drop_old_exports():
    """Take away the files whose day is over; the register keeps their rows."""
    old = Export.objects.filter(expires_at__lt=timezone.now(), file__isnull=False)
    for export in old.select_related("file"):
        with transaction.atomic():
            file = export.file
            # Two exports of the same bytes share a file.
            Export.objects.filter(pk=export.pk).update(file=None)
            if not Export.objects.filter(file=file).exists():
                forget_file(file)
