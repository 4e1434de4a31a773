"""What most tests of payment files begin with."""

import pytest


@pytest.fixture
def open_county(county):
    """示样县 with a policy in force, whose files post by themselves."""
    county.policy()
    county.posts_by_itself()
    return county
