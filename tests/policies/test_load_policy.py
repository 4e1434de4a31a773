"""Loading, publishing and withdrawing; and what the database refuses by itself."""

import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from policies.answers import (
    ask,
    provision,
    tier_table,
    undecided_proxies,
    undecided_subsidies,
)
from policies.errors import (
    NewerVersionPublished,
    PolicyNotDraft,
    PolicyNotPublished,
    SecondPersonNeeded,
)
from policies.loading import load_policy, publish_policy, withdraw_policy
from policies.models import PolicyVersion, Rule, Scheme, Source, Tier, TierSubsidy
from policies.words import IDENTITY_CHOICES, IDENTITY_CODES, SCHEMES
from staff.models import Staff

COUNTIES = Path(__file__).parents[2] / "policies" / "counties"
ANZE = COUNTIES / "141026-anze" / "2021-basic.yaml"
YINGZHOU = COUNTIES / "341202-yingzhou" / "2021-basic.yaml"
POLICY_FILES = [path for path in COUNTIES.rglob("*.yaml") if ".cases" not in path.name]

pytestmark = pytest.mark.django_db


@pytest.fixture
def lin():
    return Staff.objects.create(username="lin", name="林")


@pytest.fixture
def zhao():
    return Staff.objects.create(username="zhao", name="赵")


