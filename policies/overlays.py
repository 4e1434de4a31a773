"""Lay a file over another (沿用): a county's over its province's, an amendment over what it amends.

    沿用: {县区: "990000", 年度: 2021}
    补贴:
      与上级: 修改
      明细:
        - {缴费: 300, 补贴: 55, 依据: 实施意见 二}

keeps everything of the other file but the subsidy of 300. A section that is not written is taken as
it stands; one that is written says whether it replaces (替换), adds to (追加) or changes (修改) the
other's; among changes 删除 takes an entry out and 新增 adds one. An entry is the same as another
when it speaks of the same thing: the same tier, the same conditions; of several 第几条 says which.
"""

import re
from pathlib import Path

from django.utils.translation import gettext as _

from policies.conditions import CONDITION_WORDS
from policies.models import PolicyVersion
from policies.reading import PolicyText
from policies.words import SCHEMES

COUNTIES = Path(__file__).with_name("counties")
SECTIONS = (
    "参保条件",
    "征缴期",
    "档次",
    "补贴",
    "代缴",
    "补缴",
    "资金分担",
    "集体补助",
    "待遇",
    "任务",
    "其他规定",
)
BOOKS = ("文件", "指标", "片区", "身份")
# By what an entry is known, beside its conditions; in 档次 the amount is what it says.
KEYS = {
    "参保条件": ("条件", "险种"),
    "征缴期": ("种类",),
    "档次": ("档次", "代缴专用"),
    "补贴": ("方式",),
    "代缴": ("方式",),
    "补缴": ("方式",),
    "资金分担": ("项目", "承担", "部分超过", "部分不超过"),
    "集体补助": ("方式",),
    "待遇": ("项目", "方式"),
    "任务": ("名称",),
    "其他规定": ("规定",),
}
# In these an entry is known by what it settles, since one entry settles one thing.
SAYS = {"补缴", "集体补助"}
# What an entry of an overlay says of the one below it.
MARKS = ("删除", "新增", "第几条")
NOT_A_KEY = {"依据", "说明", *MARKS}


def find_ground(text, folders):
    """Return the text and the version's number (or None) of what a file is laid over.

    Published versions first, then files. Nothing found is a fault, and None.
    """
    said = text.content["沿用"]
    place = {
        "county_code": said["县区"],
        "scheme_id": SCHEMES[text.content["险种"]],
        "year": said["年度"],
    }
    versions = PolicyVersion.objects.filter(**place)
    if "版本" in said:
        found = versions.filter(version=said["版本"]).first()
    else:
        found = versions.published().order_by("-version").first()
    if found is not None and found.source != text.raw:
        return found.source, found.pk
    if "版本" not in said:
        for path in _files(folders, said):
            raw = path.read_text("utf-8-sig")
            if _is_for(raw, text.content["险种"], said) and raw != text.raw:
                return raw, None
    words = {"county": said["县区"], "year": said["年度"]}
    reason = _("没有找到 %(county)s %(year)s 年的政策") % words
    text.add_fault(("沿用",), reason, _("先录入并发布那一份，或核对县区和年度"))
    return None


def _files(folders, said):
    for folder in dict.fromkeys([*folders, COUNTIES]):
        yield from sorted(folder.glob(f"**/*{said['县区']}*/*.yaml"))
        yield from sorted(folder.glob(f"{said['年度']}*.yaml"))


def _is_for(raw, scheme, said):
    """Whether a file is the one meant, by its head; cases beside it have none."""
    wanted = {"县区": said["县区"], "年度": str(said["年度"]), "险种": scheme}
    for word, value in wanted.items():
        found = re.search(rf"(?m)^{word}: *[\"']?([^\"'\s#]+)", raw)
        if not found or found[1] != value:
            return False
    return True


def lay_over(ground, text):
    """Return a PolicyText of both: the ground, changed as the text says.

    Lines are the text's own; what comes from below has the line of 沿用.
    """
    whole = PolicyText(raw=text.raw)
    whole.lines = {(): 1, ("沿用",): text.line_of(("沿用",))}
    merge = _Merge(ground.content, text, whole)
    whole.content = merge.content()
    whole.faults = list(text.faults)
    return whole


