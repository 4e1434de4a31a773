"""From which age a scheme takes no more money from whom (到龄).

The policy's 未满年龄 says so, for women, for an identity or for everybody. SQL asks the same by
`enrollment_end_ages` and `policies_end_age`.
"""

import json

from enrollment.statements import fetch_statement
from policies.schemes import TRAITS


def end_ages(county_code, scheme_id, year):
    """Return {"m": 60, "f": 55, "<resident>": 50} of the policy in force; None is for life."""
    asked = {
        "county_code": county_code,
        "scheme_id": scheme_id,
        "year": year,
        "end_age": TRAITS[scheme_id].end_age,
    }
    (row,) = fetch_statement("end_ages", asked)
    return json.loads(row["ages"])


def end_age_of(person, ages):
    """Return the age at which one person stops paying, None for life; `ages` as of `end_ages`."""
    return ages.get(str(person.pk), ages.get(person.sex))
