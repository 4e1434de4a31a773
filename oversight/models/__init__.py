"""What was known on an evening, and what the county has made public."""

from oversight.models.bulletins import Bulletin, BulletinTemplate
from oversight.models.notices import (
    Notice,
    NoticeBundle,
    NoticeLine,
    NoticeObjection,
    NoticeSettings,
    NoticeSheet,
)
from oversight.models.people import ForecastTrial, PeopleCount, Population, RenewalCount
from oversight.models.progress import ProgressSnapshot, ScoreSettings

__all__ = [
    "Bulletin",
    "BulletinTemplate",
    "ForecastTrial",
    "Notice",
    "NoticeBundle",
    "NoticeLine",
    "NoticeObjection",
    "NoticeSettings",
    "NoticeSheet",
    "PeopleCount",
    "Population",
    "ProgressSnapshot",
    "RenewalCount",
    "ScoreSettings",
]
