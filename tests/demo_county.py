"""The demo county in the real database, and its exports as the oracle judges them.

    county = make_county(scale=0.008)
    put_in_place(county, folder)            # places, people and what they hold, policies
    for export in Exports(county, folder).all():
        feed = export.upload(by=clerk)      # a worker's verdicts must be export.codes()

People go in by COPY, so that a county of 260,000 takes seconds. The exports are written and judged
in the order in which they must be loaded: the oracle's books carry on from one to the next.
"""

import io
from collections import Counter, defaultdict
from copy import copy, deepcopy
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.db.models import Sum
from django.utils import timezone

from contributions.models import (
    Determination,
    DeterminationYear,
    FeedRow,
    FeedSettings,
    FeedTally,
    PaidTier,
)
from contributions.receiving import receive_feed
from demo.__main__ import HABITS
from demo.county import NEIGHBOUR_CODE
from demo.exports import EXTENSIONS, LAYOUTS, Pen, WrittenExport, write_export
from demo.oracle import Books, Registry, judge_export, tally
from demo.payments import EXPORT_PLANS, NEXT_PLAN, Campaign, earlier_year
from demo.policies import demo_policies, write_demo_policies
from pension_portal.cells import name_key
from pension_portal.secrecy import blind_indexes, seal
from policies.loading import load_policy
from policies.models import PolicyVersion
from tests.county import balance_of_the_books
from townships.models import Area, AreaAlias

POLICIES = Path(__file__).resolve().parents[1] / "policies" / "counties"
BASIC_POLICY = POLICIES / "341202-yingzhou" / "2021-basic.yaml"
NEIGHBOUR_VILLAGE = f"{NEIGHBOUR_CODE}101201"
PEOPLE_A_COPY = 20_000

RESIDENT = (
    "id, county_code, village_code, group_code, name, name_key, id_number, id_index, id_last4,"
    " born_on, sex, phone_last4, life_status, other_cover, registered_at, changed_at"
)
ENROLMENT = (
    "county_code, resident_id, village_code, scheme_id, status, started_on, end_reason,"
    " registered_tier"
)
IDENTITY = (
    "county_code, resident_id, village_code, identity, grade, valid_from, valid_to, source_note"
)


# --- The county --------------------------------------------------------------------------------


def put_in_place(county, folder):
    """Put everything that a payment file is judged by into the database."""
    put_places_in_place(county, folder)
    put_people_in_place(county)


def put_places_in_place(county, folder):
    """Put the places and the policies into the database."""
    _lay_out(county)
    for path in [BASIC_POLICY, *write_demo_policies(POLICIES, folder / "policies")]:
        publish(path)
    FeedSettings.objects.update_or_create(
        county_code=county.code, defaults={"posts_by_itself": True, "bad_share_limit": 100}
    )


def put_people_in_place(county):
    """Put the people into the database, with what they hold and what was determined for them."""
    people = _settle(county.code, county.residents, _village_codes(county))
    _settle(NEIGHBOUR_CODE, county.neighbours, [NEIGHBOUR_VILLAGE])
    _enrol(county, people)
    _note_identities(county, people)
    _determine(county, people)
    with connection.cursor() as cursor:
        cursor.execute(
            "analyze enrollment_resident, enrollment_enrolment, enrollment_specialidentity"
        )


def publish(path):
    """Put a policy file in force."""
    policy = load_policy(path)
    PolicyVersion.objects.filter(pk=policy.pk).update(
        status="published", published_at=timezone.now()
    )


def _lay_out(county):
    """Make the places down to the villages, and the texts by which others mean them."""
    Area.objects.bulk_create(
        Area(
            code=area.code,
            name=area.name,
            level=area.level,
            parent_id=area.parent_code or None,
            position=area.position,
        )
        for area in county.areas
        if area.level <= Area.Level.VILLAGE
    )
    AreaAlias.objects.bulk_create(
        AreaAlias(
            county_code=county.code, source=alias.source, text=alias.text, area_id=alias.area_code
        )
        for alias in county.aliases
    )


def _village_codes(county):
    return [village.code for village in county.villages]


def _settle(county_code, residents, villages):
    """Write the residents; return {resident number: (row id, village code)}."""
    first = _reserve_numbers("enrollment_resident", len(residents))
    places = {r.number: (first + n, villages[r.village]) for n, r in enumerate(residents)}
    now = timezone.now().isoformat()
    for start in range(0, len(residents), PEOPLE_A_COPY):
        part = residents[start : start + PEOPLE_A_COPY]
        indexes = blind_indexes([resident.id_number for resident in part])
        _copy(
            "enrollment_resident",
            RESIDENT,
            (
                (
                    *(places[r.number][0], county_code, places[r.number][1], "", r.name),
                    *(name_key(r.name), _bytes(seal(r.id_number.encode())), _bytes(index)),
                    *(r.id_number[-4:], r.born_on, r.sex, "", r.life_status, r.other_cover),
                    *(now, now),
                )
                for r, index in zip(part, indexes, strict=True)
            ),
        )
    return places


