"""Turn the words of a checked policy file into the columns of its tables.

What a person would call "the same thing said twice" is resolved here and only here: 最高档次
becomes this year's 6000.00, 「补缴不享受补贴」 becomes a rule row with 0, a month's end becomes
a day. A value that cannot be understood is a fault at its place; the row is then left out.
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from django.utils.translation import gettext as _

from policies import words
from policies.rules.windows import last_day_of_month

FEN = Decimal("0.01")
NO_DOCUMENT_NUMBER = "无文号"


@dataclass
class Row:
    """The columns of one row, where in the file it stands, and its citation."""

    path: tuple
    values: dict
    label: str = ""
    citation: str = ""


@dataclass
class PolicyRows:
    """Everything a policy file says, in the columns of the tables."""

    head: dict
    sources: list = field(default_factory=list)
    eligibility: list = field(default_factory=list)
    windows: list = field(default_factory=list)
    tiers: list = field(default_factory=list)
    subsidies: list = field(default_factory=list)
    proxies: list = field(default_factory=list)
    back_payment: Row | None = None
    shares: list = field(default_factory=list)
    provisions: list = field(default_factory=list)

    def open_tiers(self):
        """Return the tiers that people may choose themselves."""
        return [row for row in self.tiers if not row.values["proxy_only"]]


def interpret(text):
    """Return the PolicyRows of a text whose shape was checked; unclear values become faults."""
    content = text.content
    rows = PolicyRows(head=_head(content))
    rows.sources = _sources(text)
    rows.eligibility = _section(text, "参保条件", _eligibility)
    rows.windows = _section(text, "征缴期", _window)
    rows.tiers = _section(text, "档次", _tier)
    rows.back_payment = _back_payment(text)
    rows.subsidies = _section(text, "补贴", _subsidy)
    rows.proxies = _section(text, "代缴", _proxy, rows.open_tiers())
    rows.shares = _section(text, "资金分担", _share)
    rows.provisions = _section(text, "其他规定", _provision)
    _settle_back_subsidy(rows)
    return rows


def _head(content):
    main = next(iter(content["文件"].values()))
    several = content.get("代缴", {}).get("多重身份", "就高")
    return {
        "county_code": content["县区"],
        "county_name": content["县区名称"],
        "scheme_id": words.SCHEMES[content["险种"]],
        "year": content["年度"],
        "document_no": _document_no(main),
        "document_title": main["标题"],
        "several_identities": words.SEVERAL_IDENTITIES[several],
    }


def _document_no(document):
    return "" if document["文号"] == NO_DOCUMENT_NUMBER else document["文号"]


def _sources(text):
    rows = []
    for label, document in text.content["文件"].items():
        issued = document.get("日期")
        values = {
            "label": label,
            "document_no": _document_no(document),
            "title": document["标题"],
            "issued_on": issued and _day(text, ("文件", label, "日期"), issued),
        }
        rows.append(Row(("文件", label), values))
    return rows


def _section(text, name, read_entry, *context):
    """Read the entries of one section; each takes the section's 依据 unless it has its own."""
    section = text.content.get(name)
    if section is None:
        return []
    rows = []
    for place, entry in enumerate(section["明细"]):
        path = (name, "明细", place)
        label, citation = _citation(text, path, entry.get("依据", section.get("依据")))
        values = read_entry(text, path, entry, *context)
        if values is not None:
            rows.append(Row(path, values, label, citation))
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


def _eligibility(text, path, entry):
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


def _window(text, path, entry):
    from_on = _day(text, (*path, "自"), entry["自"])
    to_on = _day(text, (*path, "至"), entry["至"])
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
        "category": words.WINDOW_CATEGORIES.get(entry.get("对象"), ""),
    }


def _tier(text, path, entry):
    amount = _yuan(text, (*path, "金额"), entry["金额"])
    proxy_only = words.YES_NO[entry.get("代缴专用", "否")]
    if proxy_only == ("档次" in entry):
        reason = _("代缴专用的金额不编档次") if proxy_only else _("没有写档次编号")
        remedy = _("删去档次编号") if proxy_only else _("补上档次编号")
        text.add_fault((*path, "档次"), reason, remedy)
    if amount is None:
        return None
    return {
        "number": entry.get("档次", 0),
        "amount": amount,
        "amount_from": amount,
        "amount_to": amount,
        "proxy_only": proxy_only,
    }


