"""Turn the words of a checked policy file into the columns of its tables.

Every entry is read in two halves that are the same in all sections: for whom it holds
(`conditions.py`) and how much it comes to (`sums.py`). What a person would call "the same thing
said twice" is resolved here and only here: 最高档次 becomes this year's 6000.00, 「补缴不享受补贴」
becomes a rule row with 0, a month's end becomes a day. A value that cannot be understood is a fault
at its place; the row is then left out.
"""

from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.translation import gettext as _

from policies import words
from policies.boxes import Span
from policies.conditions import CONDITION_WORDS, ELSEWHERE, read_condition, say
from policies.numbers import day_of, rate_of, whole_number, yuan_of
from policies.sums import read_rounding, read_sum, tier_amount

NO_DOCUMENT_NUMBER = "无文号"
# Back payments that no rule of their own speaks of are answered last.
LAST = 10_000


@dataclass
class Row:
    """The columns of one row, its condition, where in the file it stands, and its citation."""

    path: tuple
    values: dict
    label: str = ""
    citation: str = ""
    condition: dict = field(default_factory=dict)
    words: str = ""


@dataclass
class Frame:
    """What the whole file has said before a section is read."""

    year: int
    level: str = "county"
    county_class: str = ""
    rounding: str = ""
    indexes: dict = field(default_factory=dict)
    areas: dict = field(default_factory=dict)
    local_identities: dict = field(default_factory=dict)
    tiers: list = field(default_factory=list)

    @property
    def identity_words(self):
        return [*self.local_identities, *words.IDENTITY_CODES]

    def identity_code(self, name):
        """Return the code of an identity; a local one is its own code."""
        if name in self.local_identities:
            return name
        return words.IDENTITY_CODES.get(name) or words.WINDOW_CATEGORIES.get(name)

    def is_graded(self, name):
        if name in self.local_identities:
            return self.local_identities[name]
        return words.IDENTITY_CODES.get(name) in words.GRADED_IDENTITIES

    @property
    def plain_tiers(self):
        """The tiers people may choose: those for everyone, or all where each is for some."""
        choices = [row for row in self.tiers if not row.values["proxy_only"]]
        return [row for row in choices if not row.condition] or choices


@dataclass
class PolicyRows:
    """Everything a policy file says, in the columns of the tables."""

    head: dict
    frame: Frame
    sources: list = field(default_factory=list)
    eligibility: list = field(default_factory=list)
    windows: list = field(default_factory=list)
    tiers: list = field(default_factory=list)
    subsidies: list = field(default_factory=list)
    caps: list = field(default_factory=list)
    proxies: list = field(default_factory=list)
    back_payment: Row | None = None
    terms: list = field(default_factory=list)
    shares: list = field(default_factory=list)
    aids: list = field(default_factory=list)
    benefits: list = field(default_factory=list)
    targets: list = field(default_factory=list)
    provisions: list = field(default_factory=list)
    identities: list = field(default_factory=list)

    def open_tiers(self):
        """Return the tiers that people may choose themselves."""
        return [row for row in self.tiers if not row.values["proxy_only"]]

    @property
    def rules(self):
        """Return every row of the decision table."""
        return [
            *self.subsidies,
            *self.caps,
            *self.proxies,
            *self.shares,
            *self.terms,
            *self.aids,
            *self.benefits,
        ]


