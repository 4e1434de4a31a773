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
    "Books",
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
