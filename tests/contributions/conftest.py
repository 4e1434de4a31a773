"""What most tests of payment files begin with."""

import pytest

from tests.enrollment.conftest import as_user

__all__ = ["as_user"]


@pytest.fixture
def open_county(county):
    """示样县 with a policy in force, whose files post by themselves."""
    county.policy()
    county.posts_by_itself()
    return county