def interpret(text):
    """Return the PolicyRows of a text whose shape was checked; unclear values become faults."""
    content = text.content
    frame = _frame(text)
    rows = PolicyRows(head=_head(content), frame=frame)
    rows.sources = _sources(text)
    rows.identities = _local_identities(text)
    rows.eligibility = _section(text, "参保条件", _eligibility, frame)
    rows.windows = _section(text, "征缴期", _window, frame)
    rows.tiers = frame.tiers = _section(text, "档次", _tier, frame)
    rows.back_payment = _back_payment(text)
    rows.terms = _section(text, "补缴", _term, frame, several=True)
    subsidies = _section(text, "补贴", _subsidy, frame)
    rows.caps = [row for row in subsidies if row.values["subject"] == "cap"]
    rows.subsidies = [row for row in subsidies if row.values["subject"] == "subsidy"]
    rows.proxies = _section(text, "代缴", _proxy, frame)
    rows.proxies = _in_listed_order(text, rows.proxies)
    rows.shares = _section(text, "资金分担", _share, frame)
    rows.aids = _section(text, "集体补助", _aid, frame, several=True)
    frame.rounding = content.get("待遇", {}).get("取整", "")
    rows.benefits = _section(text, "待遇", _benefit, frame)
    rows.targets = _section(text, "任务", _target, frame)
    rows.provisions = _section(text, "其他规定", _provision, frame)
    _settle_back_subsidy(rows)
    return rows


# --- the head ---


def _head(content):
    main = next(iter(content["文件"].values()))
    several = content.get("代缴", {}).get("多重身份", "就高")
    tiers, subsidies = content.get("档次", {}), content.get("补贴", {})
    return {
        "county_code": content["县区"],
        "county_name": content["县区名称"],
        "scheme_id": words.SCHEMES[content["险种"]],
        "year": content["年度"],
        "level": words.LEVELS[content.get("级别", "县级")],
        "document_no": _document_no(main),
        "document_title": main["标题"],
        "several_identities": words.SEVERAL_IDENTITIES.get(several, "priority"),
        "combining": words.COMBININGS[tiers.get("多次缴费", "分别计算")],
        "instalments": [words.INSTALMENTS[way] for way in tiers.get("缴纳方式", [])],
        "basis": words.BASES[subsidies.get("计补基数", "本次缴费")],
    }


def _document_no(document):
    return "" if document["文号"] == NO_DOCUMENT_NUMBER else document["文号"]


def _frame(text):
    content = text.content
    frame = Frame(
        year=content["年度"],
        level=words.LEVELS[content.get("级别", "县级")],
        county_class=content.get("县区类别", ""),
        areas={name: list(codes) for name, codes in content.get("片区", {}).items()},
        local_identities={
            name: (body or {}).get("分等级", "否") == "是"
            for name, body in content.get("身份", {}).items()
        },
    )
    frame.indexes = {
        name: {
            "monthly": body.get("周期", "年") == "月",
            "values": {str(year): Decimal(value) for year, value in body["数值"].items()},
        }
        for name, body in content.get("指标", {}).items()
    }
    for name, codes in frame.areas.items():
        for place, code in enumerate(codes):
            if not str(code).startswith(content["县区"]) and frame.level == "county":
                text.add_fault(("片区", name, place), _("不在本县区"), _("用本县区的乡镇或村代码"))
    return frame


def _sources(text):
    rows = []
    for label, document in text.content["文件"].items():
        issued = document.get("日期")
        values = {
            "label": label,
            "document_no": _document_no(document),
            "title": document["标题"],
            "issued_on": issued and day_of(text, ("文件", label, "日期"), issued),
        }
        rows.append(Row(("文件", label), values))
    return rows


def _local_identities(text):
    rows = []
    for name, body in text.content.get("身份", {}).items():
        path = ("身份", name)
        body = body or {}
        if name in words.IDENTITY_CODES:
            text.add_fault(path, _("系统里已有这个身份"), _("删去，直接使用"))
        label, citation = _citation(text, path, body.get("依据"))
        values = {"word": name, "is_graded": body.get("分等级", "否") == "是"}
        rows.append(Row(path, values, label, citation))
    return rows


# --- sections ---


