"""Answer a request with a file: to be saved, or opened in the browser's own viewer.

    return file_answer(book.getvalue(), f"{title}.xlsx")

The ending of the name says what it is. Most such files name people, so that no machine on the way
keeps one.
"""

from django.http import HttpResponse
from django.utils.http import content_disposition_header

_OFFICE = "application/vnd.openxmlformats-officedocument."
CONTENT_TYPES = {
    "xlsx": f"{_OFFICE}spreadsheetml.sheet",
    "docx": f"{_OFFICE}wordprocessingml.document",
    "pdf": "application/pdf",
}


def file_answer(content, name, *, opens=False):
    """Return the answer that saves a file of bytes under a name, or, where it `opens`, shows it."""
    return HttpResponse(
        content,
        content_type=CONTENT_TYPES[name.rpartition(".")[2]],
        headers={
            "Content-Disposition": content_disposition_header(not opens, name),
            "Cache-Control": "no-store",
        },
    )