class _Merge:
    """The work of laying one text over another, with the lines of what is kept."""

    def __init__(self, below, text, whole):
        self.below, self.text, self.whole = below, text, whole
        self.line_below = text.line_of(("沿用",))

    def content(self):
        above = self.text.content
        head = {word: above[word] for word in above if word not in (*SECTIONS, *BOOKS, "沿用")}
        for word in head:
            self.whole.lines[word,] = self.text.line_of((word,))
        self._same("险种")
        merged = dict(head)
        for book in BOOKS:
            if book in above or book in self.below:
                merged[book] = self._book(book)
        for section in SECTIONS:
            if section in above and section in self.below:
                merged[section] = self._section(section)
            elif section in above:
                merged[section] = above[section]
                self._keep_lines((section,), (section,))
            elif section in self.below:
                merged[section] = _without_marks(self.below[section])
                self.whole.lines[section,] = self.line_below
        return merged

    def _same(self, word):
        if self.below.get(word) != self.text.content.get(word):
            self.text.add_fault((word,), _("和沿用的文件不是同一险种"), _("核对险种"))

    def _keep_lines(self, old, new):
        for path, line in self.text.lines.items():
            if path[: len(old)] == old:
                self.whole.lines[*new, *path[len(old) :]] = line

    def _book(self, book):
        """Documents, indexes, areas, identities: both lists; the upper file's word goes first."""
        above, below = self.text.content.get(book, {}), self.below.get(book, {})
        self._keep_lines((book,), (book,))
        for name in above.keys() & below.keys():
            if book == "文件" and above[name] != below[name]:
                reason = _("代号「%(name)s」在沿用的文件里是另一份文件") % {"name": name}
                self.text.add_fault((book, name), reason, _("换一个代号"))
        if book == "指标":
            return {**below, **{name: _both_years(below, above, name) for name in above}}
        # The upper file's own documents stand first: its first is the one it is printed by.
        return {**above, **{name: body for name, body in below.items() if name not in above}}

    def _section(self, name):
        above, below = self.text.content[name], self.below[name]
        how = above.get("与上级")
        if how is None:
            self.text.add_fault(
                (name, "与上级"), _("没有写和沿用的文件是什么关系"), _("写 替换、追加 或 修改")
            )
            return above
        if how == "替换":
            self._keep_lines((name,), (name,))
            return _without_marks(above)
        entries = [_with_basis(entry, below) for entry in below["明细"]]
        lines = [None] * len(entries)
        below_keys = [_key(name, entry) for entry in entries]
        for place, entry in enumerate(above["明细"]):
            path = (name, "明细", place)
            mine = _key(name, entry)
            if how == "追加" or entry.get("新增") == "是":
                known = {_key(name, other) for other in entries}
                if mine in known and name not in ("补贴", "待遇", "资金分担"):
                    self.text.add_fault(path, _("沿用的文件里已有这一条"), _("改用：修改"))
                entry = {word: value for word, value in entry.items() if word != "新增"}
                entries.append(_with_basis(entry, above))
                lines.append(path)
                continue
            alike = [number for number, key in enumerate(below_keys) if key == mine]
            self._change(path, entry, alike, entries, lines)
        head = {**below, **above}
        for new, old in enumerate(place for place in range(len(entries)) if entries[place]):
            here = (name, "明细", new)
            if lines[old] is None:
                self.whole.lines[here] = self.line_below
            else:
                self._keep_lines(lines[old], here)
        self.whole.lines[name,] = self.text.line_of((name,))
        merged = {**head, "明细": [entry for entry in entries if entry]}
        merged.pop("依据", None)
        return _without_marks(merged)

    def _change(self, path, entry, alike, entries, lines):
        """Put an entry in the place of the one that speaks of the same thing, or take that out.

        `alike` are the places of all that do; where there are several, 第几条 says which is meant.
        """
        if not alike:
            self.text.add_fault(
                path,
                _("沿用的文件里没有同样的一条"),
                _("条件要和那一条写得一样；要新增就写 新增: 是"),
            )
            return
        which = entry.get("第几条", 1)
        if which > len(alike) or (len(alike) > 1 and "第几条" not in entry):
            reason = _("沿用的文件里有 %(count)d 条种类和条件都一样，分不出改哪一条")
            remedy = _("写 第几条: 1 到 %(count)d，按那份文件里的先后数")
            count = {"count": len(alike)}
            self.text.add_fault(path, reason % count, remedy % count)
            return
        place = alike[which - 1]
        if lines[place] is not None or not entries[place]:
            self.text.add_fault(path, _("同一条改了两次"), _("合并成一条"))
            return
        if entry.get("删除") == "是":
            entries[place] = {}
            return
        replaced = entries[place]
        entry = {word: value for word, value in entry.items() if word != "第几条"}
        entry = _with_basis(entry, self.text.content[path[0]])
        if "不低于" in replaced and "补贴" in entry:
            entry["上级不低于"] = replaced["不低于"]
        entries[place], lines[place] = entry, path


def _key(section, entry):
    """Return what an entry speaks of, so that another that speaks of it can be found."""
    if not entry:
        return None
    if section == "档次":
        names = {*KEYS[section], "片区", "不含片区", "身份", "并有身份", "等级"}
    else:
        names = {*KEYS[section], *CONDITION_WORDS}
    found = {name: repr(entry[name]) for name in names & entry.keys()}
    if section in SAYS:
        found |= dict.fromkeys(entry.keys() - NOT_A_KEY - {"比例", "取整"}, "")
    return tuple(sorted(found.items()))


def _with_basis(entry, section):
    """Return the entry with the citation it takes from the head of its section."""
    basis = entry.get("依据", section.get("依据"))
    return {**entry, "依据": basis} if basis is not None else dict(entry)


def _without_marks(section):
    return {word: value for word, value in section.items() if word != "与上级"}


def _both_years(below, above, name):
    """An index keeps the years below and takes the further ones from above."""
    mine, other = above[name], below.get(name)
    if other is None:
        return mine
    return {**other, **mine, "数值": {**other["数值"], **mine["数值"]}}
