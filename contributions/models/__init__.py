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
    "SavedFilter",
    "SettingsProposal",
    "Transfer",
]
