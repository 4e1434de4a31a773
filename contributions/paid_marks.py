"""What a page of places, households or people shows of payments beside each of them (已缴、未缴).

The pages are of `enrollment`, which knows no money; this fills the places they leave, all those of
a page with one request. Who is named is checked by the door.
"""

from contributions.statements import fetch_statement
from pension_portal.clock import today
from policies.schemes import ages_of

MOST_MARKS = 200
GROUP_LENGTH, VILLAGE_LENGTH, COUNTY_LENGTH = 14, 12, 6


def marks_of_areas(codes, scheme_id, year):
    """Return {code: (paid, to pay or None)} of areas; to pay is known here for groups alone."""
    groups = [code for code in codes if len(code) == GROUP_LENGTH]
    others = [code for code in codes if len(code) != GROUP_LENGTH]
    marks = {}
    if others:
        rows = fetch_statement("paid_of_areas", _asked(scheme_id, year) | {"areas": others})
        marks |= {row["code"]: (int(row["paid"]), None) for row in rows}
    if groups:
        asked = {
            "groups": groups,
            "villages": sorted({code[:VILLAGE_LENGTH] for code in groups}),
            "counties": sorted({code[:COUNTY_LENGTH] for code in groups}),
        }
        marks |= dict.fromkeys(groups, (0, 0))
        rows = fetch_statement("paid_of_groups", _asked(scheme_id, year) | asked)
        marks |= {row["code"]: (row["paid"], row["people"]) for row in rows}
    return marks


def marks_of_households(ids, scheme_id, year):
    """Return {household: (paid, to pay)}; (0, 0) where nobody is to pay."""
    asked = _asked(scheme_id, year) | {"households": ids}
    rows = fetch_statement("paid_of_households", asked) if ids else []
    return dict.fromkeys(ids, (0, 0)) | {
        row["household_id"]: (row["paid"], row["people"]) for row in rows
    }


def marks_of_residents(ids, year):
    """Return {resident: [{scheme_id, scheme, amount or None, last_tier or None}]}."""
    rows = fetch_statement("paid_of_residents", {"year": year, "residents": ids}) if ids else []
    marks = {number: [] for number in ids}
    for row in rows:
        marks[row["resident_id"]].append(row)
    return marks


def _asked(scheme_id, year):
    return {"scheme": scheme_id, "year": year, "day": today(), **ages_of(scheme_id)}
