"""Find out which column of a roster holds what, and ask where only a person can tell (认列).

Lists from departments are asked about in the same way, with columns of their own. A header that
says 姓名 and 证件号码 in words we know is read at once. Where the words are unknown, the columns
are guessed by what they hold and the clerk is asked once; what was answered holds for every later
file of the county with the same header.
"""

from django.utils.translation import gettext as _

from enrollment.errors import RosterWithoutColumns
from enrollment.roster_columns import COLUMNS, label_of
from pension_portal.clock import today
from pension_portal.columns import Column, apply_mapping, find_header
from pension_portal.jobs import JobWaits

HOLDS = {"id_number": "id", "name": "name", "phone": "phone", "born_on": "day", "amount": "amount"}
# One sentence says of a header nobody knows that every column is a guess.
GUESSES = ("guessed", "moved")


def find_tables(received, sheets, columns=COLUMNS, complete=None):
    """Return (sheet, header) for the sheets of people; one of notes is passed over.

    `received` is an import with `confirmed` and `questions`; `complete` may fill in what a header
    leaves open. Raises JobWaits, with the questions noted on the import, where a sheet holds ID
    numbers under a header that does not say enough; refuses RosterWithoutColumns where no sheet
    holds any.
    """
    wanted = _wanted(columns)
    tables = []
    for sheet in sheets:
        header = find_header(sheet.head(), wanted, today())
        header = complete(header, wanted) if complete else header
        tables.append((sheet, _as_confirmed(received, header, wanted)))
    sure = [(sheet, header) for sheet, header in tables if header.is_known and not header.missing]
    for _sheet, header in tables:
        if _must_ask(received, header, others_are_sure=bool(sure)):
            _ask_about_columns(received, header)
    if not sure:
        needed = [f"「{label_of(column.key)}」" for column in columns if column.is_required]
        raise RosterWithoutColumns(columns="".join(needed))
    return sure


def _wanted(columns):
    """Return our columns as the ground looks for them."""
    return [
        Column(
            column.key,
            column.label,
            column.variants,
            required=column.is_required,
            looks_like=HOLDS.get(column.key),
        )
        for column in columns
    ]


def _must_ask(received, header, *, others_are_sure):
    """Whether a sheet may hold people and cannot be read yet.

    Under a known header that lacks a column, beside a sheet that has all, stands something else.
    """
    if header.is_known and (others_are_sure or not header.missing):
        return False
    return "id_number" in header.mapping or header.signature in received.confirmed


def _as_confirmed(received, header, wanted):
    """Return the header as somebody confirmed it for this file, or for one that looked the same."""
    if header.is_known and not header.missing:
        return header
    known = received.confirmed.get(header.signature) or _remembered(received, header.signature)
    return apply_mapping(header, known, wanted) if known else header


def _remembered(received, signature):
    """Return the columns a person confirmed for this very header in the county before, or None."""
    earlier = type(received).objects.filter(
        county_code=received.county_code, confirmed__has_key=signature
    )
    confirmed = earlier.order_by("-uploaded_at").values_list("confirmed", flat=True).first()
    return confirmed and confirmed[signature]


def _ask_about_columns(received, header):
    sentences = [str(q) for q in header.questions if header.is_known or q.code not in GUESSES]
    if not header.is_known:
        sentences.insert(0, _("表头的写法都没见过，各列先按内容猜好，核对后再读入。"))
    questions = {
        "sentences": sentences,
        "labels": list(header.labels),
        "kinds": header.kinds_held(),
        "guesses": header.mapping,
        "signature": header.signature,
    }
    type(received).objects.filter(pk=received.pk).update(questions=questions)
    raise JobWaits(_("有的列还不能确定，选好后继续；同样的表头以后不再问。"))
