"""The SQL and the plain-Python reference agree: on every case, on random policies and people."""

import json
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from policies.answers import ask
from policies.cases import cases_beside, question_of, read_cases
from policies.checking import understand, understand_file
from policies.loading import load_policy
from tests.policies.reference import Reference
from tests.policies.test_cases import POLICY_FILES

COMPARED = ("tier_number", "tier_amount", "subsidy_amount", "decided", "proxy_amount", "own_amount")


def differences(reference, question, answer):
    """Return what the two say differently, {} when they agree."""
    said = reference.answer(question)
    found = {
        name: (answer[name], said[name])
        for name in COMPARED
        if question.get("kind") != "benefit" and not _same(answer[name], said[name])
    }
    shares = {}
    for share in answer["shares"] or []:
        shares.setdefault(share["item"], []).append(Decimal(str(share["amount"])))
    for item, parts in said["shares"].items():
        if sorted(shares.get(item, [])) != sorted(parts.values()):
            found[f"shares of {item}"] = (shares.get(item), parts)
    if "benefits" in said:
        sql = {part["part"]: Decimal(str(part["amount"] or 0)) for part in answer["benefits"] or []}
        python = {name: part[0] for name, part in said["benefits"].items()}
        if sql != python:
            found["benefits"] = (sql, python)
    asks_the_day = "is_payable" in said and question.get("kind") != "benefit"
    if asks_the_day and bool(answer["is_payable"]) != said["is_payable"]:
        found["is_payable"] = (answer["is_payable"], said["is_payable"])
    return found


def _same(one, other):
    if one is None or other is None:
        return one is other
    return one == other