def _section(text, name, read_entry, frame, *, several=False):
    """Read the entries of one section; each takes the section's 依据 unless it has its own.

    With `several`, an entry may say several things, each of which becomes a row.
    """
    section = text.content.get(name)
    if section is None:
        return []
    rows = []
    for place, entry in enumerate(section["明细"]):
        path = (name, "明细", place)
        label, citation = _citation(text, path, entry.get("依据", section.get("依据")))
        condition = read_condition(text, path, entry, frame)
        if condition is None or condition is ELSEWHERE:
            continue
        values = read_entry(text, path, entry, frame)
        if values is None:
            continue
        said = say({word: entry[word] for word in entry if word not in ("依据", *CONDITION_WORDS)})
        for each in values if several else [values]:
            # Each row has a condition of its own to change: the kind of payment is settled later.
            rows.append(Row(path, each, label, citation, dict(condition), said))
    return rows


def _citation(text, path, basis):
    """Return the document's label and the whole citation: 安政办发〔2021〕16号 四（一）."""
    if basis is None:
        text.add_fault((*path, "依据"), _("没有写依据"), _("写明文件代号和条款"))
        return "", ""
    label, _space, article = basis.partition(" ")
    document = text.content["文件"].get(label)
    if document is None:
        known = "、".join(text.content["文件"])
        reason = _("提到的文件「%(label)s」没有在「文件」里列出") % {"label": label}
        text.add_fault((*path, "依据"), reason, _("改为：%(known)s") % {"known": known})
        return "", ""
    return label, f"{_document_no(document) or label} {article.strip()}"


def _eligibility(text, path, entry, _frame):
    kind = words.ELIGIBILITY[entry["条件"]]
    number, other = entry.get("数值"), entry.get("险种")
    if (number is not None) != (kind in words.NUMBERED_ELIGIBILITY):
        needed = kind in words.NUMBERED_ELIGIBILITY
        reason = _("这个条件要写数值") if needed else _("这个条件不带数值")
        text.add_fault((*path, "数值"), reason, _("补上数值") if needed else _("删去数值"))
    if (other is not None) != (kind == "enrolled_in"):
        text.add_fault((*path, "险种"), _("只有「已参加险种」要写险种"), _("补上或删去险种"))
    return {
        "kind": kind,
        "number": number,
        "other_scheme_id": words.SCHEMES.get(other),
        "note": entry.get("说明", ""),
    }


def _window(text, path, entry, _frame):
    from_on = day_of(text, (*path, "自"), entry["自"])
    to_on = day_of(text, (*path, "至"), entry["至"])
    days = entry.get("每月")
    first, last = map(int, days.removesuffix("日").split("至")) if days else (None, None)
    if days and not 1 <= first <= last <= 31:
        text.add_fault(
            (*path, "每月"),
            _("每月的起止日写的是「%(days)s」") % {"days": days},
            _("改成 1至31日 之内、先小后大"),
        )
    if from_on is None or to_on is None:
        return None
    return {
        "kind": words.WINDOWS[entry["种类"]],
        "from_on": from_on,
        "to_on": to_on,
        "first_day": first,
        "last_day": last,
        "category": words.WINDOW_CATEGORIES.get(entry.get("身份"), ""),
        "is_before_sixty": words.YES_NO[entry.get("到龄前缴清", "否")],
    }


def _tier(text, path, entry, frame):
    proxy_only = words.YES_NO[entry.get("代缴专用", "否")]
    if proxy_only == ("档次" in entry):
        reason = _("代缴专用的金额不编档次") if proxy_only else _("没有写档次编号")
        remedy = _("删去档次编号") if proxy_only else _("补上档次编号")
        text.add_fault((*path, "档次"), reason, remedy)
    low, high = _tier_bounds(text, path, entry, frame)
    if low is None or high is None:
        return None
    step = entry.get("每级")
    step = step and yuan_of(text, (*path, "每级"), step, frame)
    old = _as_list(entry.get("旧档次"))
    return {
        "number": entry.get("档次", 0),
        "amount": low if low == high else None,
        "amount_from": low,
        "amount_to": high,
        "proxy_only": proxy_only,
        "step_amount": step,
        "is_top_payable": _is_top_payable(text, path, entry, low, high, step),
        "old_amounts": [yuan_of(text, (*path, "旧档次"), said, frame) for said in old] or None,
        "is_default": words.YES_NO[entry.get("默认", "否")],
    }


