"""A payment file from upload to the dashboard, beside what a county could use instead.

Every round runs each contestant once, in a process of its own and on a fresh copy of the same
county, so that a noisy minute hits all alike. A ratio is the median of the rounds' ratios. All must
post exactly the rows that the oracle posts.
"""

from dataclasses import dataclass
from statistics import median

from bench import databases
from bench.runs import PANDAS_PYTHON, told_by
from bench.table import MEGABYTE, Line, at_least, at_most

HEADING = "Payment file"
# A ratio is the portal's time over the prototype's, and a peer's over the portal's.
MOST_OF_THE_PROTOTYPE = 1.6
LEAST_TIMES_FASTER = {"pandas_tuned": 6, "django_bulk": 5, "orm_loop": 150}
SAID = {
    "pandas_tuned": "tuned pandas script, which merges and writes a file",
    "django_bulk": "Django bulk_create with dictionaries",
    "orm_loop": "Django get-or-create loop",
}


class PostedOtherRows(AssertionError):
    """A contestant posted other rows than the oracle: its time says nothing."""


@dataclass
class Grounds:
    """The prototype's and the Django peers' databases, filled with the same county."""

    bare: str
    django: str = ""


def measure(bench):
    """Yield the lines of the payment file; the portal's own figures stay with the bench."""
    grounds = _grounds(bench)
    rounds = [_round(bench, grounds, turn) for turn in range(bench.options.rounds)]
    databases.drop("bench_run")
    portal = [turn["portal"] for turn in rounds]
    seconds = median(told["seconds"] for told in portal)
    bench.feed = portal[-1]
    bench.seconds_a_row = seconds / bench.ground.rows
    yield Line(".xlsx, upload to dashboard", seconds, "s")
    yield Line("a row of it", bench.seconds_a_row * 1e6, "µs")
    yield _of(rounds, "portal", "prototype", "× the bare prototype's", MOST_OF_THE_PROTOTYPE)
    whole = median(told["seconds_with_subsidies"] for told in portal)
    yield Line("until every subsidy is worked out too", whole, "s")
    yield Line(
        "× the bare prototype's, with that",
        median(
            turn["portal"]["seconds_with_subsidies"] / turn["prototype"]["seconds"]
            for turn in rounds
        ),
        "×",
    )
    yield Line(".csv, upload to dashboard", _median(rounds, "portal_csv"), "s")
    yield _of(rounds, "portal_csv", "prototype_csv", "× the bare prototype's for .csv")
    yield Line("SQL statements for the .xlsx", portal[-1]["statements"])
    yield Line("of which COPY", portal[-1]["copies"])
    yield from memory(portal[-1], ".xlsx")
    yield from memory(rounds[-1]["portal_csv"], ".csv")
    for step, taken in portal[-1]["steps"].items():
        yield Line(f"step of the last .xlsx: {step}", taken, "s")
    for name in ("prototype", *SAID):
        if name in rounds[0]:
            yield from _beside(rounds, name, bench)


def memory(told, form):
    """Yield what the worker and its reading process had in memory at most."""
    yield Line(f"worker's memory, {form}", told["worker_bytes"] / MEGABYTE, "MB")
    if told["reader_bytes"]:
        yield Line(f"reading process's memory, {form}", told["reader_bytes"] / MEGABYTE, "MB")


def _beside(rounds, name, bench):
    """Yield a peer's time, and how much faster the portal is where there is a goal for it."""
    taken = [turn for turn in rounds if name in turn]
    if name == "prototype":
        yield Line("bare prototype, .xlsx", _median(taken, name), "s")
        return
    rows, all_rows = taken[0][name].get("rows"), bench.ground.rows
    sample = f" ({rows:,} rows measured, times {all_rows / rows:.1f})" if rows else ""
    yield Line(f"{SAID[name]}{sample}", _median(taken, name), "s")
    if name == "pandas_tuned":
        for step, seconds in taken[-1][name]["steps"].items():
            yield Line(f"step of its last run: {step}", seconds, "s")
    faster = median(turn[name]["seconds"] / turn["portal"]["seconds"] for turn in taken)
    yield Line("the portal is faster by", faster, "×", at_least(LEAST_TIMES_FASTER[name]))


def _of(rounds, name, other, what, most=None):
    ratio = median(turn[name]["seconds"] / turn[other]["seconds"] for turn in rounds)
    return Line(what, ratio, "×", most and at_most(most))


def _median(rounds, name):
    return median(turn[name]["seconds"] for turn in rounds)


# --- A round --------------------------------------------------------------------------------------


def _grounds(bench):
    ground = bench.ground
    grounds = Grounds(_filled(f"{ground.name}_bare", "prototype", "fill", ground / "plain"))
    if bench.options.peers:
        grounds.django = _filled(f"{ground.name}_django", "django_tables", ground / "plain")
    return grounds


def _filled(name, module, *arguments):
    """Return the name of a peer's database, made and filled unless it is there."""
    if not databases.exists(name):
        databases.make_empty(name)
        try:
            told_by(f"bench.peers.{module}", *arguments, database=name)
        except BaseException:
            databases.drop(name)
            raise
        databases.settle(name)
    return name


def _round(bench, grounds, turn):
    """Run every contestant once; return what each told, by name."""
    ground, options = bench.ground, bench.options
    xlsx, csv = ground / "feed.xlsx", ground / "feed.csv"
    found = {
        "portal": bench.portal(ground.database, "feed", xlsx),
        "prototype": bench.peer(grounds.bare, "prototype", "post", xlsx),
        "portal_csv": bench.portal(ground.database, "feed", csv),
        "prototype_csv": bench.peer(grounds.bare, "prototype", "post", csv),
    }
    if options.peers:
        found["pandas_tuned"] = _pandas(ground)
        found["django_bulk"] = bench.peer(grounds.django, "django_bulk", xlsx)
        if turn == 0:
            found["orm_loop"] = _loop(bench, grounds, xlsx)
    for name, told in found.items():
        _check(name, told, ground)
    seconds = ", ".join(f"{name} {told['seconds']:.1f}" for name, told in found.items())
    print(f"round {turn + 1}, seconds: {seconds}", flush=True)
    return found


def _pandas(ground):
    result = ground / "result.xlsx"
    arguments = (ground / "plain", ground / "feed.xlsx", result)
    try:
        return told_by("bench.peers.pandas_tuned", *arguments, python=PANDAS_PYTHON)
    finally:
        result.unlink(missing_ok=True)


def _loop(bench, grounds, path):
    """Run the loop on its sample, and work out its time for the whole file."""
    told = bench.peer(grounds.django, "orm_loop", path, bench.options.loop_rows)
    sampled = told["rows"]
    if sampled == bench.ground.rows:
        del told["rows"]
        return told
    return told | {"seconds": told["seconds"] * bench.ground.rows / sampled}


def _check(name, told, ground):
    expected = ground.truth["posted_rows"]
    if "rows" in told:
        expected = ground.hash_of_first(told["rows"])
    if told["posted_rows"] != expected:
        raise PostedOtherRows(f"{name} posted {told['posted']} rows, not those of the oracle")
