"""What the county issues, at its full size: the quarter's notices and a list of all its payers."""

from bench import databases
from bench.runs import RUN, told_by
from bench.table import Line, at_most

HEADING = "Notices and lists"
MOST_SECONDS_OF_NOTICES = 30
MOST_SECONDS_OF_A_LIST = 20
LONG_LIST = 200_000


def measure(bench):
    """Yield how long both jobs take, order to file, once the payment file was posted."""
    bench.portal(bench.ground.database, "feed", bench.ground / "feed.csv")
    databases.settle(RUN)
    told = told_by("bench.portal", "issued", database=RUN)
    databases.drop(RUN)
    yield Line(
        f"notices of {told['villages']:,} villages, {told['lines']:,} lines, a PDF each",
        told["seconds"]["notices"],
        "s",
        at_most(MOST_SECONDS_OF_NOTICES),
    )
    seconds = told["seconds"]["list"]
    yield Line(f"list of {told['listed']:,} people as .xlsx", seconds, "s")
    as_long = seconds * LONG_LIST / told["listed"]
    yield Line(f"as much for {LONG_LIST:,} people", as_long, "s", at_most(MOST_SECONDS_OF_A_LIST))