def anze_with(*changes):
    """Return the text of 安泽's basic policy with some words replaced."""
    text = ANZE.read_text("utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    return text


def subsidy_of(amount, *, kind="normal", source="own", identities=(), county="141026", scheme=1):
    payment = {
        "county_code": county,
        "scheme_id": scheme,
        "year": 2021,
        "kind": kind,
        "source": source,
        "amount": amount,
        "identities": list(identities),
    }
    (answer,) = ask([payment])
    return answer


def run_apart(statement, values=()):
    """Run a statement whose failure must not spoil the rest of the test."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


# --- versions ---


def test_the_same_text_loaded_twice_is_one_version(lin):
    first = load_policy(ANZE, by=lin)
    again = load_policy(ANZE, by=lin)

    assert again.pk == first.pk
    assert PolicyVersion.objects.count() == 1
    assert first.status == "draft"
    assert first.source == ANZE.read_text("utf-8")


@pytest.mark.requirement("Y23")
def test_the_highest_published_version_is_in_force_and_old_answers_stay(lin, zhao):
    first = publish_policy(load_policy(ANZE, by=lin), by=zhao)
    dearer = anze_with(("{缴费: 200, 补贴: 35}", "{缴费: 200, 补贴: 36.50}"))
    second = load_policy(dearer, by=lin)

    assert second.version == 2
    assert subsidy_of(200)["subsidy_amount"] == 35

    publish_policy(second, by=zhao)

    assert PolicyVersion.objects.in_force("141026", 1, 2021).get() == second
    assert PolicyVersion.objects.in_force("141026").get() == second
    assert str(subsidy_of(200)["subsidy_amount"]) == "36.50"
    assert (
        TierSubsidy.objects.get(
            policy=first, amount=200, kind="normal", source="own"
        ).subsidy_amount
        == 35
    )


def test_a_withdrawn_version_gives_way_to_the_one_before(lin, zhao):
    first = publish_policy(load_policy(ANZE, by=lin), by=zhao)
    second = load_policy(anze_with(("补贴: 35}", "补贴: 36}")), by=lin)
    publish_policy(second, by=zhao)

    withdraw_policy(second, by=zhao, reason="补贴写错")

    assert PolicyVersion.objects.in_force("141026", 1, 2021).get() == first
    with pytest.raises(PolicyNotPublished):
        withdraw_policy(second, by=zhao, reason="补贴写错")


def test_a_withdrawn_text_may_be_loaded_anew(lin, zhao):
    first = publish_policy(load_policy(ANZE, by=lin), by=zhao)
    withdraw_policy(first, by=zhao, reason="补贴写错")

    assert load_policy(ANZE, by=lin).version == 2


def test_a_draft_that_a_later_version_has_passed_is_refused_until_loaded_again(lin, zhao):
    early = load_policy(ANZE, by=lin)
    later = load_policy(anze_with(("补贴: 35}", "补贴: 36}")), by=lin)
    publish_policy(later, by=zhao)

    with pytest.raises(NewerVersionPublished, match="第 2 版已经发布"):
        publish_policy(early, by=zhao)

    early.refresh_from_db()
    assert early.status == "draft"
    assert PolicyVersion.objects.in_force("141026", 1, 2021).get() == later
    again = load_policy(ANZE, by=lin)
    assert (again.version, PolicyVersion.objects.count()) == (3, 2)
    publish_policy(again, by=zhao)
    assert PolicyVersion.objects.in_force("141026", 1, 2021).get() == again


def test_who_loaded_a_policy_may_not_publish_it(lin, zhao):
    policy = load_policy(ANZE, by=lin)

    with pytest.raises(SecondPersonNeeded):
        publish_policy(policy, by=lin)
    assert not PolicyVersion.objects.published().exists()

    publish_policy(policy, by=zhao)
    with pytest.raises(PolicyNotDraft):
        publish_policy(policy, by=zhao)


def test_the_set_up_command_publishes_only_where_nothing_was_published(tmp_path, capsys):
    call_command("load_policy", YINGZHOU, "--publish")
    call_command("load_policy", YINGZHOU, "--publish")

    said = capsys.readouterr().out
    assert "提醒：100.00 元的补贴未定，按 0 列示" in said
    assert PolicyVersion.objects.published().count() == 1

    newer = tmp_path / "newer.yaml"
    newer.write_text(YINGZHOU.read_text("utf-8").replace("补贴: 40}", "补贴: 41}"), "utf-8")
    with pytest.raises(CommandError, match="录入人不能自己发布"):
        call_command("load_policy", newer, "--publish")
    assert PolicyVersion.objects.published().count() == 1


def test_versions_are_seen_by_their_own_county_only(lin):
    class Clerk:
        county_code = "141026"

    class Stranger:
        county_code = "341202"

    class Nobody:
        county_code = ""

    policy = load_policy(ANZE, by=lin)

    assert PolicyVersion.objects.visible_to(Clerk()).get() == policy
    assert not PolicyVersion.objects.visible_to(Stranger()).exists()
    assert not PolicyVersion.objects.visible_to(Nobody()).exists()


# --- what the database refuses ---


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE policies_tier SET amount = 999 WHERE policy_id = %s",
        "DELETE FROM policies_tier_subsidy WHERE policy_id = %s",
        "UPDATE policies_tier_subsidy SET subsidy_amount = 1 WHERE policy_id = %s",
        "UPDATE policies_rule SET base_amount = 1 WHERE policy_id = %s",
        "DELETE FROM policies_condition WHERE policy_id = %s",
        "UPDATE policies_window SET to_on = '2031-01-01' WHERE policy_id = %s",
        "DELETE FROM policies_provision WHERE policy_id = %s",
        "UPDATE policies_backpaymentrule SET subsidy = 'as_normal' WHERE policy_id = %s",
        "DELETE FROM policies_eligibilityrule WHERE policy_id = %s",
        "UPDATE policies_source SET title = '' WHERE policy_id = %s",
        "UPDATE policies_policyversion SET year = 2022 WHERE id = %s",
        "UPDATE policies_policyversion SET source = '' WHERE id = %s",
        "UPDATE policies_policyversion SET status = 'draft', published_at = NULL WHERE id = %s",
        "UPDATE policies_policyversion SET published_at = now() + '1 day' WHERE id = %s",
        "DELETE FROM policies_policyversion WHERE id = %s",
    ],
)
def test_the_database_refuses_to_change_a_published_version(statement, lin, zhao):
    policy = publish_policy(load_policy(ANZE, by=lin), by=zhao)

    with pytest.raises(DatabaseError, match="policy version"):
        run_apart(statement, [policy.pk])

    assert tier_table("141026", 1, 2021)[0]["subsidy_amount"] == 35


def test_nothing_can_be_slipped_into_a_published_version(lin, zhao):
    policy = publish_policy(load_policy(ANZE, by=lin), by=zhao)
    basis = Source.objects.filter(policy=policy).first()

    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        Tier.objects.create(
            policy=policy,
            basis=basis,
            source_article="",
            number=11,
            amount=9000,
            amount_from=9000,
            amount_to=9000,
        )


def test_a_draft_may_be_thrown_away(lin):
    load_policy(ANZE, by=lin).delete()

    assert not Tier.objects.exists()


def test_the_portal_may_not_empty_the_tables():
    with pytest.raises(DatabaseError, match="permission denied"):
        run_apart("TRUNCATE policies_tier CASCADE")


# --- answers ---


@pytest.mark.parametrize("path", POLICY_FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_every_row_says_its_article(path):
    policy = load_policy(path)

    for rows in ("tiers", "rules", "windows", "eligibilityrules"):
        for row in getattr(policy, rows).all():
            assert " " in row.source_article, row


@pytest.mark.requirement("A01", "A29", "M14")
def test_the_schemes_never_share_a_tier_table():
    call_command("load_policy", *POLICY_FILES, "--publish")

    numbers = {
        scheme: [(tier["number"], tier["amount"]) for tier in tier_table("141026", scheme, 2021)]
        for scheme in (1, 2)
    }
    assert numbers[1][1] == (2, 300)
    assert numbers[2][1] == (2, 500)
    assert subsidy_of(500, scheme=1)["subsidy_amount"] == 60
    assert subsidy_of(500, scheme=2)["subsidy_amount"] == 120
    assert tier_table("141026", 3, 2021) == []
    assert tier_table("341202", 1, 2020) == []


@pytest.mark.requirement("X08", "Y15")
def test_an_undecided_subsidy_is_listed_as_zero_with_a_warning():
    policy = publish_policy(load_policy(YINGZHOU), by=None)

    (undecided,) = undecided_subsidies(policy)

    assert undecided["amount"] == 100
    assert undecided["subsidy_amount"] == 0
    assert undecided["proxy_only"] is True
    assert policy.rules.get(subject="subsidy", decided=False).base_amount is None


@pytest.mark.requirement("A47")
def test_proxy_amounts_that_no_document_states_stay_undecided():
    policy = load_policy(ANZE)

    assert {rule.identity_codes[0] for rule in undecided_proxies(policy)} == {
        "registered_poor",
        "low_income",
        "destitute",
        "disabled",
    }


@pytest.mark.requirement("Y18")
def test_the_highest_tier_follows_the_years_table():
    text = YINGZHOU.read_text("utf-8").replace("金额: 6000}", "金额: 8000}")
    policy = publish_policy(load_policy(text), by=None)

    assert {rule.fixed_amount for rule in policy.rules.on("proxy")} == {100, 8000}


@pytest.mark.requirement("Y20", "Y21", "Y22", "Y10", "Y11", "Y28", "X10", "X16", "X18")
def test_the_further_provisions_are_kept_with_their_words():
    policy = load_policy(YINGZHOU)

    assert provision(policy, "tier_change_before_payment") == "this_year"
    assert provision(policy, "tier_unchanged") == "last_year"
    assert provision(policy, "tier_change_after_payment") == "next_year"
    assert provision(policy, "collection_modes") == "withholding,self_payment"
    assert provision(policy, "scheme_began_on") == "2011-07-01"
    assert provision(policy, "own_beside_proxy") == "yes"
    assert provision(policy, "proxy_counts_in_target") == "yes"
    assert provision(policy, "arrival_grace_days") is None


@pytest.mark.requirement("A21", "A26", "A34", "A48", "Y27")
def test_the_provisions_of_anze_are_kept_too():
    policy = load_policy(ANZE)

    assert provision(policy, "advised_amount") == "500"
    assert provision(policy, "arrival_grace_days") == "5"
    assert provision(policy, "collective_aid_cap") == "highest"
    assert policy.back_payment_rule.needs_determination is True
    assert policy.back_payment_rule.years_cap == 15


@pytest.mark.requirement("A03", "A04", "A05", "A06", "A07", "A08", "M02", "M03", "M04", "X20")
def test_each_scheme_has_its_own_conditions_for_joining():
    kinds = {}
    for path in POLICY_FILES:
        policy = load_policy(path)
        kinds[policy.county_code, policy.scheme_id] = set(
            policy.eligibilityrules.values_list("kind", flat=True)
        )

    assert {"min_age", "not_student", "local_hukou", "not_public_servant"} <= kinds["141026", 1]
    assert "not_employees_pension" in kinds["141026", 1]
    assert {"enrolled_in", "same_place"} <= kinds["141026", 2]
    assert {"resident_without_hukou", "student_or_pupil"} <= kinds["341202", 3]
    assert "min_age" not in kinds["341202", 3]


def test_the_words_of_identities_and_schemes_agree_with_the_tables_and_the_schema():
    schema = json.loads((COUNTIES.parent / "schema.json").read_text("utf-8"))

    listed, local = schema["$defs"]["身份"]["anyOf"]
    assert listed["enum"] == [*IDENTITY_CODES]
    assert local["type"] == "string"
    assert [code for code, _label in IDENTITY_CHOICES] == list(
        dict.fromkeys(IDENTITY_CODES.values())
    )
    assert schema["properties"]["险种"]["enum"] == list(SCHEMES)
    assert dict(Scheme.objects.values_list("name", "id")) == SCHEMES


# --- rules of other shapes ---


def test_half_open_bands_say_which_bound_they_include():
    publish_policy(
        load_policy(
            anze_with(
                ("    - {缴费: 200, 补贴: 35}\n", "    - {缴费满: 200, 缴费不满: 500, 补贴: 30}\n"),
                ("    - {缴费: 300, 补贴: 40}\n", ""),
                (
                    "    - {缴费: 500, 补贴: 60}\n",
                    "    - {缴费满: 500, 缴费不超过: 700, 补贴: 60}\n",
                ),
                ("    - {缴费: 700, 补贴: 80}\n", ""),
                (
                    "    - {缴费: 1000, 补贴: 100}\n",
                    "    - {缴费超过: 700, 缴费不满: 1500, 补贴: 90}\n",
                ),
            )
        ),
        by=None,
    )

    answers = [subsidy_of(amount)["subsidy_amount"] for amount in (200, 300, 500, 700, 1000, 1500)]
    assert answers == [30, 30, 60, 60, 90, 140]


def test_a_percentage_is_rounded_to_the_fen_and_capped():
    publish_policy(
        load_policy(
            anze_with(
                (
                    "    - {缴费: 200, 补贴: 35}\n",
                    "    - {缴费满: 200, 补贴: 5.5, 比例: 8.33%, 封顶: 250}\n",
                ),
                *[
                    (f"    - {{缴费: {amount}, 补贴: {subsidy}}}\n", "")
                    for amount, subsidy in [
                        (300, 40),
                        (500, 60),
                        (700, 80),
                        (1000, 100),
                        (1500, 140),
                        (2000, 180),
                        (3000, 220),
                        (4000, 260),
                        (5000, 300),
                    ]
                ],
            )
        ),
        by=None,
    )

    assert str(subsidy_of(200)["subsidy_amount"]) == "22.16"  # 5.50 + 16.66
    assert str(subsidy_of(500)["subsidy_amount"]) == "47.15"  # 5.50 + 41.65
    assert str(subsidy_of(5000)["subsidy_amount"]) == "250.00"


def test_base_plus_an_increment_per_tier_number_with_an_exception():
    publish_policy(
        load_policy(
            anze_with(
                (
                    "    - {缴费: 200, 补贴: 35}\n",
                    "    - {档次自: 1, 档次至: 10, 补贴: 30, 每档增加: 10, 封顶: 100}\n",
                ),
                *[
                    (f"    - {{缴费: {amount}, 补贴: {subsidy}}}\n", "")
                    for amount, subsidy in [
                        (300, 40),
                        (500, 60),
                        (700, 80),
                        (1000, 100),
                        (1500, 140),
                        (2000, 180),
                        (3000, 220),
                        (4000, 260),
                    ]
                ],
                ("{缴费: 5000, 补贴: 300}", "{缴费: 5000, 补贴: 300, 次序: 1}"),
            )
        ),
        by=None,
    )

    amounts = [200, 300, 500, 700, 1000, 1500, 2000, 3000, 4000, 5000]
    answers = [subsidy_of(amount)["subsidy_amount"] for amount in amounts]
    assert answers == [30, 40, 50, 60, 70, 80, 90, 100, 100, 300]


def test_an_identity_adds_to_the_table_and_only_for_who_holds_it():
    publish_policy(
        load_policy(
            anze_with(
                (
                    "    - {缴费: 200, 补贴: 35}\n",
                    "    - {缴费: 200, 补贴: 35}\n"
                    "    - {缴费满: 200, 补贴: 20, 身份: 残疾人, 等级: 1至2级, 方式: 叠加}\n"
                    "    - {缴费满: 500, 补贴: 7, 身份: 低保对象, 方式: 叠加}\n",
                ),
            )
        ),
        by=None,
    )
    severe, light = {"identity": "disabled", "grade": 2}, {"identity": "disabled", "grade": 3}
    poor = {"identity": "low_income", "grade": None}

    assert subsidy_of(500)["subsidy_amount"] == 60
    assert subsidy_of(500, identities=[severe])["subsidy_amount"] == 80
    assert subsidy_of(500, identities=[light])["subsidy_amount"] == 60
    assert subsidy_of(500, identities=[severe, poor])["subsidy_amount"] == 87
    assert subsidy_of(300, identities=[poor])["subsidy_amount"] == 40
    assert subsidy_of(500, kind="back", identities=[severe])["subsidy_amount"] == 0


def test_back_payments_subsidised_like_normal_ones():
    publish_policy(load_policy(anze_with(("缴费补贴: 无", "缴费补贴: 同正常缴费"))), by=None)

    assert subsidy_of(500, kind="back")["subsidy_amount"] == 60


def test_own_and_proxy_money_may_be_subsidised_differently():
    publish_policy(
        load_policy(
            anze_with(
                (
                    "{缴费: 200, 补贴: 35}",
                    "{缴费: 200, 补贴: 35, 资金来源: 个人}\n"
                    "    - {缴费: 200, 补贴: 0, 资金来源: 代缴}",
                ),
            )
        ),
        by=None,
    )

    assert subsidy_of(200)["subsidy_amount"] == 35
    assert subsidy_of(200, source="proxy")["subsidy_amount"] == 0


def test_several_identities_may_follow_a_list_instead_of_the_amount():
    text = YINGZHOU.read_text("utf-8").replace("多重身份: 就高", "多重身份: 按次序")
    for order, words in enumerate(
        ["残疾人,", "低保对象,", "特困人员,", "独生子女死亡或伤残父母,", "节育手术并发症人员,"], 1
    ):
        text = text.replace(f"{{身份: {words}", f"{{次序: {order}, 身份: {words}")
    publish_policy(load_policy(text), by=None)

    (answer,) = ask(
        [
            {
                "county_code": "341202",
                "scheme_id": 1,
                "year": 2021,
                "identities": [
                    {"identity": "procedure_injury", "grade": 1},
                    {"identity": "low_income", "grade": None},
                ],
            }
        ]
    )

    rule = Rule.objects.get(pk=answer["proxy_rule_id"])
    assert rule.identity_codes == ["low_income"]


def test_half_of_the_lowest_tier_leaves_the_rest_to_the_person():
    text = anze_with(
        ("{身份: 低保对象, 代缴: 未定}", "{身份: 低保对象, 标准: 最低档次, 比例: 50%}")
    )
    policy = load_policy(text)

    publish_policy(policy, by=None)
    poor = {"identity": "low_income", "grade": None}
    place = {"county_code": "141026", "scheme_id": 1, "year": 2021}
    (answer,) = ask([{**place, "identities": [poor]}])
    assert (answer["proxy_amount"], answer["own_amount"], answer["proxy_tier_amount"]) == (
        100,
        100,
        200,
    )


def test_one_question_answers_for_one_payment_and_for_many(django_assert_num_queries):
    publish_policy(load_policy(ANZE), by=None)
    payment = {
        "county_code": "141026",
        "scheme_id": 1,
        "year": 2021,
        "kind": "normal",
        "source": "own",
        "amount": 500,
    }

    with django_assert_num_queries(1):
        one = ask([payment])
    with django_assert_num_queries(1):
        many = ask([payment] * 200)

    assert len(one) == 1
    assert [row["subsidy_amount"] for row in many] == [60] * 200


@pytest.mark.parametrize("path", POLICY_FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_every_tier_has_one_answer_for_each_way_of_paying(path):
    policy = load_policy(path)

    for tier in policy.tiers.all():
        answers = sorted(tier.subsidies.values_list("kind", "source"))
        own = [] if tier.proxy_only else [("back", "own"), ("normal", "own")]
        assert answers == sorted([*own, ("back", "proxy"), ("normal", "proxy")])
