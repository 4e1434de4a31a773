"""The facts of a county's policy: schemes, versions, and the rows of each version."""

from policies.models.amounts import (
    BackPaymentRule,
    FundingShare,
    ProxyRule,
    SubsidyRule,
    Tier,
    TierSubsidy,
)
from policies.models.terms import EligibilityRule, Provision, Window
from policies.models.versions import PolicyVersion, PolicyVersionQuerySet, Scheme, Source

__all__ = [
    "BackPaymentRule",
    "EligibilityRule",
    "FundingShare",
    "PolicyVersion",
    "PolicyVersionQuerySet",
    "Provision",
    "ProxyRule",
    "Scheme",
    "Source",
    "SubsidyRule",
    "Tier",
    "TierSubsidy",
    "Window",
]