def _as_list(said):
    return said if isinstance(said, list) else [] if said is None else [said]


def _tier_bounds(text, path, entry, frame):
    is_range = "金额自" in entry or "金额至" in entry
    if is_range == ("金额" in entry):
        text.add_fault(path, _("没有写清缴多少"), _("写「金额」，或写「金额自」和「金额至」"))
        return None, None
    if not is_range:
        amount = yuan_of(text, (*path, "金额"), entry["金额"], frame)
        return amount, amount
    for word in ("金额自", "金额至"):
        if word not in entry:
            text.add_fault(path, _("缺少「%(word)s」") % {"word": word}, _("补上这一项"))
            return None, None
    low = yuan_of(text, (*path, "金额自"), entry["金额自"], frame)
    high = yuan_of(text, (*path, "金额至"), entry["金额至"], frame)
    if low is not None and high is not None and low >= high:
        text.add_fault((*path, "金额至"), _("区间的上限小于下限"), _("核对上下限"))
        return None, None
    return low, high


def _is_top_payable(text, path, entry, low, high, step):
    """Read whether an upper bound that is no step may be paid; the file must say so itself."""
    said = entry.get("上限可缴")
    is_odd = bool(step) and (high - low) % step != 0
    if is_odd and said is None:
        text.add_fault(
            (*path, "上限可缴"),
            _("按级距数不到上限，没有写上限能不能缴"),
            _("写 上限可缴: 是 或 否"),
        )
    return said != "否"


def _stacking(entry):
    return {
        "priority": entry.get("次序", 100),
        "stacking": words.STACKINGS[entry.get("方式", "替代")],
    }


def _subsidy(text, path, entry, frame):
    caps = [word for word in words.CAPS if word in entry]
    if caps:
        return _cap(text, path, entry, frame, caps)
    if "不低于" in entry:
        return _floor(text, path, entry, frame)
    value = read_sum(text, path, entry, frame, "补贴", default_base="缴费")
    if value is None:
        return None
    least = entry.get("上级不低于")
    is_plain = value["decided"] and not value.get("rate")
    if least is not None and is_plain and value["base_amount"] < Decimal(least):
        reason = _("低于上级规定的 %(least)s 元") % {"least": least}
        text.add_fault((*path, "补贴"), reason, _("不低于这个数"))
    return {"subject": "subsidy", **value, **_stacking(entry)}


def _cap(text, path, entry, frame, caps):
    if len(caps) > 1:
        text.add_fault((*path, caps[1]), _("一条写了两个上限"), _("分成两条"))
        return None
    word = caps[0]
    here = (*path, word)
    if word == "封顶年数":
        amount = whole_number(text, here, entry[word])
    else:
        amount = yuan_of(text, here, entry[word], frame)
    return amount is not None and {
        "subject": "cap",
        "part": words.CAPS[word],
        "base_amount": amount,
        **_stacking(entry),
    }


def _floor(text, path, entry, frame):
    """A floor that a county must fill in: a frame may leave it open, a county may not."""
    if frame.level == "county":
        text.add_fault(
            (*path, "不低于"),
            _("上级只定了下限 %(least)s 元，县里没有填") % {"least": entry["不低于"]},
            _("改写为：补贴: 具体金额"),
        )
        return None
    least = yuan_of(text, (*path, "不低于"), entry["不低于"], frame)
    return {
        "subject": "subsidy",
        "decided": False,
        "base_amount": None,
        "floor_amount": least,
        **_stacking(entry),
    }


# --- proxy payments ---


