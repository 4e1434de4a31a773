"""The doors of the accounts: one person's, the year's interest, settlements, moves."""

from benefits.views import accounts, interest, moves, settlements

__all__ = ["accounts", "interest", "moves", "settlements"]
