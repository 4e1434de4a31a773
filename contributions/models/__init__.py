from contributions.models.bank import BankLine, BankStatement, CalendarDay, DayClose
from contributions.models.counters import Books, PaidDay, PaidTier
from contributions.models.exceptions import PaymentException
from contributions.models.feeds import (
    FeedBlock,
    FeedRow,
    FeedSettings,
    FeedTally,
    PaymentFeed,
    SettingsProposal,
)
from contributions.models.ledger import Determination, DeterminationYear, Transfer

__all__ = [
    "BankLine",
    "BankStatement",
    "Books",
    "CalendarDay",
    "DayClose",
    "Determination",
    "DeterminationYear",
    "FeedBlock",
    "FeedRow",
    "FeedSettings",
    "FeedTally",
    "PaidDay",
    "PaidTier",
    "PaymentException",
    "PaymentFeed",
    "SettingsProposal",
    "Transfer",
]