def _enrol(county, people):
    _copy(
        "enrollment_enrolment",
        ENROLMENT,
        (
            (
                *(county.code, *people[e.resident.number], e.scheme, e.status, e.started_on),
                *(e.resident.end_reason, e.tier),
            )
            for e in county.enrolments()
        ),
    )


def _note_identities(county, people):
    _copy(
        "enrollment_specialidentity",
        IDENTITY,
        (
            (
                *(county.code, *people[resident.number], held.identity, held.grade or None),
                *(held.valid_from, held.valid_to, ""),
            )
            for resident, held in county.special_identities()
        ),
    )


def _determine(county, people):
    for determination in county.determinations:
        resident_id, village = people[determination.resident.number]
        amount = Decimal(determination.amount_fen).scaleb(-2)
        made = Determination.objects.create(
            county_code=county.code,
            resident_id=resident_id,
            village_code=village,
            scheme_id=determination.scheme,
            number=determination.number,
            amount=amount,
            approved_on=f"{county.year}-01-02" if determination.approved else None,
        )
        DeterminationYear.objects.bulk_create(
            DeterminationYear(
                determination=made, year=year, amount=amount / len(determination.years)
            )
            for year in determination.years
        )


def _reserve_numbers(table, count):
    """Return the first of `count` row numbers that nobody else will get."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select min(n), count(*) from (select nextval(pg_get_serial_sequence(%s, 'id')) as n"
            " from generate_series(1, %s)) taken",
            [table, count],
        )
        return cursor.fetchone()[0]


def _copy(table, columns, rows):
    lines = "".join("\t".join(map(_cell, row)) + "\n" for row in rows)
    with connection.cursor() as cursor:
        cursor.copy_expert(f"copy {table} ({columns}) from stdin", io.StringIO(lines))


def _cell(value):
    return "\\N" if value is None else str(value)


def _bytes(value):
    return "\\\\x" + value.hex()


# --- Its exports -------------------------------------------------------------------------------


@dataclass
class Export:
    """One export as written, and the oracle's verdict on each of its rows."""

    written: WrittenExport
    year: int
    verdicts: list

    @property
    def content(self):
        return Path(self.written.path).read_bytes()

    @property
    def name(self):
        return Path(self.written.path).name

    def upload(self, *, by):
        """Send the file as a clerk does; return the feed, whose job waits for a worker."""
        upload = SimpleUploadedFile(self.name, self.content)
        feed, _is_new = receive_feed(upload, year=self.year, by=by)
        return feed

    def codes(self):
        """Return {(sheet counted from 1, row): code}."""
        sheets = {sheet.name: number for number, sheet in enumerate(self.written.sheets, start=1)}
        return {(sheets[v.sheet], v.row): v.code for v in self.verdicts}

    def totals(self):
        """Return {code: (rows, yuan)}, the posted rows under ''."""
        outcomes = {"known", "set_aside", "held"}
        return {
            "" if code == "posted" else code: (rows, yuan(fen))
            for code, (rows, fen) in tally(self.verdicts).items()
            if code not in outcomes
        }


class Exports:
    """Writes the county's exports one after another; `books` are the oracle's after the last."""

    def __init__(self, county, folder):
        self.county, self.folder = county, folder
        self.registry, self.books = Registry(county), Books()
        self.policies = demo_policies(county.year)

    def write(self, rows, layout, form, name, year, **habits):
        """Write one export and have the oracle judge it and post it to its books."""
        path = self.folder / f"{name}.{EXTENSIONS[form]}"
        pen = Pen(name, **habits)
        written = write_export(path, rows, LAYOUTS[layout], form, county=self.county, pen=pen)
        verdicts = judge_export(written, self.registry, self.books, self.policies, year)
        return Export(written, year, verdicts)

    def all(self):
        """Yield the exports of the earlier years, of the campaign, and the one still to come."""
        this_year = self.county.year
        rows = []
        for year in range(this_year - 3, this_year):
            rows = earlier_year(self.county, year)
            yield self.write(rows, "plain", "csv-gb", f"{year}年税务缴费明细", year)
        self.campaign = Campaign(self.county, rows)
        for plan, habits in zip((*EXPORT_PLANS, NEXT_PLAN), HABITS, strict=True):
            rows = self.campaign.pay_by_task(plan)
            yield self.write(rows, plan.layout, plan.form, plan.name, this_year, **habits)

    def aside(self):
        """Return exports whose books go their own way from here."""
        other = copy(self)
        other.books = deepcopy(self.books)
        return other


# --- What the portal made of them --------------------------------------------------------------


