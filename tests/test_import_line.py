"""The apps stand in one line, and each imports only from its left: here every import is read.

Imports inside functions count too. Names in strings (settings, urls, include) do not: they are
how the ground calls an app without knowing it.
"""

import ast
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent
LINE = [
    "pension_portal",
    "townships",
    "staff",
    "policies",
    "enrollment",
    "contributions",
    "subsidies",
    "benefits",
    "oversight",
]


@pytest.mark.parametrize("app", LINE)
def test_an_app_imports_only_from_its_left(app):
    to_the_right = set(LINE[LINE.index(app) + 1 :])

    wrong = [
        f"{path.relative_to(PROJECT)}:{line} imports {name}"
        for path in sorted((PROJECT / app).rglob("*.py"))
        for line, name in imports_of(path.read_text(encoding="utf-8"), package=app)
        if name.partition(".")[0] in to_the_right
    ]

    assert wrong == []


def test_no_app_imports_what_only_shows_or_tries_it():
    wrong = [
        f"{path.relative_to(PROJECT)}:{line} imports {name}"
        for app in LINE
        for path in sorted((PROJECT / app).rglob("*.py"))
        for line, name in imports_of(path.read_text(encoding="utf-8"), package=app)
        if name.partition(".")[0] in {"tests", "bench"}
    ]

    assert wrong == []


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("import oversight.views", ["oversight.views"]),
        ("from benefits import models", ["benefits"]),
        ("def late():\n    from subsidies.models import Claim", ["subsidies.models"]),
        ("from . import forms", ["staff"]),
        ('include("oversight.urls")', []),
    ],
)
def test_every_way_to_import_is_seen(text, names):
    assert [name for _line, name in imports_of(text, package="staff")] == names


def imports_of(text, *, package):
    """Return (line, dotted name) for every import in a module's text."""
    found = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            found += [(node.lineno, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            found.append((node.lineno, package if node.level else node.module))
    return found
