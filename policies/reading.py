"""Read the text of a policy file into plain values, remembering the line of each.

Stricter than YAML at large: no anchors, no tags, no repeated keys, no dates or yes/no guessed
from plain words. A number with a point becomes a Decimal from its own digits, never a float,
so 35.10 stays 35.10 and float noise is still there to be seen and refused.
"""

import re
from dataclasses import dataclass, field
from decimal import Decimal

import yaml
from django.utils.translation import gettext as _

LARGEST_FILE = 100_000  # bytes; a county's policy for a year is about 5,000
DEEPEST_NESTING = 8
OPENING, CLOSING = "[{", "]}"

WHOLE_NUMBER = re.compile(r"[-+]?[0-9]{1,15}")
POINT_NUMBER = re.compile(r"[-+]?[0-9]{1,15}\.[0-9]{1,20}")


@dataclass(frozen=True)
class Fault:
    """Something in a policy file that stops it from being loaded."""

    line: int
    field: str
    reason: str
    remedy: str

    def __str__(self):
        words = {
            "line": self.line,
            "field": self.field,
            "reason": self.reason,
            "remedy": self.remedy,
        }
        return _("第 %(line)d 行「%(field)s」%(reason)s，%(remedy)s") % words


@dataclass
class PolicyText:
    """The values of a policy file, the line of each path, and what could not be read."""

    content: object = None
    lines: dict = field(default_factory=dict)
    faults: list = field(default_factory=list)
    raw: str = ""
    # The version this text is laid over, where it is laid over one.
    ground_id: int | None = None

    def line_of(self, path):
        """Return the line of the nearest enclosing value that stands in the file."""
        path = tuple(path)
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def add_fault(self, path, reason, remedy):
        """Note a fault at the value with this path."""
        self.faults.append(Fault(self.line_of(path), field_name(path), reason, remedy))


def field_name(path):
    """Return a path in words an officer can follow: 补贴 第3条 缴费."""
    words = []
    for part in path:
        if part == "明细":
            continue
        words.append(_("第%(n)d条") % {"n": part + 1} if isinstance(part, int) else str(part))
    return " ".join(words) or _("全文")


def read_text(raw):
    """Return the PolicyText of a file's bytes or text; unreadable text is a fault, not an error."""
    text = PolicyText()
    decoded = _decode(raw, text)
    if decoded is None:
        return text
    # The parser's time grows with the square of the nesting, so it never gets to see any.
    if _deepest_brackets(decoded) > DEEPEST_NESTING:
        text.add_fault((), _("括号套得太深"), _("对照范例改写"))
        return text
    try:
        node = yaml.compose(decoded, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, RecursionError) as error:
        _note_broken_yaml(error, text)
        return text
    if node is None:
        text.add_fault((), _("没有内容"), _("对照范例写齐各段"))
        return text
    text.raw = decoded
    text.content = _plain(node, (), text, set())
    return text


def _decode(raw, text):
    if isinstance(raw, str):
        raw = raw.encode()
    if len(raw) > LARGEST_FILE:
        text.add_fault((), _("超过 100 KB"), _("只放一个险种一个年度的政策"))
        return None
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text.add_fault((), _("不是 UTF-8 编码"), _("用 UTF-8 另存后再录入"))
        return None


def _deepest_brackets(text):
    """Return how deep the brackets go, those in words counted too."""
    depth = deepest = 0
    for character in text:
        if character in OPENING:
            depth += 1
            deepest = max(deepest, depth)
        elif character in CLOSING:
            depth -= 1
    return deepest


def _note_broken_yaml(error, text):
    mark = getattr(error, "problem_mark", None)
    line = mark.line + 1 if mark else 1
    reason = _("缩进、冒号或括号不配对")
    text.faults.append(Fault(line, _("全文"), reason, _("对照上下行改齐")))


def _plain(node, path, text, seen):
    text.lines[path] = node.start_mark.line + 1
    if id(node) in seen or len(path) > DEEPEST_NESTING:
        text.add_fault(path, _("引用了别处的内容或套得太深"), _("把内容原样写出来"))
        return None
    seen.add(id(node))
    if node.tag not in PLAIN_TAGS:
        text.add_fault(path, _("带有类型标记"), _("去掉感叹号和后面的标记"))
        return None
    if isinstance(node, yaml.MappingNode):
        return _plain_mapping(node, path, text, seen)
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item, (*path, place), text, seen) for place, item in enumerate(node.value)]
    return _plain_scalar(node)


PLAIN_TAGS = {
    f"tag:yaml.org,2002:{name}"
    for name in ("map", "seq", "str", "int", "float", "bool", "null", "timestamp")
}


def _plain_mapping(node, path, text, seen):
    values = {}
    for key_node, value_node in node.value:
        key = key_node.value if isinstance(key_node, yaml.ScalarNode) else "?"
        key_path = (*path, key)
        if key in values:
            text.lines[key_path] = key_node.start_mark.line + 1
            text.add_fault(key_path, _("写了两次"), _("留下一处"))
            continue
        values[key] = _plain(value_node, key_path, text, seen)
        text.lines[key_path] = key_node.start_mark.line + 1
    return values


def _plain_scalar(node):
    if node.style in ("'", '"'):
        return node.value
    if WHOLE_NUMBER.fullmatch(node.value):
        return int(node.value)
    if POINT_NUMBER.fullmatch(node.value):
        return Decimal(node.value)
    return node.value
