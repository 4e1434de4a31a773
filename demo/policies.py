"""The policy figures the demo is built on: tiers, subsidies, who is paid for.

The oracle reads these small tables, not the portal's: two independent readings of the same
policy must agree. Amounts are fen.
"""

import re
from dataclasses import dataclass, replace
from pathlib import Path

import yaml

BASIC, SUPPLEMENTARY = 1, 2


@dataclass(frozen=True)
class PolicyTable:
    """One scheme's figures in one year.

    `tiers` maps an amount to whether it is open to proxy payment only; `proxies` lists
    (identity, worst grade still covered or None, amount paid for them).
    """

    scheme: int
    year: int
    tiers: dict
    subsidies: dict
    proxies: tuple = ()

    def paid_for(self, amount_fen):
        """Return the (identity, grade) pairs for whom this amount is paid."""
        return [(identity, grade) for identity, grade, fen in self.proxies if fen == amount_fen]


def fen_table(pairs):
    """Return {tier: subsidy} in fen from pairs of yuan."""
    fen = [int(yuan) * 100 for yuan in pairs.split()]
    return dict(zip(fen[::2], fen[1::2], strict=True))


# 颍州区 2021: Y13, Y15–Y18, Y24, Y25. The 100 tier is open to proxy payment only; its subsidy is
# undecided.
BASIC_SUBSIDIES = fen_table(
    "200 40 300 50 400 60 500 70 600 80 700 90 800 100 900 110 1000 120 1500 150 "
    "2000 200 3000 200 4000 200 5000 200 6000 200"
)
BASIC_2021 = PolicyTable(
    BASIC,
    2021,
    {10000: True} | dict.fromkeys(BASIC_SUBSIDIES, False),
    BASIC_SUBSIDIES,
    (
        ("disabled", 2, 10000),
        ("low_income", None, 10000),
        ("destitute", None, 10000),
        ("bereaved_parent", 3, 600000),
        ("procedure_injury", 3, 600000),
    ),
)
# 安泽县 2021 supplementary scheme (A19, A20), borrowed for the demo.
SUPPLEMENTARY_SUBSIDIES = fen_table("200 70 500 120 1000 200 2000 360 5000 600")
SUPPLEMENTARY_2021 = PolicyTable(
    SUPPLEMENTARY, 2021, dict.fromkeys(SUPPLEMENTARY_SUBSIDIES, False), SUPPLEMENTARY_SUBSIDIES
)


def demo_policies(year=2021):
    """Return {(scheme, year): table} of the campaign year and the three years before it."""
    tables = {(BASIC, past): replace(BASIC_2021, year=past) for past in range(year - 3, year + 1)}
    tables[SUPPLEMENTARY, year] = replace(SUPPLEMENTARY_2021, year=year)
    return tables


IDENTITY_CODES = {
    "低保对象": "low_income",
    "特困人员": "destitute",
    "残疾人": "disabled",
    "独生子女死亡或伤残父母": "bereaved_parent",
    "节育手术并发症人员": "procedure_injury",
}
SCHEME_NAMES = {"城乡居民基本养老保险": BASIC, "城乡居民补充养老保险": SUPPLEMENTARY}
DEMO_NOTE = "# 演示数据：由 {source} 改写县区、年度和文件名称而成，不是任何地方的真实政策。\n"


def read_policy(path):
    """Return the table of a policy file; only the plain shapes the demo's files use are read."""
    with Path(path).open(encoding="utf-8") as file:
        policy = yaml.safe_load(file)
    tiers = {line["金额"] * 100: bool(line.get("代缴专用")) for line in policy["档次"]["明细"]}
    return PolicyTable(
        SCHEME_NAMES[policy["险种"]],
        policy["年度"],
        tiers,
        read_subsidies(policy["补贴"]["明细"], tiers),
        tuple(read_proxies(policy.get("代缴", {}).get("明细", ()), tiers)),
    )


def read_subsidies(lines, tiers):
    """Return {tier: subsidy} in fen; an undecided subsidy is left out."""
    subsidies = {}
    for line in lines:
        if "缴费满" in line:
            reached = (tier for tier in tiers if tier >= line["缴费满"] * 100)
            subsidies.update(dict.fromkeys(reached, line["补贴"] * 100))
        elif line["补贴"] != "未定":
            subsidies[line["缴费"] * 100] = line["补贴"] * 100
    return subsidies


def read_proxies(lines, tiers):
    for line in lines:
        grade = line.get("等级")
        amount = max(tiers) if line.get("标准") == "最高档次" else line["代缴"] * 100
        # 「1至2级」 reaches down to grade 2; 1 is the most severe.
        worst = int(grade.split("至")[1].removesuffix("级")) if grade else None
        yield IDENTITY_CODES[line["身份"]], worst, amount


def write_demo_policies(policy_folder, out):
    """Write the policy files the demo needs beyond the real one; return their paths.

    The earlier years and the supplementary scheme are the real texts with county, year and
    document changed, and they say so in their first line and in every title.
    """
    out.mkdir(parents=True, exist_ok=True)
    basic = "341202-yingzhou/2021-basic.yaml"
    written = []
    text = (policy_folder / basic).read_text(encoding="utf-8")
    for year in (2018, 2019, 2020):
        path = out / f"{year}-basic.yaml"
        path.write_text(as_demo(another_year(text, year), basic), encoding="utf-8")
        written.append(path)
    supplementary = "141026-anze/2021-supplementary.yaml"
    text = (policy_folder / supplementary).read_text(encoding="utf-8")
    path = out / "2021-supplementary.yaml"
    path.write_text(as_demo(in_the_demo_county(text), supplementary), encoding="utf-8")
    written.append(path)
    return written


def another_year(text, year):
    """Return the 2021 text with every day and title moved to another year."""
    moved = text.replace("2020-12-12", f"{year - 1}-12-12")
    # The legal basis and the scheme's first day stay what they are.
    return re.sub(r"2021(?=-|年|\b)", str(year), moved)


def in_the_demo_county(text):
    text = text.replace('"141026"', '"341202"').replace("安泽县", "颍州区")
    # The demo's payers come on every day of the month.
    return text.replace(", 每月: 1至25日", "")


def as_demo(text, source):
    return DEMO_NOTE.format(source=source) + text.replace("标题: ", "标题: （演示数据）")
