"""A header that was found: where it stands, which column holds what, and what to ask the clerk."""

from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Column:
    """A column we look for: our name of it, its label, and what others call it.

    `looks_like` is what it holds: id, name, amount, day, year, receipt, phone; None for any text.
    """

    field: str
    label: str
    variants: tuple[str, ...] = ()
    required: bool = False
    looks_like: str | None = None


QUESTIONS = {
    "missing": _("没有找到「%(label)s」列，从下面选一列。"),
    "holds_receipts": _("「%(header)s」列里是电子税票号码，不是身份证号。选出身份证号所在的列。"),
    "holds_ids": _("「%(header)s」列里是身份证号，不是「%(label)s」。核对这一列。"),
    "moved": _("「%(label)s」按内容认作「%(header)s」列，因为列名与内容不符。核对这一列。"),
    "guessed": _("没有列名写明「%(label)s」，按内容认作第 %(column)d 列。核对这一列。"),
    "partly_named": _("「%(header)s」认作「%(label)s」。核对这一列。"),
    "several": _("有 %(count)d 列都像「%(label)s」，先用「%(header)s」列。核对这一列。"),
    "unlike": _("「%(header)s」列里多半不是%(label)s。核对这一列。"),
    "in_ten_thousands": _("「%(header)s」以万元为单位。换算成元后再传，或确认单位是元。"),
}


# What the contents of a column may be, for whoever has to tell what it is.
KINDS = {
    "id": _("证件号码"),
    "receipt": _("票据号码"),
    "day": _("日期"),
    "phone": _("电话"),
    "year": _("年度"),
    "amount": _("金额"),
    "name": _("姓名"),
    "serial": _("序号"),
    "empty": _("空列"),
}


class Question(NamedTuple):
    """Something about the columns that only a clerk can answer; `str()` gives the sentence."""

    code: str
    detail: dict[str, Any]

    def __str__(self):
        return str(QUESTIONS[self.code]) % self.detail


@dataclass(frozen=True)
class Header:
    """Where the header of a sheet stands and which column holds what (表头).

    Columns count from 0, rows from 1. `labels` are the header texts as a person reads them; `kinds`
    says what each mapped column holds, and `also` names every column that is called the same, as in
    household lists with five people to a row. A header that is not known has words that nobody
    knows, or none at all.
    """

    row: int
    first_data_row: int
    labels: tuple[str, ...]
    mapping: dict[str, int]
    kinds: dict[str, str | None]
    signature: str
    confidence: float
    unmatched: tuple[int, ...] = ()
    missing: tuple[Column, ...] = ()
    questions: tuple[Question, ...] = ()
    also: dict[str, tuple[int, ...]] = field(default_factory=dict)
    header_texts: tuple[frozenset[str], ...] = ()
    is_known: bool = True
    holdings: tuple[Any, ...] = field(default=(), repr=False, compare=False)

    @property
    def id_column(self):
        """Return the column of the ID numbers, or None."""
        return next(iter(self.columns_like("id")), None)

    def kinds_held(self):
        """Return for each column the kind of thing it holds by its contents, `text` for any."""
        return [holding.kind() for holding in self.holdings] or ["text"] * len(self.labels)

    def unmatched_by(self, places):
        """Return the columns that have a header but none of these fields."""
        return tuple(i for i, text in enumerate(self.labels) if text and i not in places)

    def columns_like(self, *kinds):
        """Return the mapped columns that hold one of these kinds of thing."""
        return [place for name, place in self.mapping.items() if self.kinds.get(name) in kinds]


def column_words(labels, kinds):
    """Return for each column of a file the words a clerk knows it by: heading, and contents."""
    headings = [
        " ".join(label.split()) or _("第 %(number)d 列") % {"number": number}
        for number, label in enumerate(labels, start=1)
    ]
    kinds = [*kinds, *[""] * (len(headings) - len(kinds))]
    return [
        _("%(heading)s（内容像%(kind)s）") % {"heading": heading, "kind": KINDS[kind]}
        if kind in KINDS
        else heading
        for heading, kind in zip(headings, kinds, strict=True)
    ]


def apply_mapping(header, confirmed, columns):
    """Return the header as a clerk confirmed it: `confirmed` maps our fields to columns (from 0).

    For the mapping remembered under `header.signature`; a column no longer there is missing.
    """
    known = {column.field: column for column in columns}
    mapping = {
        name: place
        for name, place in confirmed.items()
        if name in known and place is not None and 0 <= place < len(header.labels)
    }
    missing = tuple(c for c in columns if c.required and c.field not in mapping)
    return replace(
        header,
        mapping=mapping,
        kinds={name: known[name].looks_like for name in mapping},
        missing=missing,
        questions=tuple(Question("missing", {"field": c.field, "label": c.label}) for c in missing),
        confidence=0.0 if missing else 1.0,
        unmatched=header.unmatched_by(mapping.values()),
        is_known=True,
    )
