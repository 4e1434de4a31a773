"""Rule shapes that other counties use and this loader cannot run yet, each known by its word.

A county's file may already say such a thing in the reserved words below; it is then refused
with the name of the shape. Nothing is ever loaded as if a word had not been there. To teach the
loader a shape: move its word from here into `schema.json`, give it columns, and let
`interpreting.py` fill them.
"""

from django.utils.translation import gettext_lazy as _

# Whole sections that belong to a later language.
SECTIONS = {
    "待遇": _("待遇计发规则"),
    "集体补助": _("集体补助的上限与配比"),
    "任务": _("任务数与阶段目标（在乡镇任务中设置）"),
    "修订": _("只修改部分档次的修订文件"),
    "沿用": _("在另一份政策上叠加的县级政策"),
}

# Words inside one entry of a section.
WORDS = {
    "参保条件": {
        "居住年限": _("按居住年限的参保条件"),
        "认定日": _("以指定日期认定的参保条件"),
    },
    "征缴期": {
        "首次参保除外": _("首次参保不受限的征缴期"),
        "生效日": _("年中生效或追溯生效"),
        "到龄前缴清": _("到龄当月之前缴清"),
        "按通知延长": _("按通知另行延长"),
    },
    "档次": {
        "金额自": _("区间内任意金额"),
        "金额至": _("区间内任意金额"),
        "每级": _("按级距递增的区间"),
        "基数": _("外部基数的百分比"),
        "占基数比例": _("外部基数的百分比"),
        "缴纳方式": _("按月、按季缴费"),
        "多次合并": _("一年多次缴费合并定档"),
        "适用乡镇": _("分片区的档次"),
        "旧档次": _("旧档次折算新档次"),
        "随指数调整": _("随指数调整的上下限"),
        "适用身份": _("只对部分身份开放的档次"),
    },
    "补贴": {
        "年龄满": _("按年龄分段的补贴"),
        "年龄不满": _("按年龄分段的补贴"),
        "年龄计算日": _("按年龄分段的补贴"),
        "性别": _("按性别的补贴"),
        "终身封顶": _("终身补贴上限"),
        "封顶年数": _("补贴年数上限"),
        "计补基数": _("个人与代缴合并计算的补贴"),
        "集体补助满": _("个人缴费与集体补助两张补贴表相加"),
        "省级补贴": _("省定标准上的县级加补"),
        "不低于": _("待县里填写的补贴下限"),
        "例外": _("个别档次除外的比例补贴"),
        "生效日": _("年中生效或追溯生效"),
    },
    "代缴": {
        "占所选档次": _("按所选档次比例代缴"),
        "抵扣": _("代缴额抵扣其他档次"),
        "先缴后补": _("个人先缴、政府后补"),
        "认定日": _("以指定日期认定身份的代缴"),
        "次序版本": _("有版本的身份优先次序"),
        "缴费补贴": _("代缴另定补贴"),
    },
    "补缴": {
        "临近到龄享受补贴": _("制度实施时临近到龄者补缴享受补贴"),
        "档次标准": _("按欠缴年度或当年档次补缴"),
        "封顶档次": _("补缴档次上限"),
        "可补差额": _("已缴年度补足差额"),
        "到龄后趸缴": _("到龄后一次性补缴"),
        "到龄后按年缴": _("到龄后按年续缴"),
        "待遇核定后": _("待遇核定后的补缴"),
    },
    "资金分担": {
        "不超过": _("分段分担"),
        "超过部分": _("分段分担"),
        "县类别": _("按县区类别分担"),
        "金额": _("定额分担，其余由另一级承担"),
    },
}


def refuse_unsayable(text):
    """Note a fault, with the name of the shape, for every reserved word in the file."""
    if not isinstance(text.content, dict):
        return
    for section, name in SECTIONS.items():
        if section in text.content:
            _refuse(text, (section,), name)
    for section, words in WORDS.items():
        for path, entry in _entries(text.content, section):
            for word in words.keys() & entry.keys():
                _refuse(text, (*path, word), words[word])
    for path, entry in _entries(text.content, "补贴"):
        if "身份" in entry and entry.get("方式") != "叠加":
            _refuse(text, (*path, "身份"), _("某类身份单独一套补贴"))


def reserved_words(section):
    """Return the words of a section that name a shape not yet loadable."""
    return WORDS.get(section, {}).keys()


def _entries(content, section):
    """Yield the path and the mapping of the section's head and of each of its entries."""
    body = content.get(section)
    if not isinstance(body, dict):
        return
    yield (section,), body
    entries = body.get("明细")
    for place, entry in enumerate(entries if isinstance(entries, list) else []):
        if isinstance(entry, dict):
            yield (section, "明细", place), entry


def _refuse(text, path, name):
    reason = _("暂不能表达的规则形状：%(name)s") % {"name": name}
    text.add_fault(path, str(reason), str(_("等系统支持后再录入，不要改写成相近的规则")))