def _subsidy(text, path, entry):
    bounds = _bounds(text, path, entry)
    answer = _subsidy_answer(text, path, entry)
    if bounds is None or answer is None:
        return None
    return {
        **bounds,
        **answer,
        "tier_number_from": entry.get("档次自"),
        "tier_number_to": entry.get("档次至"),
        "payment_source": words.SOURCES.get(entry.get("资金来源"), ""),
        "identity": words.IDENTITY_CODES.get(entry.get("身份"), ""),
        "grade_max": _grade(text, path, entry),
        "priority": entry.get("次序", 100),
        "stacking": words.STACKINGS[entry.get("方式", "替代")],
    }


def _bounds(text, path, entry):
    """Read the amounts a rule is for; 满 and 不超过 include the figure, 超过 and 不满 do not."""
    exact = entry.get("缴费")
    lower = [word for word in ("缴费满", "缴费超过") if word in entry]
    upper = [word for word in ("缴费不满", "缴费不超过") if word in entry]
    tiers = [word for word in ("档次自", "档次至") if word in entry]
    ways = [exact is not None, bool(lower or upper), bool(tiers)]
    if sum(ways) != 1 or len(lower) > 1 or len(upper) > 1:
        text.add_fault(path, _("没有写清对哪些缴费补贴"), _("只用「缴费」、一个区间或一段档次之一"))
        return None
    if exact is not None:
        low = high = _yuan(text, (*path, "缴费"), exact)
        return {"amount_from": low, "amount_to": high}
    low = _yuan(text, (*path, lower[0]), entry[lower[0]]) if lower else None
    high = _yuan(text, (*path, upper[0]), entry[upper[0]]) if upper else None
    return {
        "amount_from": low,
        "amount_to": high,
        "from_inclusive": lower != ["缴费超过"],
        "to_inclusive": upper != ["缴费不满"],
    }


def _subsidy_answer(text, path, entry):
    """Read what the subsidy is: an amount, a percentage, an increment per tier, or 未定."""
    base, rate, step = entry.get("补贴"), entry.get("比例"), entry.get("每档增加")
    if base == words.UNDECIDED:
        if rate or step or "封顶" in entry:
            text.add_fault(path, _("写了未定又写了算法"), _("留下一种写法"))
            return None
        return {"base_amount": None, "decided": False}
    if base is None and rate is None:
        text.add_fault(path, _("没有写补贴多少"), _("写补贴金额、比例，或：未定"))
        return None
    if step is not None and "档次自" not in entry:
        text.add_fault((*path, "每档增加"), _("没有写从第几档起算"), _("补上档次自、档次至"))
        return None
    return {
        "base_amount": _yuan(text, (*path, "补贴"), base or 0),
        "rate": rate and _rate(rate),
        "of": "payment" if rate else "",
        "per_tier_step": None if step is None else _yuan(text, (*path, "每档增加"), step),
        "cap_amount": _optional_yuan(text, path, entry, "封顶"),
        "decided": True,
    }


def _proxy(text, path, entry, open_tiers):
    values = {
        "identity": words.IDENTITY_CODES[entry["身份"]],
        "grade_max": _grade(text, path, entry),
        "wife_age_from": entry.get("女方年满"),
        "condition": entry.get("说明", ""),
        "priority": entry.get("次序", 100),
    }
    amounts = _proxy_amounts(text, path, entry, open_tiers)
    return None if amounts is None else {**values, **amounts}


def _proxy_amounts(text, path, entry, open_tiers):
    """Work out what the government pays, what is left to the person, and the tier they make."""
    fixed, standard = entry.get("代缴"), entry.get("标准")
    if (fixed is None) == (standard is None) or (fixed is not None and "比例" in entry):
        text.add_fault(path, _("没有写清代缴多少"), _("写「代缴」金额，或写「标准」"))
        return None
    if fixed == words.UNDECIDED:
        return {"amount_rule": "undecided"}
    if fixed is not None:
        amount = _yuan(text, (*path, "代缴"), fixed)
        own = _optional_yuan(text, path, entry, "个人缴费") or Decimal(0)
        return amount and _proxy_parts("fixed", amount, own)
    if "个人缴费" in entry:
        text.add_fault((*path, "个人缴费"), _("按标准代缴时不写"), _("删去，或改写比例"))
        return None
    amounts = [row.values["amount"] for row in open_tiers]
    if not amounts:
        return None
    rule = words.PROXY_STANDARDS[standard]
    whole = min(amounts) if rule == "lowest" else max(amounts)
    if "比例" not in entry:
        return _proxy_parts(rule, whole, Decimal(0))
    rate = _rate(entry["比例"])
    part = (whole * rate).quantize(FEN, ROUND_HALF_UP)
    return {**_proxy_parts("percentage", part, whole - part), "rate": rate}


