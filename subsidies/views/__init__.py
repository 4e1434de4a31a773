"""The doors of the state's money: one person's, a policy before it is published, the matrix, the
claims, the proxy rosters, aid.
"""

from subsidies.views import affected, aid, claims, matrix, people, rosters

__all__ = ["affected", "aid", "claims", "matrix", "people", "rosters"]
