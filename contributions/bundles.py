"""One workbook for each village, in a folder for each town, as one zip (按村导出).

The office splits its big list by hand for every village; here a job does it, village by village,
from the county's own template or the portal's.
"""

import io
import zipfile
from itertools import groupby

from django.db import transaction
from django.http import QueryDict
from django.utils.translation import gettext as _

from contributions.filling import fill_template, places_of
from contributions.models import CountyPapers, ListBundle
from contributions.unpaid_lists import filter_of, lines_of, people_of
from pension_portal.files import read_file, store_bytes
from pension_portal.jobs import start_job
from pension_portal.sheet_writing import TableColumn, write_table
from staff.audit import record
from townships.models import TOWN_CODE_LENGTH, Area

JOB_KIND = "list_bundle"
PURPOSE = "list_bundle"
NOT_IN_A_FILE_NAME = '\\/:*?"<>|'


@transaction.atomic
def order_bundle(area, *, scheme_id, year, query, reason, by):
    """Return a new bundle that a worker is to make; `reason` asks for full telephone numbers."""
    bundle = ListBundle.objects.create(
        county_code=area.county_code,
        area_code=area.code,
        scheme_id=scheme_id,
        year=year,
        query=query,
        reason=reason,
        made_by=by,
    )
    bundle.job = start_job(JOB_KIND, bundle.pk, county_code=area.county_code, by=by)
    bundle.save(update_fields=["job"])
    record(
        "export_villages",
        f"area:{area.code}",
        by=by,
        reason=reason,
        area_code=area.code,
        query=query,
    )
    return bundle


def make_bundle(bundle_id, *, by, run):
    """Make the workbooks of a bundle and keep the zip; the step of its job."""
    bundle = ListBundle.objects.get(pk=bundle_id)
    if bundle.file_id:
        return
    packed, villages, people = _packed(bundle, by, run)
    with run.transaction():
        name = _("%(area)s%(year)s年未缴名单（按村）.zip") % {
            "area": Area.objects.get(pk=bundle.area_code).name,
            "year": bundle.year,
        }
        # Two bundles of one moment may be of the same bytes: they are one file.
        bundle.file, _is_new = store_bytes(
            packed, name=name, county_code=bundle.county_code, purpose=PURPOSE, by=by
        )
        bundle.villages, bundle.people = villages, people
        bundle.save(update_fields=["file", "villages", "people"])


def _packed(bundle, by, run):
    lines = _lines(bundle, by)
    papers = CountyPapers.of(bundle.county_code)
    template = read_file(papers.template) if papers.template_id else None
    names = dict(
        Area.objects.inside(bundle.county_code)
        .filter(level__in=[Area.Level.TOWN, Area.Level.VILLAGE])
        .values_list("code", "name")
    )
    total, done, villages, out = len(lines), 0, 0, io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for code, of_village in groupby(lines, key=lambda line: line["resident"].village_code):
            run.stop_if_cancelled()
            of_village = list(of_village)
            town, village = names.get(code[:TOWN_CODE_LENGTH], ""), names.get(code, code)
            book = _workbook(bundle, papers, template, town, village, of_village)
            archive.writestr(f"{_safe(town)}/{_safe(village)}{code[-3:]}.xlsx", book)
            done, villages = done + len(of_village), villages + 1
            with run.transaction():
                run.progress(done, total)
    return out.getvalue(), villages, done


def _lines(bundle, by):
    """Return the lines of all people the filter finds, as the list shows them, by village."""
    area = Area.objects.get(pk=bundle.area_code)
    chosen = filter_of(QueryDict(bundle.query), area, by).chosen()
    chosen |= {"scheme": bundle.scheme_id, "year": bundle.year}
    people = people_of(area, chosen, by, as_a_whole=True)
    return lines_of(list(people.select_related("resident__household")), chosen)


def _workbook(bundle, papers, template, town, village, lines):
    rows = [
        row_of(line, number, town, has_phones=bool(bundle.reason))
        for number, line in enumerate(lines, start=1)
    ]
    if template:
        return fill_template(
            template,
            papers.template.name,
            header_row=papers.header_row,
            columns=papers.columns,
            rows=rows,
            places=places_of(town, village, bundle.year),
        )
    return _built_in(bundle, town, village, rows)


BUILT_IN = [
    ("number", "number", 6),
    ("group", "text", 12),
    ("household", "text", 10),
    ("name", "text", 10),
    ("sex", "text", 6),
    ("age", "number", 6),
    ("id_number", "text", 21),
    ("phone", "text", 14),
    ("tier", "amount", 11),
    ("last_tier", "amount", 11),
    ("collector", "text", 10),
    ("outcome", "text", 10),
    ("signature", "text", 14),
]


def _built_in(bundle, town, village, rows):
    labels, book = field_labels(), io.BytesIO()
    write_table(
        book,
        [TableColumn(labels[field], kind, width) for field, kind, width in BUILT_IN],
        [[row.get(field) for field, _kind, _width in BUILT_IN] for row in rows],
        title=_("%(town)s%(village)s %(year)s 年未缴名单")
        % {"town": town, "village": village, "year": bundle.year},
        notes=[(_("导出编号"), str(bundle.pk)), (_("用途"), bundle.reason or _("电话已脱敏"))],
    )
    return book.getvalue()


def field_labels():
    """Return what each field of a list is called on a page and in the portal's own workbook."""
    return {
        "number": _("序号"),
        "town": _("乡镇街道"),
        "village": _("村（社区）"),
        "group": _("组"),
        "household": _("户编号"),
        "head": _("户主"),
        "name": _("姓名"),
        "sex": _("性别"),
        "age": _("年龄"),
        "id_number": _("证件号码"),
        "phone": _("联系电话"),
        "tier": _("登记档次（元）"),
        "last_tier": _("上年缴费（元）"),
        "collector": _("责任人"),
        "outcome": _("联系结果"),
        "promised_on": _("承诺日期"),
        "signature": _("签字"),
    }


def row_of(line, number, town, *, has_phones):
    """Return the values of one person by field; what a list never shows is not among them."""
    resident, household, chase = line["resident"], line["household"], line["chase"]
    return {
        "number": number,
        "town": town,
        "village": line["village"],
        "group": line["group"],
        "household": household.number if household else "",
        "head": household.head_name if household else "",
        "name": resident.name,
        "sex": str(resident.get_sex_display()),
        "age": line["age"],
        "id_number": line["masked_id"],
        "phone": resident.phone if has_phones else line["masked_phone"],
        "tier": line["registered_tier"],
        "last_tier": line["last_tier"],
        "collector": line["collector"].name if line["collector"] else "",
        "outcome": str(chase.get_outcome_display()) if chase and chase.outcome else "",
        "promised_on": chase.promised_on if chase else None,
    }


def _safe(name):
    return "".join("_" if sign in NOT_IN_A_FILE_NAME else sign for sign in name) or "_"
