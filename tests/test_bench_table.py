"""The table of `make bench`: what it says of a goal must be so."""

import pytest

from bench.table import Line, as_markdown, as_text, at_least, at_most


@pytest.mark.parametrize(
    ("line", "met"),
    [
        (Line("× the bare prototype's", 1.6, "×", at_most(1.6)), "met"),
        (Line("× the bare prototype's", 1.604, "×", at_most(1.6)), "missed"),
        (Line("the portal is faster by", 6, "×", at_least(6)), "met"),
        (Line("the portal is faster by", 5.99, "×", at_least(6)), "missed"),
        (Line("upload to dashboard", 5.1, "s"), ""),
    ],
)
def test_a_goal_is_met_up_to_its_bound_and_not_beyond(line, met):
    assert line.cells[-1] == met


def test_the_table_reads_the_same_in_a_terminal_and_in_a_readme():
    parts = {
        "Payment file": [
            Line("upload to dashboard", 8.14, "s"),
            Line("SQL statements", 111),
            Line("statements a further block", 2.25, "", at_most(2)),
        ],
        "Dashboard pages": [Line("county page", 31.2, "ms", at_most(50))],
    }

    assert [" ".join(line.split()) for line in as_text(parts).splitlines()] == [
        "",
        "Payment file",
        "upload to dashboard 8.1 s",
        "SQL statements 111",
        "statements a further block 2.25 ≤ 2 missed",
        "",
        "Dashboard pages",
        "county page 31 ms ≤ 50 ms met",
    ]
    assert as_markdown(parts, "A machine.").splitlines() == [
        "A machine.",
        "",
        "| | measured | goal | |",
        "|---|---:|---:|---|",
        "| **Payment file** | | | |",
        "| upload to dashboard | 8.1 s |  |  |",
        "| SQL statements | 111 |  |  |",
        "| statements a further block | 2.25 | ≤ 2 | missed |",
        "| **Dashboard pages** | | | |",
        "| county page | 31 ms | ≤ 50 ms | met |",
    ]
