"""What most tests of the state's money begin with."""

from tests.enrollment.conftest import as_user

__all__ = ["as_user"]
