"""Measure the portal beside a bare prototype, in turn, and print what each took and the ratio.

    python -m bench --residents 260000 --rows 223300 --rounds 3

Every round runs each contestant once, in a process of its own and on a fresh copy of the same
county, so that a noisy minute hits all alike. The ratio is the median of the rounds' ratios.
"""

import argparse
import json
import subprocess
import sys
from statistics import median

from bench import databases
from bench.ground import PROJECT, Ground

RESIDENTS, ROWS, ROUNDS = 260_000, 223_300, 3
MEGABYTE = 1024**2
# Goals as the project states them; a ratio is the portal's time over the prototype's.
MOST_OF_THE_PROTOTYPE = 1.6
MOST_PAGE_MILLISECONDS = 50


def main():
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__.splitlines()[0])
    parser.add_argument("--residents", type=int, default=RESIDENTS)
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    arguments = parser.parse_args()
    databases.start_servers()
    ground = Ground(arguments.residents, arguments.rows)
    ground.lay_out()
    prototype = _prototype_of(ground)
    rounds = [_round(ground, prototype) for _turn in range(arguments.rounds)]
    pages = _portal(ground.database, "pages")
    _print(ground, rounds, pages)


def _prototype_of(ground):
    """Return the name of the prototype's database, filled with the same county."""
    name = f"{ground.name}_bare"
    if not databases.exists(name):
        databases.make_empty(name)
        _run(name, "bench.peers.prototype", "fill", ground / "plain")
        databases.settle(name)
    return name


def _round(ground, prototype):
    """Run the portal and the prototype once each; both must post what the oracle posts."""
    found = {}
    databases.copy(ground.database, "bench_run")
    found["portal"] = _portal("bench_run", "feed", ground / "feed.xlsx")
    databases.copy(prototype, "bench_run")
    found["prototype"] = _run("bench_run", "bench.peers.prototype", "post", ground / "feed.xlsx")
    databases.drop("bench_run")
    for name, told in found.items():
        assert told["posted_rows"] == ground.truth["posted_rows"], f"{name} posted other rows"
    print(" ".join(f"{name} {told['seconds']:.1f} s" for name, told in found.items()), flush=True)
    return found


def _portal(database, *deed):
    return _run(database, "bench.portal", *deed)


def _run(database, module, *arguments):
    """Run one program on a database and return the JSON object it prints last, {} for nothing."""
    done = subprocess.run(
        [sys.executable, "-m", module, *map(str, arguments)],
        env=databases.environment(database),
        cwd=PROJECT,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    lines = done.stdout.strip().splitlines()
    return json.loads(lines[-1]) if lines else {}


def _print(ground, rounds, pages):
    portal = [turn["portal"] for turn in rounds]
    seconds = median(told["seconds"] for told in portal)
    ratio = median(turn["portal"]["seconds"] / turn["prototype"]["seconds"] for turn in rounds)
    print(f"\n{ground.rows:,} rows on {ground.residents:,} residents, {len(rounds)} rounds\n")
    print(f"  upload to dashboard                  {seconds:8.1f} s")
    print(f"  × the bare prototype                 {ratio:8.2f}   goal ≤ {MOST_OF_THE_PROTOTYPE}")
    print(f"  statements                           {portal[0]['statements']:8d}")
    print(f"  worker's memory                      {portal[0]['worker_bytes'] / MEGABYTE:8.0f} MB")
    print(f"  reading process's memory             {portal[0]['reader_bytes'] / MEGABYTE:8.0f} MB")
    for name, taken in pages["seconds"].items():
        milliseconds = taken * 1000
        print(f"  {name + ' page':37}{milliseconds:8.0f} ms  goal ≤ {MOST_PAGE_MILLISECONDS}")
    print("\n  steps of the last round:")
    for step, taken in portal[-1]["steps"].items():
        print(f"    {step:35}{taken:8.2f} s")


if __name__ == "__main__":
    main()
