"""An identity that only the county's own policy knows is read from rosters and is subsidised."""

import io

import openpyxl
import pytest
from django.urls import reverse

from enrollment.models import SpecialIdentity
from policies.loading import load_policy, publish_policy
from subsidies.models import Entitlement
from tests import county as made
from tests.enrollment.rosters import as_csv, load, row

OFFICIALS = "身份:\n  村干部: {依据: 方案 三}\n参保条件:"
TWENTY_MORE = "    - {缴费满: 200, 补贴: 20, 身份: 村干部, 方式: 叠加}\n补缴:"

pytestmark = pytest.mark.django_db


@pytest.fixture
def officials_known(county):
    """A policy that adds 20 yuan for 村干部, which the portal does not know by itself."""
    text = made.policy_text(made.BASIC, (200, 300, 500), 100, None, made.COUNTY, 2021, 1)
    text = text.replace("参保条件:", OFFICIALS).replace("补缴:", TWENTY_MORE)
    publish_policy(load_policy(text), by=None)
    county.posts_by_itself()
    return county


def test_a_local_identity_is_read_and_subsidised(officials_known, mei):
    cells = row(特殊身份="村干部、低保", 身份起="2021-01-01")
    roster = load(mei, as_csv([cells]))

    held = SpecialIdentity.objects.order_by("identity")
    assert not roster.faults.exists()
    assert [one.identity for one in held] == ["low_income", "村干部"]
    assert str(held[1]) == "村干部"

    person = held[1].resident
    officials_known.process(officials_known.payment_row(person), by=mei)
    assert Entitlement.objects.get().amount == 50


def test_where_no_policy_names_it_the_word_is_still_refused(county, mei):
    county.policy()

    roster = load(mei, as_csv([row(特殊身份="村干部")]))

    assert [fault.code for fault in roster.faults.all()] == ["identity_unknown"]
    assert not SpecialIdentity.objects.exists()


def test_the_template_names_it(officials_known, client, mei):
    client.force_login(mei)

    answer = client.get(reverse("enrollment:empty_roster"))

    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    words = " ".join(str(cell.value) for line in book["说明"].iter_rows() for cell in line)
    assert "孤儿" in words
    assert "村干部" in words
