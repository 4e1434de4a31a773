from contributions.models.bank import BankLine, BankStatement, CalendarDay, DayClose
from contributions.models.cash import (
    CashLine,
    CashReceipt,
    CashRemittance,
    CashSettings,
)
from contributions.models.chase import (
    HEARSAY,
    Chase,
    Collector,
    CollectorArea,
    Contact,
    CountyPapers,
    Lead,
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
from contributions.models.handlings import Handling, SettlementProposal
from contributions.models.ledger import (
    Determination,
    DeterminationList,
    DeterminationYear,
    EffectiveTransfer,
    Transfer,
)
from contributions.models.refunds import RefundBatch, RefundLine, RefundRequest, Reversal
from contributions.models.repairs import FeedRepair
from contributions.models.withholding import WithholdingBatch, WithholdingLine

__all__ = [
    "HEARSAY",
    "BankLine",
    "BankStatement",
    "Books",
    "CalendarDay",
    "CashLine",
    "CashReceipt",
    "CashRemittance",
    "CashSettings",
    "Chase",
    "Collector",
    "CollectorArea",
    "Contact",
    "CountyPapers",
    "DayClose",
    "Determination",
    "DeterminationList",
    "DeterminationYear",
    "EffectiveTransfer",
    "FeedBlock",
    "FeedRepair",
    "FeedRow",
    "FeedSettings",
    "FeedTally",
    "Handling",
    "Lead",
    "Outcome",
    "PaidDay",
    "PaidTier",
    "PaymentException",
    "PaymentFeed",
    "RefundBatch",
    "RefundLine",
    "RefundRequest",
    "Reversal",
    "SavedFilter",
    "SettingsProposal",
    "SettlementProposal",
    "Transfer",
    "WithholdingBatch",
    "WithholdingLine",
]
