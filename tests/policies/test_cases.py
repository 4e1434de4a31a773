"""Ask the SQL every sentence that stands beside a policy file, and compare the answers.

The sentences are for policy officers: they may be read and corrected without knowing Python.
"""

from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from policies.answers import proxy_for_people, subsidy_for_payments, tiers_of
from policies.loading import load_policy, publish_policy
from policies.rules.windows import is_payable_day, window_warnings
from policies.words import IDENTITY_CODES, WINDOW_CATEGORIES

COUNTIES = Path(__file__).parents[2] / "policies" / "counties"
KINDS = {"正常": "normal", "补缴": "back"}
SOURCES = {"个人": "own", "代缴": "proxy"}


def every_case(question):
    """Return each case that asks this question, with its policy file and its requirements."""
    return list(_cases(question))


def _cases(question):
    for path in sorted(COUNTIES.rglob("*.cases.yaml")):
        policy_file = path.with_name(path.name.replace(".cases", ""))
        for case in yaml.safe_load(path.read_text("utf-8")):
            if question in case:
                yield pytest.param(
                    policy_file,
                    case,
                    marks=pytest.mark.requirement(*case["要求"]),
                    id=f"{policy_file.parent.name}-{policy_file.stem}-{case['说法']}",
                )


def published(path):
    return publish_policy(load_policy(path), by=None)


def asked_of(policy, **more):
    place = {"county_code": policy.county_code, "scheme_id": policy.scheme_id}
    return {**place, "year": policy.year, **more}


@pytest.mark.django_db
@pytest.mark.parametrize(("policy_file", "case"), every_case("缴费"))
def test_the_subsidy_is_as_the_sentence_says(policy_file, case):
    policy = published(policy_file)
    payment = asked_of(
        policy,
        kind=KINDS[case.get("类型", "正常")],
        source=SOURCES[case.get("资金来源", "个人")],
        amount=case["缴费"],
    )

    (answer,) = subsidy_for_payments([payment])

    said = case["补贴"]
    if said == "没有这个档次":
        assert answer["tier_id"] is None
        assert answer["subsidy_amount"] is None
    elif said == "未定":
        assert answer["subsidy_amount"] == 0
        assert answer["decided"] is False
    else:
        assert answer["subsidy_amount"] == Decimal(said)
        assert answer["decided"] is True


@pytest.mark.django_db
@pytest.mark.parametrize(("policy_file", "case"), every_case("身份"))
def test_who_is_paid_for_is_as_the_sentence_says(policy_file, case):
    policy = published(policy_file)
    words = case["身份"] if isinstance(case["身份"], list) else [case["身份"]]
    identities = [{"identity": IDENTITY_CODES[word], "grade": case.get("等级")} for word in words]

    (answer,) = proxy_for_people([asked_of(policy, identities=identities)])

    said = case["代缴"]
    if said == "没有":
        assert answer is None
    elif said == "未定":
        assert answer["amount"] is None
        assert answer["decided"] is False
    else:
        assert answer["amount"] == Decimal(said)
        assert answer["own_amount"] == Decimal(case.get("个人缴费", 0))


@pytest.mark.django_db
@pytest.mark.parametrize(("policy_file", "case"), every_case("缴费日"))
def test_the_day_is_inside_or_outside_as_the_sentence_says(policy_file, case):
    windows = list(load_policy(policy_file).windows.all())
    category = WINDOW_CATEGORIES.get(case.get("对象"), "")

    assert is_payable_day(windows, case["缴费日"], category) == (case["征缴期内"] == "是")
    if "提示" in case:
        assert window_warnings(windows, case["缴费日"], category) == case["提示"]


@pytest.mark.django_db
@pytest.mark.parametrize(("policy_file", "case"), every_case("档次个数"))
def test_there_are_as_many_open_tiers_as_the_sentence_says(policy_file, case):
    tiers = [tier for tier in tiers_of(load_policy(policy_file)) if not tier["proxy_only"]]

    assert [tier["number"] for tier in tiers] == list(range(1, case["档次个数"] + 1))


@pytest.mark.parametrize("policy_file", sorted(COUNTIES.rglob("*.yaml")), ids=lambda p: p.stem)
def test_every_policy_file_has_its_sentences(policy_file):
    cases = policy_file.with_name(f"{policy_file.stem}.cases.yaml")

    assert policy_file.name.endswith(".cases.yaml") or cases.exists()
