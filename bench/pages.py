"""The dashboard once the file is posted, as the server answers: no network, no browser."""

from bench import databases
from bench.runs import RUN, told_by
from bench.table import Line, at_most

HEADING = "Dashboard pages"
MOST_MILLISECONDS = 50
MOST_BEHIND = 100  # what stands behind the dashboard: charts, renewal, coverage, identities
DASHBOARDS = ("county", "town", "village")
MOST_COUNTING_SECONDS = 120  # at night, all schemes of the county


def measure(bench):
    """Yield the median time of each page, after a night that followed the file."""
    bench.portal(bench.ground.database, "feed", bench.ground / "feed.csv")
    yield from pages_of_what_runs(MOST_MILLISECONDS)
    databases.drop(RUN)


def pages_of_what_runs(most_of_a_dashboard):
    """Yield the lines of every page on the database in which a file was just posted."""
    databases.settle(RUN)
    told = told_by("bench.portal", "pages", database=RUN)
    for name, seconds in told["seconds"].items():
        most = most_of_a_dashboard if name in DASHBOARDS else MOST_BEHIND
        yield Line(f"{name} page", seconds * 1000, "ms", at_most(most))
    counting = told["seconds_to_count"]
    yield Line("night's count of the people", counting, "s", at_most(MOST_COUNTING_SECONDS))
