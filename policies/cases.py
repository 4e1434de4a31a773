"""Cases: sentences beside a policy that say what it must answer, for officers to read and correct.

    - {说法: 缴费 300 元，补贴 50 元, 缴费: 300, 补贴: 50}
    - {说法: 每月基础养老金 143 元, 出生: 1961-03-05, 缴费日: 2021-04-01, 待遇: {合计: 143}}

Some words say what is asked about (FACTS), the others what must come out (ANSWERS). All cases of a
file are asked by one statement, the one that people and payments are asked by.
"""

from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _

from pension_portal.statements import fetch_statement
from policies import words
from policies.answers import SQL, ask, tiers_of
from policies.checking import understand_file
from policies.errors import PolicyFileFaulty
from policies.loading import load_policy
from policies.reading import Fault, read_text

# The word of a case, and the field of a question it fills.
FACTS = {
    "缴费": "amount",
    "选档": "chosen",
    "类型": "kind",
    "资金来源": "source",
    "出生": "born_on",
    "性别": "sex",
    "地区": "area_code",
    "户籍": "hukou",
    "首次参保": "is_first",
    "缴费日": "paid_on",
    "领取日": "paid_on",
    "已缴年数": "years_paid",
    "连续缴费年数": "years_running",
    "补缴年数": "years_back",
    "已补年数": "years_subsidised",
    "居住年数": "years_resident",
    "已补金额": "subsidised",
    "本年已补": "subsidised_this_year",
    "此前已缴": "earlier_same",
    "此前另缴": "earlier_other",
    "账户余额": "balance",
    "平均缴费": "average",
    "已缴年度": "paid_years",
    "已领待遇": "is_drawing",
}
CODES = {
    "类型": words.KINDS,
    "资金来源": words.SOURCES,
    "性别": words.SEXES,
    "户籍": words.HUKOU,
    "首次参保": words.YES_NO,
    "已领待遇": words.YES_NO,
}
HOLDING = ("身份", "等级")
# A fact that a case leaves out is unknown, and a rule that asks for it is then for somebody else.
FACTS_OF_NEEDS = {
    "出生": ("born_cuts", "age", "steps_by_age"),
    "性别": ("sex",),
    "户籍": ("hukou",),
    "首次参保": ("is_first",),
    "缴费日": ("paid_cuts", "age", "steps_by_age"),
    "已缴年数": ("years_paid", "steps_by_years"),
    "连续缴费年数": ("years_running", "steps_by_running"),
    "补缴年数": ("years_back", "steps_by_years"),
    "已补年数": ("years_subsidised",),
    "居住年数": ("years_resident",),
    "平均缴费": ("average",),
}
NO_TIER, NONE, UNDECIDED = "没有这个档次", "没有", words.UNDECIDED
BACK_WAYS = {"中断补缴": "gap", "按年缴": "yearly", "趸缴": "lump", "不得补缴": "none"}
PAYER_WORDS = {code: word for word, code in words.PAYERS.items()}
TOTAL = "合计"


@dataclass
class Result:
    """A case with what was expected and what the policy answered."""

    sentence: str
    line: int = 0
    requirements: list = field(default_factory=list)
    expected: dict = field(default_factory=dict)
    found: dict = field(default_factory=dict)
    # What the policy asks of people and the case does not say, in the words of cases.
    unsaid: list = field(default_factory=list)

    @property
    def holds(self):
        return all(_same(self.expected[word], self.found.get(word)) for word in self.expected)


def cases_beside(path):
    """Return the path of the cases of a policy file, whether or not they exist."""
    return Path(path).with_name(f"{Path(path).stem}.cases.yaml")


def read_cases(path):
    """Return the cases of a file as dicts, each with its line; faults as a list beside them."""
    text = read_text(Path(path).read_bytes())
    if text.faults:
        return [], text.faults
    faults, cases = [], []
    for place, case in enumerate(text.content if isinstance(text.content, list) else []):
        line = text.line_of((place,))
        unknown = case.keys() - FACTS.keys() - ANSWERS.keys() - {*HOLDING, "说法", "要求", "说明"}
        for word in unknown:
            known = "、".join([*FACTS, *HOLDING, *ANSWERS])
            remedy = _("可写：%(known)s") % {"known": known}
            faults.append(Fault(line, word, _("不认识这一项"), remedy))
        if not case.keys() & ANSWERS.keys():
            remedy = _("写出应得的结果：%(known)s") % {"known": "、".join(ANSWERS)}
            faults.append(Fault(line, case.get("说法", ""), _("没有写结果"), remedy))
        cases.append({**case, "行": line})
    return cases, faults


def try_cases(policy, cases):
    """Return one Result per case, asked of this version, published or not."""
    answers = ask([question_of(case, policy) for case in cases])
    wanted = _facts_asked(policy)
    results = []
    for case, answer in zip(cases, answers, strict=True):
        expected = {word: case[word] for word in ANSWERS if word in case}
        found = {word: ANSWERS[word](answer, policy) for word in expected}
        results.append(
            Result(
                case.get("说法", ""),
                case.get("行", 0),
                case.get("要求", []),
                expected,
                found,
                [word for word in wanted if word not in case],
            )
        )
    return results


def _facts_asked(policy):
    """Return the words of cases for what a version's rules ask of people."""
    (needs,) = fetch_statement(SQL, "needs", {"policy": policy.pk})
    return [word for word, asked in FACTS_OF_NEEDS.items() if any(needs[name] for name in asked)]


