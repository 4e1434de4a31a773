"""A payment gets its entitlement once, and only what is new is asked about."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from contributions.models import PaymentException
from contributions.settling import accept_exception
from pension_portal.jobs import run_job
from pension_portal.models import Job
from policies.loading import load_policy
from policies.models import PolicyVersion
from subsidies.entitlements import entitle_new_payments
from subsidies.models import EntitledUpTo, Entitlement

pytestmark = pytest.mark.django_db


@pytest.fixture
def one_held(county, mei):
    """Three payments of a file stand in the ledger, a fourth is held for its name."""
    county.policy()
    county.posts_by_itself()
    people = [county.enrolled(name) for name in ("王一", "王二", "王三", "王四")]
    rows = [county.payment_row(person) for person in people[:3]]
    county.process(*rows, county.payment_row(people[3], name="王泗"), by=mei)
    assert Entitlement.objects.count() == 3
    return PaymentException.objects.get()


def marks():
    return EntitledUpTo.objects.values_list("transfer_id", flat=True).get()


def test_a_settled_exception_asks_about_its_own_payment_alone(county, zhao, one_held):
    before = marks()
    accept_exception(one_held, by=zhao)

    assert entitle_new_payments(county.COUNTY) == 1

    newest = county.transfers().latest("id")
    assert Entitlement.objects.filter(transfer_id=newest.id, amount=30).exists()
    assert before < marks() == newest.id
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert entitle_new_payments(county.COUNTY) == 0
    assert not any("subsidies_entitlement (" in query["sql"] for query in asked)


def test_the_job_of_a_settled_exception_entitles_it(one_held, zhao):
    accept_exception(one_held, by=zhao)

    run_job(Job.objects.get(kind="ledger_changed").pk)

    assert Entitlement.objects.count() == 4


def test_one_new_payment_takes_as_many_queries_as_many(county, mei):
    county.policy()
    county.posts_by_itself()
    counts = []
    for number, size in enumerate((1, 40)):
        rows = [county.payment_row(county.enrolled()) for _ in range(size)]
        county.process(*rows, by=mei, name=f"{number}.csv")
        EntitledUpTo.objects.update(transfer_id=0)
        Entitlement.objects.all().delete()
        with CaptureQueriesContext(connection) as asked:
            entitle_new_payments(county.COUNTY)
        counts.append(len(asked))

    assert Entitlement.objects.count() == 41
    assert counts[0] == counts[1]


def test_a_subsidy_for_the_countys_own_people_asks_for_the_hukou_in_the_registry(county, mei):
    text = county.policy_text(county.BASIC, (200, 300), None, None, county.COUNTY, county.YEAR, 1)
    more = "    - {缴费: 300, 补贴: 30}\n    - {户籍: 本县, 补贴: 5, 方式: 叠加}"
    policy = load_policy(text.replace("    - {缴费: 300, 补贴: 30}", more))
    PolicyVersion.objects.filter(pk=policy.pk).update(status="published", published_at=now())
    county.posts_by_itself()
    people = [county.enrolled(hukou=hukou) for hukou in ("local", "settled")]

    county.process(*(county.payment_row(person) for person in people), by=mei)

    assert list(Entitlement.objects.order_by("transfer_id").values_list("amount", flat=True)) == [
        35,
        30,
    ]
