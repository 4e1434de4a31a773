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
from contributions.models.refunds import RefundRequest
from contributions.models.repairs import FeedRepair
from contributions.models.settlements import Settlement, SettlementProposal

__all__ = [
    "Books",
    "Determination",
    "DeterminationYear",
    "FeedBlock",
    "FeedRepair",
    "FeedRow",
    "FeedSettings",
    "FeedTally",
    "PaidDay",
    "PaidTier",
    "PaymentException",
    "PaymentFeed",
    "RefundRequest",
    "SettingsProposal",
    "Settlement",
    "SettlementProposal",
    "Transfer",
]
