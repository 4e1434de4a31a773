"""The doors of the state's money: one person's, a policy before it is published, the matrix, the
claims and the proxy rosters.
"""

from subsidies.views import affected, claims, matrix, people, rosters

__all__ = ["affected", "claims", "matrix", "people", "rosters"]
