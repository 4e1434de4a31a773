"""Turn the words of a checked policy file into the columns of its tables.

Every entry is read in two halves that are the same in all sections: for whom it holds
(`conditions.py`) and how much it comes to (`sums.py`); what else an entry of a section says is in
`entries.py` and `proxies.py`. What a person would call "the same thing said twice" is resolved here
and only here: 最高档次 becomes this year's 6000.00, 「补缴不享受补贴」 becomes a rule row with 0, a
month's end becomes a day. A value that cannot be understood is a fault at its place; the row is
then left out.
"""

from decimal import Decimal

from django.utils.translation import gettext as _

from policies import words
from policies.conditions import CONDITION_WORDS, ELSEWHERE, read_condition, say
from policies.entries import (
    aid_values,
    benefit_values,
    eligibility_values,
    provision_values,
    refuse_unknown,
    share_values,
    subsidy_values,
    target_values,
    term_values,
    tier_values,
    window_values,
)
from policies.numbers import day_of
from policies.overlays import MARKS, SECTIONS
from policies.proxies import in_listed_order, proxy_values
from policies.rows import Frame, PolicyRows, Row

NO_DOCUMENT_NUMBER = "无文号"

# Back payments that no rule of their own speaks of are answered last.
LAST = 10_000


def interpret(text):
    """Return the PolicyRows of a text whose shape was checked; unclear values become faults."""
    content = text.content
    frame = _frame(text)
    rows = PolicyRows(head=_head(content), frame=frame)
    rows.sources = _sources(text)
    rows.identities = _local_identities(text)
    rows.eligibility = _section(text, "参保条件", eligibility_values, frame)
    rows.windows = _section(text, "征缴期", window_values, frame, several=True)
    rows.tiers = frame.tiers = _section(text, "档次", tier_values, frame)
    rows.back_payment = _back_payment(text)
    rows.terms = _section(text, "补缴", term_values, frame, several=True)
    subsidies = _section(text, "补贴", subsidy_values, frame)
    rows.caps = [row for row in subsidies if row.values["subject"] == "cap"]
    rows.subsidies = [row for row in subsidies if row.values["subject"] == "subsidy"]
    rows.proxies = _section(text, "代缴", proxy_values, frame)
    rows.proxies = in_listed_order(text, rows.proxies)
    rows.shares = _section(text, "资金分担", share_values, frame, several=True)
    rows.aids = _section(text, "集体补助", aid_values, frame, several=True)
    frame.rounding = content.get("待遇", {}).get("取整", "")
    rows.benefits = _section(text, "待遇", benefit_values, frame)
    rows.targets = _section(text, "任务", target_values, frame)
    rows.provisions = _section(text, "其他规定", provision_values, frame)
    _settle_back_subsidy(rows)
    _refuse_marks(text)
    return rows


def _refuse_marks(text):
    """Refuse what only an overlay may say of an entry, where nothing lies below or all is new."""
    for name in text.content.keys() & set(SECTIONS):
        for place, entry in enumerate(text.content[name]["明细"]):
            for mark in entry.keys() & set(MARKS):
                reason = _("只有沿用的文件里写了 与上级：修改 的段才能用")
                text.add_fault((name, "明细", place, mark), reason, _("删去这个词"))


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
    shared = {entry["项目"] for entry in content.get("资金分担", {}).get("明细", ())}
    for entry in content.get("待遇", {}).get("明细", ()):
        frame.benefits[entry["项目"]] = entry["项目"] in shared
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
        if name != "待遇" and entry.get("项目") not in (words.ALL_BENEFITS, *frame.benefits):
            refuse_unknown(text, path, entry)
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
