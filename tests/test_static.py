"""What the browser gets: vendored files untouched, no inline code, no door to the outside."""

import hashlib
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
STATIC = ROOT / "static"
VENDOR = STATIC / "vendor"
OWN_FILES = [STATIC / name for name in ("portal.css", "portal.js", "charts.js")]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
SUMS = [line.split() for line in (VENDOR / "SHA256SUMS").read_text("utf-8").splitlines()]
# Chart data is inert JSON; everything else that runs is a file of our own.
INLINE = re.compile(
    r"<style|\sstyle=|<script(?![^>]*\bsrc=)(?![^>]*application/json)|\son[a-z]+\s*=|javascript:"
    r"|\shx-on",
    re.I,
)
OUTSIDE = re.compile(r"""(?:src|href|action)=["']?(?:https?:)?//""", re.I)
ICON = re.compile(r"""_icon\.html["'] with name="([^"{]+)\"""")
STATIC_TAG = re.compile(r"""{%\s*static\s+["']([^"']+)["']""")
TARGET = re.compile(r"""include\s+["'](fragments/[^"']+)["']""")
SMALLEST_CONTRAST = 4.5
SCRIPT_BUDGET = 120 * 1024


@pytest.mark.parametrize(("digest", "name"), SUMS)
def test_a_vendored_file_is_the_one_we_took(digest, name):
    content = (VENDOR / name).read_bytes()

    assert hashlib.sha256(content).hexdigest() == digest
    assert b"sourceMappingURL" not in content


def test_every_vendored_file_has_its_sum_and_every_package_its_licence():
    inside = {path.relative_to(VENDOR).as_posix() for path in VENDOR.glob("*/*")}

    assert inside == {name for _, name in SUMS}
    assert all((folder / "LICENSE").exists() for folder in VENDOR.iterdir() if folder.is_dir())


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_template_asks_nothing_the_policy_refuses(path):
    text = re.sub(r"{%.*?%}", "", path.read_text("utf-8"), flags=re.S)

    assert INLINE.findall(text) == []
    assert OUTSIDE.findall(text) == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_template_names_only_what_is_there(path):
    text = path.read_text("utf-8")
    icons = set(re.findall(r'<symbol id="([^"]+)"', (STATIC / "icons.svg").read_text("utf-8")))

    assert set(ICON.findall(text)) <= icons
    assert [name for name in STATIC_TAG.findall(text) if not (STATIC / name).exists()] == []
    assert [name for name in TARGET.findall(text) if not (ROOT / "templates" / name).exists()] == []


@pytest.mark.parametrize("path", OWN_FILES, ids=lambda path: path.name)
def test_our_own_files_reach_for_nothing_outside(path):
    text = path.read_text("utf-8")

    assert not re.search(r"https?://", text)
    assert not re.search(r"\beval\(|new Function|insertAdjacentHTML|innerHTML|@import", text)


def test_scripts_stay_within_their_budget():
    scripts = [STATIC / "portal.js", STATIC / "charts.js", VENDOR / "htmx/htmx.min.js"]

    assert sum(path.stat().st_size for path in scripts) < SCRIPT_BUDGET


def test_words_on_their_grounds_can_be_read():
    colours = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", _first_rule()))
    grounds = {
        "ink": ["paper", "ground", "hover", "blue-tint", "red-tint", "green-tint", "amber-tint"],
        "quiet": ["paper", "ground", "hover", "blue-tint"],
        "blue": ["paper", "ground", "hover", "blue-tint"],
        "red": ["paper", "ground", "hover", "red-tint"],
        "green": ["paper", "green-tint"],
        "amber": ["paper", "amber-tint"],
        "paper": ["blue", "blue-deep", "red"],
    }

    faint = [
        (words, ground)
        for words, under in grounds.items()
        for ground in under
        if _contrast(colours[words], colours[ground]) < SMALLEST_CONTRAST
    ]

    assert faint == []


def _first_rule():
    text = (STATIC / "portal.css").read_text("utf-8")
    return text[text.index(":root") : text.index("}")]


def _contrast(one, other):
    """Return the WCAG contrast of two hex colours, 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour):
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
