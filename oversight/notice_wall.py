"""What happens to a sheet on the wall: posted, objected to, answered, taken down (公示张贴与异议).

03-22  郑好 posts the sheet of 李家村, with a photo
03-24  张桂兰: 「我交的是 500」   recorded by 郑好, answered by Zhao: 属实，已转办
03-29  the seventh day is over; from today it may come down
"""

import io

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from enrollment.timeline import Happening
from oversight.errors import (
    AnsweredAlready,
    DayToCome,
    NoSuchLine,
    NotAPhoto,
    NoticeIsNotReady,
    NotPostedYet,
    PostedAlready,
    TakenDownAlready,
    TooEarlyToTakeDown,
)
from oversight.models import NoticeLine, NoticeObjection, NoticeSheet
from pension_portal.clock import today
from pension_portal.files import store_bytes
from staff.audit import record

LONGEST_SIDE = 1600  # pixels: a sheet on a wall can still be read
JPEG_QUALITY = 80
MOST_PIXELS = 100_000_000


@transaction.atomic
def post_sheet(sheet, *, day, photo=None, by):
    """Note on which day a sheet was hung out, with a photo; return the sheet.

    Refuses NoticeIsNotReady, PostedAlready, DayToCome and NotAPhoto.
    """
    sheet = _locked(sheet)
    if not sheet.notice.frozen_at:
        raise NoticeIsNotReady()
    if sheet.posted_on:
        raise PostedAlready(village=sheet.village_name, name=sheet.posted_by, day=sheet.posted_on)
    _refuse_a_day_to_come(day)
    sheet.posted_on, sheet.posted_by = day, by
    sheet.posted_photo = keep_photo(photo, county_code=sheet.county_code, by=by)
    sheet.save()
    record("post_notice", sheet, by=by, area_code=sheet.village_code, day=str(day))
    return sheet


@transaction.atomic
def take_down_sheet(sheet, *, day, photo=None, by):
    """Note on which day a sheet came down, not before its days are over; return the sheet.

    Refuses NotPostedYet, TakenDownAlready, TooEarlyToTakeDown, DayToCome and NotAPhoto (Y51).
    """
    sheet = _locked(sheet)
    if not sheet.posted_on:
        raise NotPostedYet(village=sheet.village_name)
    if sheet.taken_down_on:
        raise TakenDownAlready(
            village=sheet.village_name, name=sheet.taken_down_by, day=sheet.taken_down_on
        )
    _refuse_a_day_to_come(day)
    if day < sheet.may_come_down_on:
        raise TooEarlyToTakeDown(
            days=sheet.notice.days,
            village=sheet.village_name,
            posted=sheet.posted_on,
            until=sheet.may_come_down_on,
        )
    sheet.taken_down_on, sheet.taken_down_by = day, by
    sheet.taken_down_photo = keep_photo(photo, county_code=sheet.county_code, by=by)
    sheet.save()
    record("take_down_notice", sheet, by=by, area_code=sheet.village_code, day=str(day))
    return sheet


def _locked(sheet):
    sheets = NoticeSheet.objects.select_for_update(of=["self"])
    return sheets.select_related("notice", "posted_by", "taken_down_by").get(pk=sheet.pk)


def _refuse_a_day_to_come(day):
    if day > today():
        raise DayToCome(day=day)


def keep_photo(photo, *, county_code, by):
    """Return a photo, shrunk and sealed; None for none.

    What a telephone writes beside the picture, such as where it was taken, is not kept. Refuses
    NotAPhoto.
    """
    if not photo:
        return None
    file, _is_new = store_bytes(
        shrunk(photo), name=photo.name, county_code=county_code, purpose="notice_photo", by=by
    )
    return file


def shrunk(photo):
    """Return a photo as a JPEG whose longer side is at most LONGEST_SIDE pixels."""
    try:
        with Image.open(photo) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise NotAPhoto(name=photo.name)
            upright = ImageOps.exif_transpose(opened).convert("RGB")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as fault:
        raise NotAPhoto(name=photo.name) from fault
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    target = io.BytesIO()
    upright.save(target, "JPEG", quality=JPEG_QUALITY)
    return target.getvalue()


@transaction.atomic
def raise_objection(sheet, *, words, raised_by="", raised_on=None, line_number=None, by):
    """Record what somebody said to a line of a sheet, or to the sheet; return the objection (Y60).

    Refuses NoSuchLine and DayToCome.
    """
    if line_number is not None and not 1 <= line_number <= sheet.people:
        raise NoSuchLine(people=sheet.people, number=line_number)
    _refuse_a_day_to_come(raised_on or today())
    objection = NoticeObjection.objects.create(
        sheet=sheet,
        county_code=sheet.county_code,
        village_code=sheet.village_code,
        line_number=line_number,
        raised_by=raised_by,
        raised_on=raised_on or today(),
        words=words,
        recorded_by=by,
    )
    record("raise_objection", objection, by=by, area_code=sheet.village_code)
    return objection


@transaction.atomic
def answer_objection(objection, *, result, answer, by):
    """Note the answer and how an objection ended; return it. Refuses AnsweredAlready."""
    objection = (
        NoticeObjection.objects.select_for_update(of=["self"])
        .select_related("answered_by")
        .get(pk=objection.pk)
    )
    if objection.result:
        raise AnsweredAlready(name=objection.answered_by)
    objection.result, objection.answer = result, answer
    objection.answered_by, objection.answered_at = by, timezone.now()
    objection.save()
    record(
        "answer_objection", objection, by=by, area_code=objection.village_code, result=str(result)
    )
    return objection


def happenings(resident, staff):
    """Give the sheets that named a person, each on the day it was hung out, for their timeline."""
    sheets = NoticeSheet.objects.visible_to(staff).exclude(posted_on=None)
    lines = NoticeLine.objects.filter(resident_id=resident.pk, sheet__in=sheets)
    for line in lines.select_related("sheet__notice"):
        url = reverse("oversight:notice_sheet", args=[line.sheet_id])
        yield Happening(line.sheet.posted_on, _("公示"), str(line.sheet.notice), url=url)
