"""What the tests of accounts begin with."""

from tests.enrollment.conftest import as_user

__all__ = ["as_user"]
