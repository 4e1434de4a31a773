"""What the state adds to what people pay, what it pays in their place, and what it asks for."""

from subsidies.models.aid import AID_SOURCES, AidLine, AidList
from subsidies.models.claims import ClaimArrival, ClaimLine, ClaimPart, SubsidyClaim
from subsidies.models.entitlements import EntitledUpTo, Entitlement
from subsidies.models.previews import Preview, PreviewAnswer, PreviewCount, PreviewLine
from subsidies.models.rosters import ProxyLine, ProxyRoster

__all__ = [
    "AID_SOURCES",
    "AidLine",
    "AidList",
    "ClaimArrival",
    "ClaimLine",
    "ClaimPart",
    "EntitledUpTo",
    "Entitlement",
    "Preview",
    "PreviewAnswer",
    "PreviewCount",
    "PreviewLine",
    "ProxyLine",
    "ProxyRoster",
    "SubsidyClaim",
]