def _proxy(text, path, entry, frame):
    values = {
        "subject": "proxy",
        "wife_age_from": entry.get("女方年满"),
        "note": entry.get("说明", ""),
        "is_after_own": words.PROXY_ORDERS[entry.get("顺序", "代缴在先")],
        **_stacking(entry),
    }
    amounts = _proxy_amounts(text, path, entry, frame)
    return None if amounts is None else {**values, **amounts}


def _proxy_amounts(text, path, entry, frame):
    """Work out what the government pays, what is left to the person, and the tier they make."""
    said, standard = entry.get("代缴"), entry.get("标准")
    if said == words.UNDECIDED:
        if standard is not None:
            text.add_fault(path, _("写了未定又写了算法"), _("留下一种写法"))
            return None
        return {"decided": False, "base_amount": None}
    if said is None and standard is None:
        text.add_fault(path, _("没有写清代缴多少"), _("写「代缴」金额，或写「标准」"))
        return None
    if standard is None:
        return _proxy_sum(text, path, entry, frame, None)
    if standard == "所选档次":
        base = "所选档次"
        entry = entry if "比例" in entry or said is not None else {**entry, "比例": "100%"}
        value = read_sum(text, path, entry, frame, "代缴", default_base=base)
        return value and {**value, "own_rule": "rest_of_chosen"}
    whole = tier_amount(text, (*path, "标准"), standard, frame)
    if whole is None and not isinstance(standard, str):
        whole = yuan_of(text, (*path, "标准"), standard, frame)
    if whole is None:
        if frame.plain_tiers:
            reason = _("写的是「%(said)s」") % {"said": standard}
            known = _("改为：最低档次、最高档次、第3档、所选档次，或一个金额")
            text.add_fault((*path, "标准"), reason, known)
        return None
    return _proxy_sum(text, path, entry, frame, whole)


def _proxy_sum(text, path, entry, frame, standard):
    own = entry.get("个人缴费")
    credit = entry.get("抵扣") == "是"
    if standard is not None and isinstance(own, int | Decimal):
        text.add_fault((*path, "个人缴费"), _("按标准代缴时不写"), _("删去，或写：其余"))
        return None
    if standard is None and own == "其余":
        text.add_fault((*path, "个人缴费"), _("没有写是什么的其余"), _("补上标准"))
        return None
    if standard is not None and "比例" not in entry and "代缴" not in entry:
        entry = {**entry, "代缴": standard}
    value = read_sum(text, path, entry, frame, "代缴", default_base=standard)
    if value is None:
        return None
    if standard is not None:
        rule = "rest_of_chosen" if credit else "rest"
        return {**value, "own_rule": rule, "standard_amount": standard}
    own_amount = Decimal(0) if own is None else yuan_of(text, (*path, "个人缴费"), own, frame)
    if own_amount is None:
        return None
    is_plain = not value.get("rate") and not value.get("step_by")
    whole = value["base_amount"] + own_amount if is_plain else None
    rule = "rest_of_chosen" if credit else "fixed" if own_amount else ""
    return {**value, "own_rule": rule, "own_amount": own_amount, "standard_amount": whole}


def _in_listed_order(text, proxies):
    """Rank the proxy rules by the list 身份次序, which may change within the year."""
    listed = text.content.get("代缴", {}).get("身份次序")
    if not listed:
        return proxies
    if text.content["代缴"].get("多重身份") != "按次序":
        text.add_fault(("代缴", "身份次序"), _("多重身份不是按次序"), _("写 多重身份: 按次序"))
    ranked = []
    for row in proxies:
        names = _as_list(text.content["代缴"]["明细"][row.path[2]].get("身份"))
        for place, version in enumerate(listed):
            path = ("代缴", "身份次序", place)
            ranks = [version["次序"].index(name) for name in names if name in version["次序"]]
            if not ranks:
                text.add_fault(
                    path, _("没有列入「%(name)s」") % {"name": "、".join(names)}, _("补进次序")
                )
                continue
            condition = dict(row.condition)
            paid = _version_days(text, path, listed, place)
            if paid is not None:
                condition["paid"] = condition["paid"].meet(paid) if "paid" in condition else paid
                if condition["paid"] is None:
                    continue
            values = {**row.values, "priority": min(ranks) + 1}
            ranked.append(Row(row.path, values, row.label, row.citation, condition, row.words))
    return ranked


