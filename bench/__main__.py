"""Measure the portal, print the table with its goals, and write it to var/bench/table.md.

    python -m bench                               the portal and the bare prototype
    python -m bench --peers --large               the whole table; `make bench`
    python -m bench --residents 26000 --rows 20000 --rounds 1 --only payment_file roster

What each line is, stands in bench/README.md.
"""

import argparse
import os

from bench import databases, issued, large_file, pages, payment_file, roster
from bench.ground import Ground
from bench.machine import machine
from bench.runs import PANDAS_PYTHON, Bench
from bench.table import as_markdown, as_text

# In the order of the table. A further measure is a further module: a HEADING, and `measure(bench)`,
# which yields its lines. Those after payment_file compare themselves with it.
MEASURES = (payment_file, roster, pages, issued, large_file)


def main():
    options = _options()
    databases.start_servers()
    told_of = machine()
    ground = Ground(options.residents, options.rows)
    ground.lay_out()
    bench = Bench(ground, options)
    parts = {}
    for measure in MEASURES:
        if measure is payment_file or _name(measure) in options.only:
            lines = list(measure.measure(bench))
            if lines:
                parts[measure.HEADING] = lines
    size = f"{ground.rows:,} rows on {ground.residents:,} residents, {options.rounds} rounds"
    print(f"\n{size}. {told_of}\n{as_text(parts)}")
    path = databases.var() / "table.md"
    path.write_text(as_markdown(parts, f"{size}. {told_of}"), encoding="utf-8")
    print(f"\nwritten to {path}")


def _options():
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__.splitlines()[0])
    add = parser.add_argument
    add("--residents", type=int, default=260_000)
    add("--rows", type=int, default=223_300, help="rows of the payment file")
    add("--rounds", type=int, default=3)
    add("--peers", action="store_true", default=_asked("PEERS"), help="pandas and Django too")
    add("--loop-rows", type=int, default=5_000, help="rows for the Django loop, 0 for all")
    add("--large", action="store_true", default=_asked("LARGE"), help="a county of 1.2 million")
    add("--large-residents", type=int, default=1_200_000)
    add("--large-rows", type=int, default=1_000_000)
    names = [_name(measure) for measure in MEASURES]
    add("--only", nargs="+", choices=names, default=names, help="these besides payment_file")
    options = parser.parse_args()
    if options.peers and not PANDAS_PYTHON.exists():
        parser.error(
            "--peers needs .venv-bench; `make bench` makes it, or `make bench-peers` alone"
        )
    return options


def _asked(name):
    return os.environ.get(f"BENCH_{name}", "") not in ("", "0")


def _name(measure):
    return measure.__name__.rpartition(".")[2]


if __name__ == "__main__":
    main()
