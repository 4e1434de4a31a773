"""A much larger file and county: what a row costs must not grow, nor memory run away."""

from bench import databases
from bench.ground import Ground
from bench.pages import MOST_BEHIND, pages_of_what_runs
from bench.table import MEGABYTE, Line, at_most

HEADING = "Large county"
MOST_OF_A_SMALL_ROW = 1.2
MOST_STATEMENTS_A_BLOCK = 2
MOST_MEGABYTES = {".xlsx": 1200, ".csv": 200}


def measure(bench):
    """Yield the lines of one large file in both forms and of the pages after it, nothing where
    it is not asked for.
    """
    options = bench.options
    if not options.large:
        return
    ground = Ground(options.large_residents, options.large_rows, is_bare=True)
    ground.lay_out()
    for form in (".xlsx", ".csv"):
        told = bench.portal(ground.database, "feed", ground / f"feed{form}")
        assert told["posted_rows"] == ground.truth["posted_rows"], f"{form} posted other rows"
        size = f"{ground.rows:,} rows on {ground.residents:,} residents"
        yield Line(f"{form}, {size}", told["seconds"], "s")
        if form == ".xlsx":
            a_row = told["seconds"] / ground.rows
            yield Line("a row of it", a_row * 1e6, "µs")
            ratio = a_row / bench.seconds_a_row
            yield Line("× a row of the smaller file", ratio, "×", at_most(MOST_OF_A_SMALL_ROW))
            yield from _statements(told, bench.feed)
        yield from _memory(told, form)
    yield from pages_of_what_runs(MOST_BEHIND)
    databases.drop("bench_run")


def _statements(told, small):
    """Yield how many statements each further block of rows took: one COPY and one INSERT."""
    blocks = told["copies"] - small["copies"]
    if blocks > 0:
        further = (told["statements"] - small["statements"]) / blocks
        yield Line("statements a further block", further, "", at_most(MOST_STATEMENTS_A_BLOCK))


def _memory(told, form):
    worker, reader = told["worker_bytes"] / MEGABYTE, told["reader_bytes"] / MEGABYTE
    yield Line(f"worker's memory, {form}", worker, "MB")
    yield Line(f"reading process's memory, {form}", reader, "MB")
    most = at_most(MOST_MEGABYTES[form])
    yield Line(f"memory of both, {form}", worker + reader, "MB", most)