def _version_days(text, path, listed, place):
    """Return the days on which one version of a list is the one to follow; None for all."""
    low = listed[place].get("自")
    low = low and day_of(text, (*path, "自"), low)
    later = listed[place + 1].get("自") if place + 1 < len(listed) else None
    high = later and day_of(text, ("代缴", "身份次序", place + 1, "自"), later)
    if low and high and low >= high:
        text.add_fault(path, _("早于起始日"), _("从早到晚写"))
        return None
    return Span(low, high, True, False) if low or high else None


# --- back payments, aid ---


def _back_payment(text):
    """Read the provisions on back payment, each of which stands once and has its own citation."""
    section = text.content["补缴"]
    said = {}
    for place, entry in enumerate(section["明细"]):
        path = ("补缴", "明细", place)
        label, citation = _citation(text, path, entry.get("依据", section.get("依据")))
        is_for_all = not any(word in entry for word in CONDITION_WORDS)
        for word in ("须先核定", "缴费补贴", "累计年限上限"):
            if word not in entry or not is_for_all:
                continue
            if word in said:
                text.add_fault((*path, word), _("写了两次"), _("留下一处"))
            said[word] = Row((*path, word), {"value": entry[word]}, label, citation)
    missing = [word for word in ("须先核定", "缴费补贴") if word not in said]
    for word in missing:
        text.add_fault(("补缴",), _("缺少「%(word)s」") % {"word": word}, _("补上这一项"))
    if missing:
        return None
    subsidy, determination = said["缴费补贴"], said["须先核定"]
    years_cap = said.get("累计年限上限", Row((), {"value": None}))
    values = {
        "needs_determination": words.YES_NO[determination.values["value"]],
        "subsidy": words.BACK_SUBSIDIES[subsidy.values["value"]],
        "years_cap": years_cap.values["value"],
        "determination_article": determination.citation,
        "years_cap_article": years_cap.citation,
    }
    return Row(subsidy.path, values, subsidy.label, subsidy.citation)


def _term(text, path, entry, frame):
    return _named_values(text, path, entry, frame, words.TERMS, "term")


def _aid(text, path, entry, frame):
    return _named_values(text, path, entry, frame, words.AID_TERMS, "aid")


def _named_values(text, path, entry, frame, names, subject):
    """Return a rule for each named value of an entry: a number, an amount, a tier, yes or no."""
    rows = []
    for word in names.keys() & entry.keys():
        part, kind = names[word]
        said, here = entry[word], (*path, word)
        if isinstance(kind, dict):
            value = {"base_amount": Decimal(kind[said])}
        elif kind == "number":
            number = whole_number(text, here, said)
            value = number is not None and {"base_amount": Decimal(number)}
        else:
            tier = tier_amount(text, here, said, frame) if isinstance(said, str) else None
            amount = tier if tier is not None else yuan_of(text, here, said, frame)
            value = amount is not None and {"base_amount": amount}
            if value and "比例" in entry:
                value = {
                    "base_amount": Decimal(0),
                    "rate": rate_of(entry["比例"]),
                    "of": "constant",
                    "of_amount": amount,
                    **read_rounding(entry.get("取整")),
                }
        if value:
            rows.append({"subject": subject, "part": part, **value, **_stacking(entry)})
    return rows


