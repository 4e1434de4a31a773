"""One big export for measuring: a county, what was posted before, and a feed of exact size.

    feed = feed_for_bench(residents=260_000, rows=223_300)
    write_export(path, feed.rows, LAYOUTS["plain"], "xlsx", county=feed.county, pen=Pen(1))

Faults come in the same shares as in the demo, so a measurement does the work of a real file.
"""

from dataclasses import dataclass
from datetime import date

from demo.county import County, make_county
from demo.payments import Campaign, ExportPlan, earlier_year

EARLY_SHARE = 0.02
RESIDENTS_PER_VILLAGE = 1_200
EARLY_PLAN = ExportPlan(
    "bench-early", date(2021, 1, 4), date(2021, 1, 31), "plain", "xlsx", EARLY_SHARE
)
FEED_PLAN = ExportPlan("bench-feed", date(2021, 2, 1), date(2021, 4, 30), "plain", "xlsx", 1.0)


@dataclass
class BenchFeed:
    """`last_year` and `early` are posted before the clock starts; `rows` are the feed itself."""

    county: County
    last_year: list
    early: list
    rows: list


def feed_for_bench(residents=260_000, rows=223_300, seed=2021):
    """Return a feed of exactly `rows` rows on a county of `residents` people.

    Raises NotEnoughPayers when more people would have to pay than the county has.
    """
    county = county_for_bench(residents, seed)
    last_year = earlier_year(county, county.year - 1)
    campaign = Campaign(county, last_year)
    early = campaign.pay_rows(EARLY_PLAN, max(100, round(rows * EARLY_SHARE)))
    return BenchFeed(county, last_year, early, campaign.pay_rows(FEED_PLAN, rows))


def county_for_bench(residents, seed=2021, settled=None):
    """Return a county laid out for so many residents; of them, only `settled` live there."""
    villages = max(15, residents // RESIDENTS_PER_VILLAGE)
    return make_county(scale=1, seed=seed, residents=settled or residents, villages=villages)
