"""The policy figures the demo is built on: tiers, subsidies, who is paid for.

The oracle reads these small tables, not the portal's: two independent readings of the same
policy must agree. Amounts are fen.
"""

import re
from dataclasses import dataclass, replace

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


DEMO_NOTE = "# 演示数据：由 {source} 改写县区、年度和文件名称而成，不是任何地方的真实政策。\n"


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
