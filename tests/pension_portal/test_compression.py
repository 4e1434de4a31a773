"""Words travel compressed, files as they are."""

import gzip

import pytest
from django.http import HttpResponse

from pension_portal.browser_policy import Compressed

LONG = "参保居民 " * 500


def answer(rf, content_type):
    response = Compressed(lambda request: HttpResponse(LONG, content_type=content_type))
    return response(rf.get("/", headers={"accept-encoding": "gzip"}))


@pytest.mark.parametrize("content_type", ["text/html; charset=utf-8", "application/json"])
def test_a_page_travels_compressed(rf, content_type):
    response = answer(rf, content_type)

    assert response.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(response.content).decode() == LONG


def test_a_workbook_travels_as_it_is(rf):
    response = answer(rf, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")

    assert "Content-Encoding" not in response.headers
    assert response.content.decode() == LONG
