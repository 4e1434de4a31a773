"""Whatever the trail keeps has its name on the screen."""

import ast
from pathlib import Path

import pytest

from staff.trail import ACTION_WORDS

ROOT = Path(__file__).resolve().parents[2]
APPS = (
    "pension_portal townships staff policies enrollment contributions subsidies benefits oversight"
)
RECORDING = ("record", "_record")
# Where the action is no text of its own, the names it can have; none where it is handed on.
WORKED_OUT = {
    "contributions/determining.py": set(),
    "contributions/settling.py": {
        "accept_exception",
        "match_exception",
        "set_aside_exception",
        "mark_other_county",
        "refund_exception",
    },
    "contributions/undoing.py": {"undo_settlement", "put_back_exception"},
    "policies/loading.py": {"load_policy", "publish_policy", "withdraw_policy"},
    "staff/approving.py": {"edit", "submit", "review", "approve", "return", "withdraw"},
    "staff/models/people.py": set(),
    "enrollment/ending.py": {"approve_end", "reject_end"},
    "enrollment/revealing.py": {"reveal_person", "reveal_refused"},
}


def recorded_actions(tree):
    """Return (names of the actions that a module records, how many it works out)."""
    names, worked_out = set(), 0
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        called = getattr(node.func, "id", getattr(node.func, "attr", ""))
        if called not in RECORDING:
            continue
        if isinstance(node.args[0], ast.Constant):
            names.add(node.args[0].value)
        else:
            worked_out += 1
    return names, worked_out


def modules():
    return [path for app in APPS.split() for path in sorted((ROOT / app).rglob("*.py"))]


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_every_action_that_is_recorded_has_its_word(path):
    names, worked_out = recorded_actions(ast.parse(path.read_text(encoding="utf-8")))
    known = WORKED_OUT.get(str(path.relative_to(ROOT)))

    assert names | (known or set()) <= ACTION_WORDS.keys()
    assert not worked_out or known is not None, "name above what this module works out"


def test_the_search_finds_the_actions():
    found = set().union(
        *(recorded_actions(ast.parse(path.read_text(encoding="utf-8")))[0] for path in modules())
    )

    assert {"sign_in", "upload_feed", "export_unpaid", "cancel_roster"} <= found
