"""Show a faulty policy file with each fault at its own line (就地标错)."""

from dataclasses import dataclass

OTHER_ENCODING = "gb18030"


@dataclass(frozen=True)
class MarkedLine:
    """One line of a file as it was sent, and what is wrong on it."""

    number: int
    text: str
    faults: list


def readable_text(raw):
    """Return a file's bytes as text to look at and correct.

    A file that an old editor saved in GB18030 is read as what it is, so that sending the text
    again is all its mending; what no encoding explains shows where it is broken.
    """
    for encoding in ("utf-8-sig", OTHER_ENCODING):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("utf-8", "replace")


def marked_lines(text, faults):
    """Return every line with its faults; a fault beyond the last line stands at the last."""
    lines = text.splitlines() or [""]
    by_line = {}
    for fault in faults:
        by_line.setdefault(min(max(fault.line, 1), len(lines)), []).append(fault)
    return [
        MarkedLine(number, line, by_line.get(number, [])) for number, line in enumerate(lines, 1)
    ]
