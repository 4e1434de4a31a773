"""What one resident has paid for a year, net of refunds and reversals (本年缴费)."""

from contributions.statements import fetch_statement


def paid_in_the_year(resident, year):
    """Return one row for each scheme with something paid: scheme, source, yuan, last day; [] for
    nothing.
    """
    return fetch_statement(
        "paid_in_the_year",
        {"county_code": resident.county_code, "resident_id": resident.pk, "year": year},
    )