def codes_of(feed):
    """Return {(sheet, row in the sheet): verdict} of every row of a feed."""
    rows = FeedRow.objects.filter(county_code=feed.county_code, year=feed.year, feed_id=feed.pk)
    found = rows.values_list("sheet_number", "sheet_row", "verdict")
    return {(sheet, row): verdict for sheet, row, verdict in found}


def disagreements(feed, export):
    """Return how often the portal said something else than the oracle: {(portal, oracle): rows}."""
    said, expected = codes_of(feed), export.codes()
    places = said.keys() | expected.keys()
    pairs = ((said.get(place, "no row"), expected.get(place, "no row")) for place in places)
    return dict(Counter(pair for pair in pairs if pair[0] != pair[1]))


def totals_of(feed):
    """Return {code: (rows, yuan)} of a feed's control strip."""
    return {t.code: (t.rows, t.amount) for t in FeedTally.objects.filter(feed=feed) if t.rows}


def people_paid(county_code, year):
    """Return {(village code, scheme): people} by the counters, those without anyone left out."""
    counted = (
        PaidTier.objects.filter(county_code=county_code, year=year, area_code__regex=r"^\d{12}$")
        .values_list("area_code", "scheme_id")
        .annotate(people=Sum("people"))
    )
    return {(village, scheme): people for village, scheme, people in counted if people}


def amounts_paid(county_code, year):
    """Return {(village code, scheme, source): yuan} by the ledger: in less out."""
    return _asked(
        "select village_code, scheme_id, source,"
        " sum(case when to_account like 'personal%%' then amount else -amount end)"
        " from contributions_transfer where county_code = %s and year = %s group by 1, 2, 3",
        county_code,
        year,
    )


def subsidies_due(county_code, year):
    """Return {(scheme, tier in yuan): (payments, yuan)} of the normal payments that still count."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select e.scheme_id, e.paid_amount, count(*), sum(e.amount)"
            " from subsidies_entitlement e join contributions_effectivetransfer t"
            " on t.county_code = e.county_code and t.year = e.year and t.id = e.transfer_id"
            " where e.county_code = %s and e.year = %s and t.kind = 'normal' group by 1, 2",
            [county_code, year],
        )
        return {(scheme, tier): (count, total) for scheme, tier, count, total in cursor.fetchall()}


def counters_beside_ledger(county_code):
    """Return what the counters and what the ledger says, by place, scheme, year and source."""
    counters = _asked(
        "select area_code, scheme_id, year, source, sum(people), sum(payments), sum(amount)"
        " from contributions_paidday where county_code = %s group by 1, 2, 3, 4",
        county_code,
        values=3,
    )
    ledger = _asked(
        "select left(t.village_code, n), t.scheme_id, t.year, t.source, sum(t.people),"
        " sum(case when to_account like 'personal%%' then 1 else -1 end),"
        " sum(case when to_account like 'personal%%' then amount else -amount end)"
        " from contributions_transfer t cross join unnest(array[6, 9, 12]) n"
        " where t.county_code = %s group by 1, 2, 3, 4",
        county_code,
        values=3,
    )
    return counters, ledger


def _asked(statement, *parameters, values=1):
    """Return rows as a dict, the last `values` columns of each by the others."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        rows = cursor.fetchall()
    if values == 1:
        return {row[:-1]: row[-1] for row in rows if row[-1]}
    return {row[:-values]: row[-values:] for row in rows if any(row[-values:])}


def assert_the_books_are_right(exports):
    """Compare everything that stands in the books with the oracle's, to the fen."""
    code, this_year = exports.county.code, exports.county.year
    for year in range(this_year - 3, this_year + 1):
        assert people_paid(code, year) == exports.books.people(year)
        assert amounts_paid(code, year) == amounts_expected(exports.books, year)
    due = subsidies_expected(exports.books, this_year, exports.policies)
    assert subsidies_due(code, this_year) == due
    counters, ledger = counters_beside_ledger(code)
    assert counters == ledger
    assert sum(balance_of_the_books(code).values()) == 0


def assert_judged_as_the_oracle_does(feed, export):
    assert disagreements(feed, export) == {}
    assert totals_of(feed) == export.totals()
    rows, amounts = zip(*totals_of(feed).values(), strict=True)
    assert (feed.rows, feed.amount) == (sum(rows), sum(amounts))


# --- What the oracle's books say, in yuan ------------------------------------------------------


def yuan(fen):
    return Decimal(fen).scaleb(-2)


def amounts_expected(books, year):
    sums = defaultdict(Decimal)
    for place, fen in books.amounts(year).items():
        sums[place] += yuan(fen)
    return dict(sums)


def subsidies_expected(books, year, policies):
    return {
        (scheme, yuan(tier)): (count, yuan(fen))
        for (scheme, tier), (count, fen) in books.subsidies(year, policies).items()
    }