def try_file(path):
    """Load a policy file for a moment, ask its cases and leave nothing behind.

    Returns the PolicyVersion (unsaved again), the tier table and the Results. Raises
    PolicyFileFaulty when the file or its cases cannot be read.
    """
    text, _rows = understand_file(path)
    if text.faults:
        raise PolicyFileFaulty(text.faults)
    beside = cases_beside(path)
    cases, faults = read_cases(beside) if beside.exists() else ([], [])
    if faults:
        raise PolicyFileFaulty(faults)
    with transaction.atomic():
        policy = load_policy(Path(path))
        found = policy, tiers_of(policy), try_cases(policy, cases)
        transaction.set_rollback(True)
    return found


def question_of(case, policy):
    """Return the question that a case asks of a version."""
    question = {"policy_id": policy.pk, "identities": list(_identities(case))}
    for word, name in FACTS.items():
        if word in case:
            value = case[word]
            question[name] = CODES[word][value] if word in CODES else value
    question.setdefault("kind", "benefit" if case.keys() & {"待遇", "待遇分担"} else "normal")
    if "代缴" in case and "缴费" not in case:
        question.setdefault("source", "proxy")
    question.setdefault("source", "own")
    return question


def _identities(case):
    said = case.get("身份", [])
    for each in said if isinstance(said, list) else [said]:
        held = each if isinstance(each, dict) else {"身份": each}
        name = held["身份"]
        yield {
            "identity": words.IDENTITY_CODES.get(name, name),
            "grade": held.get("等级", case.get("等级")),
            "valid_from": held.get("自"),
            "valid_to": held.get("至"),
        }


# --- what came out, in the words of the case ---


def _subsidy(answer, _policy):
    if answer["subsidy_rule_id"] is None and not answer["added_rule_ids"]:
        return NO_TIER if answer["tier_id"] is None else NONE
    return answer["subsidy_amount"] if answer["decided"] else UNDECIDED


def _proxy(answer, _policy):
    if answer["proxy_rule_id"] is None:
        return NONE
    return answer["proxy_amount"] if answer["proxy_decided"] else UNDECIDED


def _benefit_shares(answer, _policy):
    """Return who bears each item of the pension, item by item."""
    found = {}
    for share in answer["shares"] or []:
        if share["item"] not in words.SHARE_SUBJECTS.values():
            amount = Decimal(str(share["amount"]))
            found.setdefault(share["item"], {})[PAYER_WORDS[share["payer"]]] = amount
    return found


def _shares_of(item):
    def read(answer, _policy):
        shares = [share for share in answer["shares"] or [] if share["item"] == item]
        return {PAYER_WORDS[share["payer"]]: Decimal(str(share["amount"])) for share in shares}

    return read


def _benefits(answer, _policy):
    parts = {
        part["part"]: Decimal(str(part["amount"])) if part["decided"] else UNDECIDED
        for part in answer["benefits"] or []
    }
    monthly = [parts[part["part"]] for part in answer["benefits"] or [] if not part["is_once"]]
    return {**parts, TOTAL: sum((each for each in monthly if each != UNDECIDED), Decimal(0))}


def _back(answer, _policy):
    due = answer["back_due"]
    if due is None:
        return NONE
    years = due["years"]
    ways = {code: word for word, code in BACK_WAYS.items()}
    return {
        "方式": ways[due["way"]],
        "可补年数": due["most_years"],
        "年度": [year["year"] for year in years],
        "最低": _number(min((y["lowest"] for y in years if y["lowest"] is not None), default=None)),
        "最高": _number(
            max((y["highest"] for y in years if y["highest"] is not None), default=None)
        ),
        "趸缴": _number(due["lump"]),
        "可补差额": "是" if due["may_top_up"] else "否",
    }


def _number(value):
    return None if value is None else Decimal(str(value))


def _warnings(answer, _policy):
    if not answer["is_payable"]:
        return ["outside_days" if answer["is_in_range"] else "outside_window"]
    return [] if answer["is_concentrated"] else ["outside_concentrated"]


def _yes_no(value):
    return "是" if value else "否"


def _open_tiers(_answer, policy):
    return policy.tiers.filter(proxy_only=False).count()


def _aid(answer, _policy):
    aid = answer["aid"] or {}
    highest = aid.get("highest", {}).get("value")
    must = aid.get("must_be_tier", {}).get("value")
    return {"上限": _number(highest), "须合档次": _yes_no(must)}


ANSWERS = {
    "档次": lambda answer, _policy: answer["tier_number"] or NO_TIER,
    "档次金额": lambda answer, _policy: answer["tier_amount"],
    "补贴": _subsidy,
    "代缴": _proxy,
    "个人缴费": lambda answer, _policy: answer["own_amount"],
    "先缴后补": lambda answer, _policy: _yes_no(answer["is_after_own"]),
    "应缴": lambda answer, _policy: NONE if answer["due_amount"] is None else answer["due_amount"],
    "还应缴": lambda answer, _policy: answer["left_to_pay"],
    "分担": _shares_of("subsidy"),
    "代缴分担": _shares_of("proxy"),
    "待遇": _benefits,
    "待遇分担": _benefit_shares,
    "补缴": _back,
    "征缴期内": lambda answer, _policy: _yes_no(answer["is_payable"]),
    "提示": _warnings,
    "集体补助": _aid,
    "档次个数": _open_tiers,
}


def _same(expected, found):
    """Whether what was expected came out; of a mapping, only what the case names."""
    if isinstance(expected, dict):
        if not isinstance(found, dict):
            return False
        return all(_same(value, found.get(word)) for word, value in expected.items())
    if isinstance(expected, list):
        return list(expected) == list(found or [])
    try:
        return Decimal(str(expected)) == Decimal(str(found))
    except InvalidOperation:
        return expected == found
