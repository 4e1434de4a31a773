"""What the portal writes into its logs: everything about a failure except people's data.

PostgreSQL explains a refused row by quoting it (`DETAIL: Failing row contains (…)`). Numbers are
sealed in it, names are not; and a log is read, copied and kept by more people than the database.
"""

import logging
import re

# From the word to where a traceback surely goes on, or to the end: a value may hold any line break.
QUOTED_ROW = re.compile(
    r"^(DETAIL|CONTEXT):.*?(?=^HINT:|^Traceback |^  File |^The above |^During handling |\Z)",
    re.MULTILINE | re.DOTALL,
)


class FormatterWithoutRows(logging.Formatter):
    """Format a record as usual and leave out the rows that the database quotes."""

    def format(self, record):
        return QUOTED_ROW.sub(r"\1: (left out)\n", super().format(record))