def _proxy_parts(rule, amount, own_amount):
    return {
        "amount_rule": rule,
        "amount": amount,
        "own_amount": own_amount,
        "tier_amount": amount + own_amount,
    }


def _back_payment(text):
    """Read the provisions on back payment, each of which stands once and has its own citation."""
    section = text.content["补缴"]
    said = {}
    for place, entry in enumerate(section["明细"]):
        path = ("补缴", "明细", place)
        label, citation = _citation(text, path, entry.get("依据", section.get("依据")))
        for word in entry.keys() - {"依据"}:
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


def _settle_back_subsidy(rows):
    """Write 「补缴不享受补贴」 into the decision table, so that one table answers for all.

    Where back payments are subsidised like normal ones, the rules simply hold for both kinds.
    """
    back = rows.back_payment
    if back is None or back.values["subsidy"] == "as_normal":
        return
    for row in rows.subsidies:
        row.values["payment_kind"] = "normal"
    is_decided = back.values["subsidy"] == "none"
    answer = {
        "payment_kind": "back",
        "base_amount": Decimal(0) if is_decided else None,
        "decided": is_decided,
    }
    rows.subsidies.append(Row(back.path, answer, back.label, back.citation))


def _share(text, path, entry):
    return {
        "subject": words.SHARE_SUBJECTS[entry["项目"]],
        "payer": words.PAYERS[entry["承担"]],
        "rate": _rate(entry["比例"]),
    }


def _provision(text, path, entry):
    name, allowed = words.PROVISIONS[entry["规定"]]
    said = entry["内容"]
    here = (*path, "内容")
    if allowed == "date":
        day = _day(text, here, said)
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


def _grade(text, path, entry):
    """Read 「1至2级」 as 2; a graded identity must say its grades, another may not."""
    identity = words.IDENTITY_CODES.get(entry.get("身份"))
    graded = identity in words.GRADED_IDENTITIES
    if graded != ("等级" in entry):
        reason = _("这类身份分等级，没有写等级") if graded else _("这类身份不分等级")
        remedy = _("写明等级，如 1至2级") if graded else _("删去等级")
        text.add_fault((*path, "等级"), reason, remedy)
        return None
    return int(entry["等级"][2]) if graded else None


def _day(text, path, said):
    """Read a day; 「2021-02-月底」 is the month's last day, leap years included (M20)."""
    try:
        if str(said).endswith("月底"):
            year, month, _end = said.split("-")
            return last_day_of_month(int(year), int(month))
        return date.fromisoformat(str(said))
    except ValueError:
        reason = _("日历上没有「%(said)s」这一天") % {"said": said}
        text.add_fault(path, reason, _("写成 2021-03-31 这样的日期"))
        return None


def _yuan(text, path, said):
    """Read an amount in yuan; more than two places means a calculator's noise, so it is refused."""
    if isinstance(said, bool) or not isinstance(said, int | Decimal):
        text.add_fault(path, _("写的是「%(said)s」") % {"said": said}, _("只写数字，单位是元"))
        return None
    amount = Decimal(said)
    if amount != amount.quantize(FEN):
        reason = _("%(said)s 超过两位小数") % {"said": said}
        text.add_fault(path, reason, _("按文件写到元或分"))
        return None
    if not 0 <= amount < Decimal("1e8"):
        text.add_fault(path, _("金额 %(said)s 超出范围") % {"said": said}, _("核对文件金额"))
        return None
    return amount.quantize(FEN)


def _optional_yuan(text, path, entry, word):
    return _yuan(text, (*path, word), entry[word]) if word in entry else None


def _rate(said):
    return Decimal(said.removesuffix("%")) / 100
