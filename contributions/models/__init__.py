from contributions.models.bank import BankLine, BankStatement, CalendarDay, DayClose
from contributions.models.chase import (
    HEARSAY,
    Chase,
    Collector,
    CollectorArea,
    Contact,
    CountyPapers,
    Lead,
    ListBundle,
    Outcome,
    SavedFilter,
)
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
from contributions.models.withholding import WithholdingBatch, WithholdingLine

__all__ = [
    "HEARSAY",
    "BankLine",
    "BankStatement",
    "Books",
    "CalendarDay",
    "Chase",
    "Collector",
    "CollectorArea",
    "Contact",
    "CountyPapers",
    "DayClose",
    "Determination",
    "DeterminationYear",
    "FeedBlock",
    "FeedRepair",
    "FeedRow",
    "FeedSettings",
    "FeedTally",
    "Lead",
    "ListBundle",
    "Outcome",
    "PaidDay",
    "PaidTier",
    "PaymentException",
    "PaymentFeed",
    "RefundRequest",
    "SavedFilter",
    "SettingsProposal",
    "Settlement",
    "SettlementProposal",
    "Transfer",
    "WithholdingBatch",
    "WithholdingLine",
]
