"""Every word on the screen has its English: Chinese is the key, `locale/en` holds the rest.

The words are found by reading templates and Python as text, so a page no test opens counts too.
"""

import ast
import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent
CATALOGUE = ROOT / "locale" / "en" / "LC_MESSAGES" / "django.po"
APPS = [
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
FRAME = "the frame"
GETTEXT_NAMES = {
    "_",
    "gettext",
    "gettext_lazy",
    "gettext_noop",
    "ngettext",
    "ngettext_lazy",
    "pgettext",
    "pgettext_lazy",
}
# Chinese characters and Chinese punctuation.
CHINESE = re.compile(r"[\u3000-\u303f\u3400-\u4dbf\u4e00-\u9fff\uff00-\uffef]")
IDEOGRAPH = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")
# What has to be typed in Chinese, because a file is read by it, stands in quotes.
QUOTED = re.compile("“[^”]*”")
TEMPLATE_COMMENT = re.compile(r"\{#.*?#\}|\{% comment .*?%\}.*?\{% endcomment %\}", re.S)
TRANSLATE = re.compile(r"""\{%\s*trans(?:late)?\s+(?:"([^"]*)"|'([^']*)')""")
UNDERSCORE = re.compile(r"""_\(\s*(?:"([^"]*)"|'([^']*)')\s*\)""")
BLOCK = re.compile(
    r"\{%\s*blocktrans(?:late)?\b([^%]*)%\}(.*?)\{%\s*endblocktrans(?:late)?\s*%\}", re.S
)
PLURAL = re.compile(r"\{%\s*plural\s*%\}")
BLOCK_VARIABLE = re.compile(r"\{\{\s*(\w+)\s*\}\}")
# What is filled in, in Python and in a script, and the percent sign that must stay doubled.
PLACE = re.compile(r"%(?:\(\w+\))?(?:\.\d+)?[sdf%]|\{\w+\}")
# The switch names each language in that language.
LANGUAGE_SWITCH = "_language_switch.html"


# A comment, or words between quotation marks; those within follow a backslash.
PO_LINE = re.compile(
    r'(?:#.*|(?:(?:msgctxt|msgid|msgid_plural|msgstr)(?:\[\d\])? )?"(?:[^"\\]|\\.)*")?'
)


def templates_of(app):
    """Return the templates an app shows; the ground shows those that belong to none."""
    everywhere = ROOT / "templates"
    if app != "pension_portal":
        return sorted(everywhere.glob(f"{app}/**/*.html"))
    return sorted([*everywhere.glob("*.html"), *everywhere.glob("fragments/*.html")])


def words_in_template(text):
    """Return the message keys of one template, as Django would make them: a % is doubled."""
    text = TEMPLATE_COMMENT.sub("", text)
    quoted = TRANSLATE.findall(text) + UNDERSCORE.findall(text)
    found = {(one or other).replace("%", "%%") for one, other in quoted}
    return found.union(*_blocks_in(text))


def counted_words_in_template(text):
    """Return the message keys of one template that have a form for one and a form for many."""
    blocks = _blocks_in(TEMPLATE_COMMENT.sub("", text))
    return {forms[0] for forms in blocks if len(forms) > 1}


def _blocks_in(text):
    """Return the forms of every {% blocktranslate %}: one, or two where something is counted."""
    return [
        [_block_key(part, "trimmed" in options) for part in PLURAL.split(body)]
        for options, body in BLOCK.findall(text)
    ]


def _block_key(part, is_trimmed):
    if is_trimmed:
        part = " ".join(line.strip() for line in part.strip().splitlines())
    return BLOCK_VARIABLE.sub(r"%(\1)s", part.replace("%", "%%"))


def words_in_python(text):
    """Return the literal message keys handed to any gettext function in one module."""
    found = set()
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        if name in GETTEXT_NAMES:
            found |= {
                argument.value
                for argument in node.args
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
            }
    return found


def words_of(app):
    """Return every Chinese message key of one app, or of the frame around every page."""
    found = set()
    for path in templates_of("pension_portal" if app == FRAME else app):
        found |= words_in_template(path.read_text("utf-8"))
    modules = [ROOT / "pension_portal/context.py"] if app == FRAME else (ROOT / app).rglob("*.py")
    for path in modules:
        found |= words_in_python(path.read_text("utf-8"))
    return {words for words in found if CHINESE.search(words)}


@pytest.fixture(scope="module")
def english():
    """Every key with its English: one text, or two for what is counted."""
    with CATALOGUE.open("rb") as file:
        messages = [message for message in read_po(file, locale="en") if message.id]
    forms = {_forms(message.id)[0]: _forms(message.string) for message in messages}
    assert not [message.id for message in messages if message.fuzzy]
    return {key: texts for key, texts in forms.items() if all(texts)}


def _forms(text):
    return (text,) if isinstance(text, str) else text


@pytest.mark.parametrize("app", [FRAME, *APPS])
def test_every_word_has_its_english(app, english):
    missing = sorted(words_of(app) - english.keys())

    assert not missing, f"{len(missing)} without English:\n" + "\n".join(missing)


def test_what_is_counted_has_two_forms(english):
    everywhere = [path.read_text("utf-8") for path in (ROOT / "templates").rglob("*.html")]
    counted = set().union(*map(counted_words_in_template, everywhere))

    assert sorted(key for key in counted if len(english.get(key, ())) != 2) == []


@pytest.mark.parametrize("app", APPS)
def test_no_chinese_stands_in_a_template_untranslated(app):
    bare = []
    for path in templates_of(app):
        if path.name == LANGUAGE_SWITCH:
            continue
        text = TEMPLATE_COMMENT.sub("", path.read_text("utf-8"))
        text = re.sub(r"\{%.*?%\}", "", UNDERSCORE.sub("", BLOCK.sub("", text)), flags=re.S)
        bare += [
            f"{path.relative_to(ROOT)}: {line.strip()}"
            for line in text.splitlines()
            if IDEOGRAPH.search(line)
        ]

    assert not bare, "\n".join(bare)


def test_english_keeps_every_place_of_the_chinese(english):
    astray = [
        (key, text)
        for key, texts in english.items()
        for text in texts
        if sorted(PLACE.findall(key)) != sorted(PLACE.findall(text))
    ]

    assert astray == []


def test_english_holds_no_chinese(english):
    mixed = [text for texts in english.values() for text in texts if CHINESE.search(_bare(text))]

    assert mixed == []


def test_each_catalogue_is_written_as_msgfmt_reads_it():
    wrong = [
        f"{path.parts[-3]}:{number}: {line}"
        for path in (ROOT / "locale").rglob("*.po")
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1)
        if not PO_LINE.fullmatch(line)
    ]

    assert not wrong, "\n".join(wrong)


def _bare(text):
    return QUOTED.sub("", text)


def test_keys_are_read_as_django_reads_them():
    template = (
        '{% translate "甲" %}{% include "x" with label=_("乙") %}{# {% translate "丙" %} #}'
        "{% blocktranslate with n=total|whole %}共 {{ n }} 条{% endblocktranslate %}"
    )

    assert words_in_template(template) == {"甲", "乙", "共 %(n)s 条"}
    assert words_in_python('class A:\n    sentence = _("丁" "戊")\n') == {"丁戊"}
