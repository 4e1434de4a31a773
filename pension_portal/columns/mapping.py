"""Settle which column each field stands in, between what columns are called and what they hold."""

from pension_portal.columns.contents import HARDLY, MOSTLY
from pension_portal.columns.header import Question
from pension_portal.columns.names import SAME_NAME, SOMEONE_ELSE

BY_CONTENT = 0.6
HALF = 0.5


class Mapping:
    """Which column each field stands in, settled between names and contents."""

    def __init__(self, columns, texts, holdings, matches, *, has_names):
        self.columns = columns
        self.has_names = has_names
        self.texts = texts
        self.holdings = holdings
        self.matches = matches
        self.places = {}
        self.quality = {}
        self.questions = []
        self.also = {}

    def settle(self):
        """Place every field that can be placed; what remains open becomes a question."""
        for column in sorted(self.columns, key=lambda c: c.looks_like != "id"):
            self._place_by_name(column)
        for column in self.columns:
            if column.looks_like == "id":
                self._check_ids(column)
        for column in self.columns:
            if column.looks_like != "id":
                self._check_others(column)
        for column in self.missing():
            self._ask("missing", column)

    def taken(self):
        """Return all columns that some field claims."""
        return set(self.places.values()) | {i for group in self.also.values() for i in group}

    def missing(self):
        """Return the required columns that were not found."""
        return tuple(c for c in self.columns if c.required and c.field not in self.places)

    def confidence(self):
        """Return how surely what matters was found: 1 by name, 0 where a column is missing."""
        if self.missing():
            return 0.0
        mattering = [c.field for c in self.columns if c.required or c.looks_like]
        return min((self.quality[name] for name in mattering if name in self.quality), default=0.0)

    def ask_about_units(self):
        """Ask whether amounts are in 万元, because a line above the header says so."""
        for column in self.columns:
            if column.looks_like == "amount" and column.field in self.places:
                self._ask("in_ten_thousands", column)

    def _place_by_name(self, column):
        places = self.matches.get(column.field, [])
        if not places:
            return
        best = [index for quality, index in places if quality == places[0][0]]
        fitting = [i for i in best if self._fits(i, column)] or best
        self._put(column, fitting[0], places[0][0])
        if len(best) > 1:
            self.also[column.field] = tuple(best)
        if len(fitting) > 1 and column.looks_like:
            self._ask("several", column, count=len(fitting))
        if places[0][0] < SAME_NAME:
            self._ask("partly_named", column)
        if column.looks_like == "amount" and "万元" in self.texts[fitting[0]]:
            self._ask("in_ten_thousands", column)

    def _fits(self, index, column):
        holding = self.holdings[index]
        return (
            holding.is_ids if column.looks_like == "id" else holding.share(column.looks_like) > 0.5
        )

    def _check_ids(self, column):
        """An ID column must hold IDs; if another column holds them, the header was wrong."""
        named = self.places.get(column.field)
        if named is not None and (self.holdings[named].is_ids or not self.holdings[named].cells):
            return
        others = [i for i, h in enumerate(self.holdings) if h.is_ids and not self._is_elses(i)]
        if len(others) == 1:
            self._move(column, named, others[0])
        elif named is not None and not self.holdings[named].may_be_ids:
            code = "holds_receipts" if self.holdings[named].receipts > HARDLY else "unlike"
            self._ask(code, column)
            self._drop(column)
        elif named is not None and self.holdings[named].valid + self.holdings[named].damaged < HALF:
            self._ask("unlike", column)

    def _check_others(self, column):
        named = self.places.get(column.field)
        if named is None:
            if column.looks_like and not self.has_names:
                self._guess(column)
            return
        holding = self.holdings[named]
        if holding.cells and holding.valid > MOSTLY:
            self._ask("holds_ids", column)
            self._drop(column)
        elif holding.cells and holding.share(column.looks_like) < HALF:
            self._ask("unlike", column)

    def _is_elses(self, index):
        return any(word in self.texts[index] for word in SOMEONE_ELSE)

    def _move(self, column, named, index):
        for name, place in list(self.places.items()):
            if place == index and name != column.field:
                del self.places[name]
                self.quality.pop(name)
        self._put(column, index, BY_CONTENT)
        is_named = named is not None or self.texts[index]
        self._ask("moved" if is_named else "guessed", column)

    def _guess(self, column):
        free = [i for i in range(len(self.holdings)) if i not in self.places.values()]
        fitting = [i for i in free if self.holdings[i].kind() == column.looks_like]
        if len(fitting) == 1:
            self._put(column, fitting[0], BY_CONTENT)
            self._ask("guessed", column)

    def _put(self, column, index, quality):
        self.places[column.field] = index
        self.quality[column.field] = quality

    def _drop(self, column):
        del self.places[column.field]
        self.quality.pop(column.field)

    def _ask(self, code, column, **detail):
        index = self.places.get(column.field)
        known = {"field": column.field, "label": column.label, "index": index}
        if index is not None:
            known |= {"header": " ".join(self.texts[index].split()), "column": index + 1}
        self.questions.append(Question(code, known | detail))
