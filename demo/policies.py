"""The policy figures the demo is built on: tiers, subsidies, who is paid for.

The oracle reads these small tables, not the portal's: two independent readings of the same
policy must agree. Amounts are fen.
"""

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
    """Return {fen: fen} from pairs of yuan."""
    return {amount * 100: subsidy * 100 for amount, subsidy in pairs}


# 颍州区 2021: Y13, Y15–Y18, Y24, Y25. The 100 tier is paid for others only; its subsidy is undecided.
BASIC_SUBSIDIES = fen_table(
    [(200, 40), (300, 50), (400, 60), (500, 70), (600, 80), (700, 90), (800, 100), (900, 110)]
    + [(1000, 120), (1500, 150), (2000, 200), (3000, 200), (4000, 200), (5000, 200), (6000, 200)]
)
BASIC_2021 = PolicyTable(
    BASIC,
    2021,
    {10000: True} | dict.fromkeys(BASIC_SUBSIDIES, False),
    BASIC_SUBSIDIES,
    (
        ("low_income", None, 10000),
        ("destitute", None, 10000),
        ("disabled", 2, 10000),
        ("bereaved_parent", 3, 600000),
        ("procedure_injury", 3, 600000),
    ),
)
# 安泽县 2021 supplementary scheme (A19, A20), borrowed for the demo.
SUPPLEMENTARY_SUBSIDIES = fen_table([(200, 70), (500, 120), (1000, 200), (2000, 360), (5000, 600)])
SUPPLEMENTARY_2021 = PolicyTable(
    SUPPLEMENTARY, 2021, dict.fromkeys(SUPPLEMENTARY_SUBSIDIES, False), SUPPLEMENTARY_SUBSIDIES
)


def demo_policies(year=2021):
    """Return {(scheme, year): table} of the campaign year and the three years before it."""
    tables = {(BASIC, past): replace(BASIC_2021, year=past) for past in range(year - 3, year + 1)}
    tables[SUPPLEMENTARY, year] = replace(SUPPLEMENTARY_2021, year=year)
    return tables
