"""What belongs to a person's account beside payments: interest, money moved here, payouts."""

from benefits.models.interest import InterestLine, InterestRun, InterestTerms
from benefits.models.moves import AccountMove, MovedSum
from benefits.models.settlements import Settlement, SettlementLine
from benefits.models.sources import Source

__all__ = [
    "AccountMove",
    "InterestLine",
    "InterestRun",
    "InterestTerms",
    "MovedSum",
    "Settlement",
    "SettlementLine",
    "Source",
]
