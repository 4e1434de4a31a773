"""What the lists of people share: their area, the frame around them, the way out as Excel."""

from io import BytesIO

from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _

from contributions.data_age import data_age
from pension_portal.file_answers import file_answer
from pension_portal.sheet_writing import write_table
from policies.schemes import SHORT_NAMES
from staff.audit import record
from staff.models.exports import MOST_BY_ONESELF
from townships.models import Area

MOST_ROWS_AT_ONCE = MOST_BY_ONESELF  # a longer list is an export that somebody agrees to
LONGEST_REASON = 200


def area_or_404(request, area_code):
    """Return an area inside the reader's own: county, town or village."""
    areas = Area.objects.visible_to(request.user).filter(level__lte=Area.Level.VILLAGE)
    return get_object_or_404(areas.select_related("parent__parent"), pk=area_code)


def frame(area, chosen, request):
    """What every list of people stands in: where, of which campaign, how old."""
    path = [area]
    while path[0].parent:
        path.insert(0, path[0].parent)
    return {
        "area": area,
        "path": [one for one in path if one.code.startswith(request.user.area_code)],
        "chosen": chosen,
        "scheme_name": SHORT_NAMES[chosen["scheme"]],
        "data_age": data_age(area.county_code, chosen["year"]),
    }


def words_of(area, chosen):
    """What the titles of a list name."""
    return {"area": area.name, "year": chosen["year"]}


def notes_of(area, chosen, entry):
    """The 说明 sheet of a list: what, when, by whom, under which number."""
    age = data_age(area.county_code, chosen["year"])
    return [
        (_("区域"), f"{area.name} {area.code}"),
        (_("险种"), str(SHORT_NAMES[chosen["scheme"]])),
        (_("年度"), str(chosen["year"])),
        (_("数据截至"), age.until.isoformat() if age.until else _("还没有入账的缴费文件")),
        (_("导出时间"), timezone.localtime(entry.at).strftime("%Y-%m-%d %H:%M")),
        (_("导出人"), f"{entry.staff} {entry.staff.username}"),
        (_("导出编号"), str(entry.pk)),
    ]


def list_file(request, columns, rows, *, title, notes=()):
    """Answer with a list that names nobody as a workbook; who takes it away is on record."""
    record("export_list", by=request.user, title=title, rows=len(rows))
    notes = [
        *notes,
        (_("导出人"), f"{request.user} {request.user.username}"),
        (_("导出时间"), timezone.localtime().strftime("%Y-%m-%d %H:%M")),
    ]
    return file_answer(workbook(columns, rows, title=title, notes=notes), f"{title}.xlsx")


def workbook(columns, rows, *, title, notes):
    """Return the bytes of a workbook with one table."""
    buffer = BytesIO()
    write_table(buffer, columns, rows, title=title, notes=notes)
    return buffer.getvalue()
