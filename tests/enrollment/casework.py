"""The people who handle cases in the tests, and a case on its way."""

import io

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from enrollment import cases
from enrollment.models import Case
from staff.models import DutyKind
from tests import county

PAPERS = ("id_card", "hukou", "death", "police", "application", "transfer", "bank_card")


def reviewer(area=county.EAST_BAY):
    return county.staff("韩复核", DutyKind.TOWN_REVIEWER, area)


def photo(name="证件.png"):
    picture = io.BytesIO()
    Image.new("RGB", (40, 25), "white").save(picture, "PNG")
    return SimpleUploadedFile(name, picture.getvalue())


def with_papers(case, *, by, kinds=PAPERS):
    for kind in kinds:
        cases.add_paper(case, kind, by=by, source="数据共享核验")
    return case


def submitted(kind, person, after, *, by, **fields):
    made = cases.open_case(kind, person, after, by=by, **fields)
    return cases.submit_case(with_papers(made, by=by), by=by)


def reviewed(kind, person, after, *, by, **fields):
    made = submitted(kind, person, after, by=by, **fields)
    return cases.review_case(made, by=reviewer())


def approved(kind, person, after, *, by, approver, **fields):
    made = reviewed(kind, person, after, by=by, **fields)
    return cases.approve_case(made, by=approver)


def state_of(case):
    return Case.objects.get(pk=case.pk).state
