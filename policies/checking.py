"""Check a policy file before it is loaded: every fault with its line, field, reason and remedy.

Four questions in order: can it be read, has it the shape of `schema.json`, does it fit what it is
laid over (沿用), and does it make sense as a whole (`sense.py`). Each question is asked only of a
file that passed the one before, so that one slip of indentation does not bring forth fifty faults.
"""

import json
from difflib import get_close_matches
from functools import cache
from pathlib import Path

from django.utils.translation import gettext as _
from jsonschema import Draft202012Validator

from policies.interpreting import interpret
from policies.overlays import find_ground, lay_over
from policies.reading import Fault, PolicyText, read_text
from policies.sense import check_sense

__all__ = ["Fault", "check_file", "check_text", "understand", "understand_file"]

SCHEMA_FILE = Path(__file__).with_name("schema.json")
DEEPEST_OVERLAY = 4
# How many words are offered in the place of an unknown one, and how like it they must be.
CLOSE_WORDS, CLOSE_ENOUGH = 3, 0.5
# Fewer allowed words than these are all named.
MANY_WORDS = 6
# What documents call it, and the word of the file.
MEANT = {
    "村": ("片区",),
    "乡镇": ("片区",),
    "地区": ("片区",),
    "对象": ("身份",),
    "人员": ("身份",),
    "标准": ("金额", "补贴", "比例"),
    "额度": ("金额", "补贴", "代缴"),
    "上限": ("封顶", "金额至"),
    "下限": ("保底", "金额自"),
    "缴费年限": ("缴费年数满", "累计年限上限"),
    "参保年限": ("缴费年数满",),
    "时间": ("自", "缴费日自"),
    "缴费日": ("缴费日自", "缴费日至"),
    "领取日": ("领取日自", "领取日至"),
    "出生": ("年龄满", "年龄不满", "年龄计算日"),
    "出生日期": ("年龄满", "年龄不满", "年龄计算日"),
    "年龄": ("年龄满", "年龄不满"),
    "户籍年数": ("居住年数满",),
    "落户年数": ("居住年数满",),
    "除外": ("不含片区", "不含身份", "缴费除外"),
    "片区除外": ("不含片区",),
    "到龄": ("未满年龄",),
    "退休年龄": ("未满年龄",),
    "领取年龄": ("年龄满",),
    "累计缴费满": ("平均缴费满", "缴费年数满"),
    "身份除外": ("不含身份",),
    "备注": ("说明",),
    "出处": ("依据",),
}
# What no book knows of somebody; a list may certify it.
KNOWN_BY_LISTS = ("任职", "服役", "工龄", "亩数", "土地", "子女", "残疾类", "民族", "婚姻", "职务")
# An overlay says only what is different.
ALWAYS_SAID = {"格式", "县区", "县区名称", "险种", "年度", "文件"}


def check_file(path):
    """Return the faults of a policy file by line; empty when it may be loaded."""
    text, _rows = understand_file(path)
    return text.faults


def check_text(raw):
    """Return the faults of a policy text (str or bytes), in the order of its lines."""
    text, _rows = understand(raw)
    return text.faults


def understand_file(path):
    """Return the PolicyText and PolicyRows of a file; what it is laid over may stand beside it."""
    path = Path(path)
    return understand(path.read_bytes(), folders=[path.parent, path.parent.parent])


def understand(raw, folders=()):
    """Return the PolicyText and its PolicyRows; rows are None when there are faults.

    What the file is laid over is looked for among the published versions, then in `folders`.
    """
    text = read_text(raw)
    rows = None
    if not text.faults:
        _check_shape(text)
    if not text.faults and "沿用" in text.content:
        text = _laid_over(text, folders)
    if not text.faults:
        rows = interpret(text)
    if not text.faults:
        check_sense(text, rows)
    text.faults = sorted(dict.fromkeys(text.faults), key=lambda fault: fault.line)
    return text, None if text.faults else rows


def _laid_over(text, folders, depth=0):
    """Return the whole text that an overlay and what it lies on make together."""
    found = find_ground(text, folders)
    if found is None:
        return text
    raw, policy_id = found
    ground = read_text(raw)
    if not ground.faults:
        _check_shape(ground)
    if not ground.faults and "沿用" in ground.content:
        if depth > DEEPEST_OVERLAY:
            text.add_fault(("沿用",), _("沿用的层数太多"), _("沿用最上一层"))
            return text
        ground = _laid_over(ground, folders, depth + 1)
    if ground.faults:
        reason = _("沿用的文件有错：%(fault)s") % {"fault": ground.faults[0]}
        text.add_fault(("沿用",), reason, _("先改好那一份"))
        return text
    whole = lay_over(ground, text)
    whole.ground_id = policy_id
    if not whole.faults:
        _check_shape(whole, is_whole=True)
    return whole


@cache
def _validator():
    return Draft202012Validator(json.loads(SCHEMA_FILE.read_text("utf-8")))


# --- the shape ---


def _check_shape(text: PolicyText, *, is_whole=False):
    is_overlay = not is_whole and isinstance(text.content, dict) and "沿用" in text.content
    for error in _validator().iter_errors(text.content):
        path = tuple(error.absolute_path)
        if is_overlay and _may_be_left_out(path, error):
            continue
        explain = SHAPE_FAULTS.get(error.validator, _explain_other)
        for place, reason, remedy in explain(path, error):
            text.add_fault(place, reason, remedy)