def _settle_back_subsidy(rows):
    """Write 「补缴不享受补贴」 into the decision table, so that one table answers for all.

    Where back payments are subsidised like normal ones, the rules simply hold for both kinds. A
    rule that says 类型: 补缴 itself goes first.
    """
    back = rows.back_payment
    if back is None or back.values["subsidy"] == "as_normal":
        return
    for row in rows.subsidies:
        row.condition.setdefault("kind", "normal")
    is_decided = back.values["subsidy"] == "none"
    answer = {
        "subject": "subsidy",
        "base_amount": Decimal(0) if is_decided else None,
        "decided": is_decided,
        "priority": LAST,
        "stacking": "instead",
    }
    said = f"补缴，缴费补贴 {'无' if is_decided else '未定'}"
    condition = {"kind": "back", "words": "类型 补缴"}
    rows.subsidies.append(Row(back.path, answer, back.label, back.citation, condition, said))


# --- shares, benefits, targets, provisions ---


def _share(text, path, entry, frame):
    values = {
        "subject": "share",
        "item": words.SHARE_SUBJECTS[entry["项目"]],
        "part": words.PAYERS[entry["承担"]],
        "segment_from": None,
        "segment_to": None,
        "priority": entry.get("次序", 100),
    }
    for word, column in (("部分超过", "segment_from"), ("部分不超过", "segment_to")):
        if word in entry:
            values[column] = yuan_of(text, (*path, word), entry[word], frame)
    ways = [word for word in ("比例", "金额", "其余") if word in entry]
    if len(ways) != 1:
        text.add_fault(path, _("没有写清承担多少"), _("只写「比例」「金额」「其余: 是」之一"))
        return None
    if ways == ["其余"]:
        return {**values, "is_rest": True, "base_amount": Decimal(0)}
    if ways == ["金额"]:
        amount = yuan_of(text, (*path, "金额"), entry["金额"], frame)
        return amount is not None and {**values, "base_amount": amount}
    return {**values, "base_amount": Decimal(0), "rate": rate_of(entry["比例"]), "of": "whole"}


def _benefit(text, path, entry, frame):
    value = read_sum(text, path, entry, frame, "金额")
    if value is None:
        return None
    return {"subject": "benefit", "part": entry["项目"], **value, **_stacking(entry)}


def _target(text, path, entry, frame):
    due_on = day_of(text, (*path, "截至"), entry["截至"])
    ways = [word for word in ("完成比例", "占比不低于", "占比超过") if word in entry]
    if len(ways) != 1:
        text.add_fault(
            path, _("没有写清要达到多少"), _("只写「完成比例」「占比不低于」「占比超过」之一")
        )
        return None
    condition = read_condition(text, path, entry, frame) or {}
    amounts = condition.get("amounts")
    if (ways == ["完成比例"]) == (amounts is not None):
        text.add_fault(path, _("占比要写明哪些缴费，完成比例不写"), _("补上或删去缴费区间"))
        return None
    return due_on and {
        "kind": "progress" if ways == ["完成比例"] else "mix",
        "label": entry.get("名称", ""),
        "due_on": due_on,
        "rate": rate_of(entry[ways[0]]),
        "is_inclusive": ways != ["占比超过"],
        "amounts": amounts,
    }


def _provision(text, path, entry, _frame):
    name, allowed = words.PROVISIONS[entry["规定"]]
    said = entry["内容"]
    here = (*path, "内容")
    if allowed == "date":
        day = day_of(text, here, said)
        return day and {"name": name, "value": day.isoformat()}
    if allowed in ("number", "amount"):
        if not isinstance(said, int):
            text.add_fault(here, _("应是整数"), _("只写数字"))
            return None
        return {"name": name, "value": str(said)}
    several = said if isinstance(said, list) and name == "collection_modes" else [said]
    unknown = [str(word) for word in several if not _is_word(word, allowed)]
    if unknown or not several:
        reason = _("写的是「%(said)s」") % {"said": "、".join(unknown)}
        text.add_fault(here, reason, _("改为：%(known)s") % {"known": "、".join(allowed)})
        return None
    return {"name": name, "value": ",".join(allowed[word] for word in several)}


def _is_word(said, allowed):
    return isinstance(said, str) and said in allowed
