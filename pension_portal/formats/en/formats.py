"""Days in English pages, written as in Chinese ones: 2021-03-31 can be taken only one way."""

from pension_portal.formats.zh_Hans.formats import *  # noqa: F403