def _may_be_left_out(path, error):
    """Whether something is missing that an overlay takes from below, or takes out."""
    if error.validator != "required" or len(path) not in (0, 3):
        return False
    if path:
        return error.instance.get("删除") == "是"
    missing = [key for key in error.validator_value if key not in error.instance]
    return not ALWAYS_SAID.intersection(missing)


def _explain_unknown(path, error):
    """Name the words that may be meant; failing that, the words that only this place has."""
    own = error.schema.get("properties", {})
    shared = [word for part in error.schema.get("allOf", ()) for word in _shared_words(part)]
    for key in error.instance:
        if key in own or key in shared:
            continue
        elsewhere = _sections_of(key)
        if shared and elsewhere:
            remedy = _("「%(key)s」写在%(sections)s段") % {"key": key, "sections": elsewhere}
            yield (*path, key), _("这一段没有这一项"), remedy
            continue
        if shared and key.startswith(KNOWN_BY_LISTS):
            remedy = _("改成本地身份，由名单认定，如 任职满三年村干部")
            yield (*path, key), _("系统不知道这件事"), remedy
            continue
        meant = [word for word in MEANT.get(key, ()) if word in own or word in shared]
        alike = meant or get_close_matches(key, [*own, *shared], n=CLOSE_WORDS, cutoff=CLOSE_ENOUGH)
        remedy = _("是不是：%(known)s") if alike else _("可写：%(known)s")
        remedy %= {"known": "、".join(alike or own)}
        if shared and not alike:
            remedy += _("，以及写法说明第二节的条件和算式")
        yield (*path, key), _("不认识这一项"), remedy


def _sections_of(key):
    """Return the sections whose entries know a word: 待遇、资金分担; empty for none."""
    sections = _validator().schema["$defs"]
    return "、".join(
        name.removesuffix("段")
        for name, section in sections.items()
        if name.endswith("段") and key in section["properties"]["明细"]["items"]["properties"]
    )


def _shared_words(part):
    return _validator().schema["$defs"][part["$ref"].rpartition("/")[2]]["properties"]


def _explain_missing(path, error):
    for key in error.validator_value:
        if key not in error.instance:
            yield path, _("缺少「%(key)s」") % {"key": key}, _("补上这一项")


def _explain_choice(path, error):
    reason = _("写的是「%(said)s」") % {"said": error.instance}
    allowed, said = [str(word) for word in error.validator_value], str(error.instance)
    alike = [word for word in MEANT.get(said, ()) if word in allowed]
    if not alike and len(allowed) > MANY_WORDS:
        alike = get_close_matches(said, allowed, n=CLOSE_WORDS, cutoff=CLOSE_ENOUGH)
    if alike:
        yield path, reason, _("是不是：%(known)s") % {"known": "、".join(alike)}
        return
    yield path, reason, _("改为：%(allowed)s") % {"allowed": "、".join(allowed)}


def _explain_type(path, error):
    if "pattern" in error.schema:
        yield from _explain_pattern(path, error)
        return
    types = {
        "object": _("下面要分项写"),
        "array": _("下面要逐条写，每条以短横线开头"),
        "string": _("写成文字，数字要加引号"),
        "integer": _("只写整数"),
        "number": _("只写数字"),
    }
    reason = _("写的是「%(said)s」") % {"said": str(error.instance)[:20]}
    yield path, reason, types[error.validator_value]


def _explain_pattern(path, error):
    reason = _("写的是「%(said)s」") % {"said": str(error.instance)[:30]}
    form = error.schema.get("description") or _("照范例的写法")
    yield path, reason, _("写法：%(form)s") % {"form": form}


def _explain_range(path, error):
    reason = _("%(said)s 超出范围") % {"said": str(error.instance)[:30]}
    remedy = (_("不小于 %(bound)s") if error.validator == "minimum" else _("不大于 %(bound)s")) % {
        "bound": error.validator_value
    }
    yield path, reason, remedy


def _explain_any(path, error):
    """Say what is wrong in the form that was meant; failing that, which forms there are."""
    for inner in _leaves(error):
        if inner.validator not in ("type", "const", "enum"):
            explain = SHAPE_FAULTS.get(inner.validator, _explain_other)
            yield from explain(tuple(inner.absolute_path), inner)
            return
    reason = _("写的是「%(said)s」") % {"said": str(error.instance)[:30]}
    form = error.schema.get("description") or _("照范例的写法")
    yield path, reason, _("写法：%(form)s") % {"form": form}


def _leaves(error):
    """Yield what is wrong with each form in turn, forms within forms included."""
    for inner in error.context:
        if inner.validator == "anyOf":
            yield from _leaves(inner)
        else:
            yield inner


def _explain_other(path, error):
    yield path, _("内容太少或太多"), _("对照范例写齐")


SHAPE_FAULTS = {
    "additionalProperties": _explain_unknown,
    "unevaluatedProperties": _explain_unknown,
    "required": _explain_missing,
    "enum": _explain_choice,
    "type": _explain_type,
    "pattern": _explain_pattern,
    "minimum": _explain_range,
    "maximum": _explain_range,
    "anyOf": _explain_any,
}
