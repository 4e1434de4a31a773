"""The facts of a county's policy: schemes, versions, and the rows of each version."""

from policies.models.amounts import BackPaymentRule, Tier, TierSubsidy
from policies.models.rules import Condition, LocalIdentity, Rule, Target
from policies.models.switches import SchemeSwitch
from policies.models.terms import EligibilityRule, PolicyItem, Provision, Window
from policies.models.versions import PolicyVersion, PolicyVersionQuerySet, Scheme, Source

__all__ = [
    "BackPaymentRule",
    "Condition",
    "EligibilityRule",
    "LocalIdentity",
    "PolicyItem",
    "PolicyVersion",
    "PolicyVersionQuerySet",
    "Provision",
    "Rule",
    "Scheme",
    "SchemeSwitch",
    "Source",
    "Target",
    "Tier",
    "TierSubsidy",
    "Window",
]