@pytest.mark.django_db
@pytest.mark.parametrize("path", POLICY_FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_both_answer_every_case_alike(path):
    policy = load_policy(path)
    text, _rows = understand_file(path)
    reference = Reference(text.content)
    cases, _faults = read_cases(cases_beside(path))
    questions = [question_of(case, policy) for case in cases]

    for case, question, answer in zip(cases, questions, ask(questions), strict=True):
        assert differences(reference, question, answer) == {}, case["说法"]


# --- random policies and people ---

IDENTITIES = ["低保对象", "特困人员", "孤儿"]
AMOUNTS = [200, 300, 500, 800, 1000, 1500, 2000, 3000]
HEAD = """格式: 1
县区: "990100"
县区名称: 示样县
险种: 城乡居民基本养老保险
年度: 2021
文件: {办法: {文号: 无文号, 标题: 办法}}
片区: {山区: ["990100102"]}
参保条件: {依据: 办法 一, 明细: [{条件: 本县户籍}]}
"""
days = st.dates(date(2021, 1, 1), date(2021, 12, 31))
ages = st.integers(30, 60)
yuan = st.integers(0, 300)
rates = st.sampled_from(["1%", "3.5%", "12.34%", "33.33%", "100%", "1/3", "2/7"])


@st.composite
def conditions(draw, *, amounts=True):
    """Some words of for whom and for what; often none."""
    said = {}
    if amounts and draw(st.booleans()):
        low = draw(st.sampled_from(AMOUNTS))
        said[draw(st.sampled_from(["缴费满", "缴费超过"]))] = low
        if draw(st.booleans()):
            high = draw(st.integers(low + 1, 4000))
            said[draw(st.sampled_from(["缴费不满", "缴费不超过"]))] = high
    elif amounts and draw(st.integers(1, 3)) == 1:
        said[draw(st.sampled_from(["档次", "档次自", "档次至"]))] = draw(st.integers(1, 6))
    for chance, words in (
        (4, lambda: {"性别": draw(st.sampled_from("男女"))}),
        (4, lambda: {"身份": draw(st.sampled_from(IDENTITIES)), **draw(certified)}),
        (6, lambda: {"身份": "残疾人", "等级": draw(st.sampled_from(["1至2级", "2至3级"]))}),
        (6, lambda: {"不含身份": draw(st.sampled_from(IDENTITIES))}),
        (4, lambda: draw(age_conditions)),
        (6, lambda: {"片区": "山区"}),
        (6, lambda: {"首次参保": draw(st.sampled_from("是否"))}),
        (6, lambda: {"缴费日自": draw(days).isoformat()}),
        (8, lambda: {"缴费年数满": draw(st.integers(1, 20))}),
        (8, lambda: {"资金来源": draw(st.sampled_from(["个人", "代缴"]))}),
        (8, lambda: {"已补年数不满": draw(st.integers(1, 20))}),
    ):
        if draw(st.integers(1, chance)) == 1:
            said = {**words(), **said}
    if "等级" in said and said.get("身份") != "残疾人":
        del said["等级"]
    return said


certified = st.one_of(
    st.just({}),
    st.just({"认定日": "缴费日"}),
    st.builds(lambda day: {"认定日": day.isoformat()}, days),
)
age_conditions = st.builds(
    lambda word, age, day: {word: age, "年龄计算日": day},
    st.sampled_from(["年龄满", "年龄超过", "年龄不满", "年龄不超过"]),
    ages,
    st.one_of(st.sampled_from(["年初", "年末", "缴费日"]), days.map(date.isoformat)),
)


@st.composite
def sums(draw, word):
    """Some arithmetic: a sum, a rate, steps, bounds, rounding."""
    said = {}
    if draw(st.booleans()):
        said[word] = draw(yuan)
    if draw(st.booleans()) or not said:
        said["比例"] = draw(rates)
        said["基数"] = draw(st.sampled_from(["缴费", "最低档次", "最高档次", "第1档", 777]))
    if draw(st.integers(1, 4)) == 1:
        said["递增"] = {
            "按": draw(st.sampled_from(["档次", "缴费", "缴费年数", "年龄"])),
            "起算": draw(st.integers(0, 40)),
            "每": draw(st.integers(1, 100)),
            "增加": draw(st.integers(1, 20)),
            "最多": draw(st.integers(1, 50)),
        }
        if "比例" in said and draw(st.booleans()):
            del said["递增"]["增加"]
            said["递增"]["增加比例"] = draw(rates)
    if draw(st.integers(1, 4)) == 1:
        said["封顶"] = draw(st.integers(100, 400))
        if draw(st.booleans()):
            said["保底"] = draw(st.integers(0, 100))
    if draw(st.booleans()):
        said["取整"] = draw(
            st.sampled_from(["四舍五入到元", "进一到角", "舍去到分", "四舍五入到十元"])
        )
    return said


WINDOW = {
    "种类": "缴费期",
    "自": "2021-01-01",
    "至": "2021-12-20",
    "每月": "1至25日",
    "节假日顺延": "否",
}


@st.composite
def policies(draw):
    """The text of a policy without gaps: a rule for everything stands last."""
    amounts = sorted(draw(st.sets(st.sampled_from(AMOUNTS), min_size=2, max_size=6)))
    sections = {
        "征缴期": {"明细": [{**WINDOW, "到龄前缴清": draw(st.sampled_from("是否"))}]},
        "档次": {
            "多次缴费": draw(st.sampled_from(["分别计算", "合并就低", "合并相符"])),
            "明细": draw(tiers_of(amounts)),
        },
        "补贴": {
            "计补基数": draw(st.sampled_from(["本次缴费", "个人加代缴"])),
            "明细": draw(subsidies()),
        },
        "代缴": {
            "多重身份": draw(st.sampled_from(["就高", "按次序"])),
            "明细": draw(proxies_of(amounts)),
        },
        "补缴": {
            "明细": [{"须先核定": "是", "缴费补贴": draw(st.sampled_from(["无", "同正常缴费"]))}]
        },
        "资金分担": {"明细": draw(shares())},
    }
    text = HEAD
    for name, body in sections.items():
        body["依据"] = "办法 二"
        text += f"{name}: {json.dumps(body, ensure_ascii=False)}\n"
    return text.replace('"节假日顺延"', "节假日顺延")


@st.composite
def tiers_of(draw, amounts):
    tiers = [{"档次": n, "金额": amount} for n, amount in enumerate(amounts, 1)]
    if draw(st.booleans()):
        low = amounts[-1] + 100
        tiers.append(
            {
                "档次": len(tiers) + 1,
                "金额自": low,
                "金额至": low + 350,
                "每级": 100,
                "上限可缴": "是",
            }
        )
    return tiers


@st.composite
def subsidies(draw):
    rules = [
        {"次序": place, **draw(conditions()), **draw(sums("补贴"))}
        for place in range(1, draw(st.integers(1, 6)))
    ]
    rules += [
        {
            "方式": draw(st.sampled_from(["叠加", "叠加就高"])),
            **draw(conditions()),
            **draw(sums("补贴")),
        }
        for _place in range(draw(st.integers(0, 3)))
    ]
    if draw(st.booleans()):
        rules.append({"比例": "10%", "基数": "已定补贴", "方式": "叠加", **draw(conditions())})
    for cap, most in (("终身封顶", 1000), ("封顶年数", 15), ("年度封顶", 300)):
        if draw(st.integers(1, 4)) == 1:
            rules.append({cap: draw(st.integers(1, most))})
    return [*rules, {"次序": 900, "补贴": 1}]


@st.composite
def proxies_of(draw, amounts):
    proxies = [
        {"次序": place, **draw(conditions(amounts=False)), **draw(sums("代缴")), "标准": "最高档次"}
        for place in range(1, draw(st.integers(2, 5)))
    ]
    for proxy in proxies:
        proxy.pop("已补年数不满", None)
        proxy["封顶"] = amounts[-1]
        proxy.setdefault("代缴", 1)
        proxy["代缴"] = min(max(proxy["代缴"], 1), amounts[0])
        proxy.pop("保底", None)
    return proxies


@st.composite
def shares(draw):
    return [
        {"项目": "缴费补贴", "承担": "省级", "金额": draw(st.integers(1, 60))},
        {
            "项目": "缴费补贴",
            "承担": "市级",
            "比例": draw(rates.filter(lambda r: r != "100%")),
            "部分超过": draw(st.integers(60, 100)),
        },
        {"项目": "缴费补贴", "承担": "县级", "其余": "是"},
        {"项目": "代缴", "承担": "省级", "比例": "33.33%"},
        {"项目": "代缴", "承担": "市级", "比例": "33.33%"},
        {"项目": "代缴", "承担": "县级", "比例": "33.34%"},
    ]


people = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(["normal", "normal", "normal", "back"]),
        "source": st.sampled_from(["own", "own", "proxy"]),
        "amount": st.one_of(st.sampled_from(AMOUNTS), st.integers(200, 3500)),
        "paid_on": days,
        "born_on": st.dates(date(1955, 1, 1), date(2000, 12, 31)),
        "sex": st.sampled_from("mf"),
        "area_code": st.sampled_from(["990100101201", "990100102201"]),
        "is_first": st.booleans(),
        "years_paid": st.integers(0, 30),
        "years_running": st.integers(0, 12),
        "years_back": st.integers(0, 5),
        "years_subsidised": st.integers(0, 20),
        "subsidised": st.integers(0, 1200),
        "subsidised_this_year": st.sampled_from([0, 0, 50, 200]),
        "earlier_same": st.sampled_from([0, 0, 100, 300]),
        "earlier_other": st.sampled_from([0, 0, 100, 200]),
        "identities": st.lists(
            st.builds(
                lambda code, grade, start, length: {
                    "identity": code,
                    "grade": grade if code == "disabled" else None,
                    "valid_from": start,
                    "valid_to": start + timedelta(days=length),
                },
                st.sampled_from(["low_income", "destitute", "orphan", "disabled"]),
                st.integers(1, 4),
                st.dates(date(2019, 1, 1), date(2021, 12, 31)),
                st.integers(0, 900),
            ),
            max_size=3,
        ),
    }
)


@pytest.mark.django_db
@settings(
    max_examples=60,
    # A failing policy is read as it is: making it smaller takes minutes of loading.
    phases=[Phase.explicit, Phase.generate],
    deadline=None,
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.function_scoped_fixture,
        HealthCheck.data_too_large,
        HealthCheck.large_base_example,
        HealthCheck.filter_too_much,
    ],
)
@given(policies(), st.lists(people, min_size=5, max_size=25))
def test_both_answer_alike_for_random_policies_and_people(raw, asked):
    text, rows = understand(raw)
    # A band may lie where no tier is, two proxy rules may ask the same; the rest drawn is sense.
    assert {fault.reason for fault in text.faults} <= {"没有这样的档次", "同一身份写了两次"}
    assume(rows is not None)
    policy = load_policy(raw)
    questions = [{**question, "policy_id": policy.pk} for question in asked]

    try:
        answers = ask(questions)
    finally:
        policy.delete()

    reference = Reference(text.content)
    for question, answer in zip(questions, answers, strict=True):
        assert differences(reference, question, answer) == {}, (raw, question)
