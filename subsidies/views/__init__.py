"""The doors of the subsidies: one person's, and those of a policy before it is published."""

from subsidies.views import affected, people

__all__ = ["affected", "people"]
