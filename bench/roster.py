"""The county's whole roster, from upload to a registry that held nobody."""

import json
from statistics import median

from bench import databases
from bench.payment_file import memory
from bench.table import Line, at_most

HEADING = "Roster"
MOST_OF_A_FEED_ROW = 2


def measure(bench):
    """Yield the roster's lines; every person must be new, every spoilt row sent back."""
    ground = bench.ground
    rounds = [_load(bench) for _turn in range(bench.options.rounds)]
    databases.drop("bench_run")
    seconds = median(told["seconds"] for told in rounds)
    a_row = seconds / rounds[0]["rows"]
    yield Line(f"{ground.residents:,} people, upload to registry", seconds, "s")
    yield Line("a row of it", a_row * 1e6, "µs")
    ratio = a_row / bench.seconds_a_row
    yield Line("× a row of the payment file", ratio, "×", at_most(MOST_OF_A_FEED_ROW))
    yield Line("SQL statements", rounds[-1]["statements"])
    yield from memory(rounds[-1], ".xlsx")


def _load(bench):
    told = bench.portal(bench.ground.places, "roster", bench.ground / "roster.xlsx")
    written = json.loads((bench.ground / "roster.json").read_text(encoding="utf-8"))
    expected = {"people": written["people"], "refused": written["refused"]}
    assert {"people": told["new"], "refused": told["bad"]} == expected, (told, expected)
    return told
