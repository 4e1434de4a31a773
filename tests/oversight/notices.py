"""Draw up notices in tests, the worker's work done here and now."""

from datetime import date

from oversight.models import Notice
from oversight.notices import draw_up_notice
from pension_portal.jobs import run_job
from townships.models import AreaContact

FIRST_QUARTER = (date(2021, 1, 1), date(2021, 3, 31))


def hotline(code, phone="0558-2100000"):
    return AreaContact.objects.create(area_id=code, role="hotline", phone=phone)


def drawn_up(area, *, by, kind=Notice.Kind.PAYMENT, period=FIRST_QUARTER, **options):
    """Return a notice, frozen and printed."""
    options = {"scheme_id": 1, "starts_on": date(2021, 3, 22)} | options
    notice = draw_up_notice(area, kind, period=period, by=by, **options)
    run_job(notice.job_id)
    return Notice.objects.select_related("job").get(pk=notice.pk)
