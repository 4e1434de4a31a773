"""Ask the SQL every sentence that stands beside a policy file, and compare the answers.

The sentences are for policy officers: they may be read and corrected without knowing Python.
"""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from policies.cases import cases_beside, read_cases, try_cases
from policies.loading import load_policy
from policies.models import PolicyVersion

COUNTIES = Path(__file__).parents[2] / "policies" / "counties"
MADE_UP = Path(__file__).with_name("made_up")
POLICY_FILES = sorted(
    path
    for folder in (COUNTIES, MADE_UP)
    for path in folder.rglob("*.yaml")
    if not path.name.endswith(".cases.yaml")
)


def every_case():
    """Return each case with its policy file and its requirements."""
    for path in POLICY_FILES:
        cases, faults = read_cases(cases_beside(path))
        assert not faults, [f"{path.name} {fault}" for fault in faults]
        for case in cases:
            yield pytest.param(
                path,
                case,
                marks=pytest.mark.requirement(*case.get("要求", [])),
                id=f"{path.parent.name}-{path.stem}-{case['说法']}",
            )


@pytest.mark.django_db
@pytest.mark.parametrize(("path", "case"), every_case())
def test_the_policy_answers_as_the_sentence_says(path, case):
    (result,) = try_cases(load_policy(path), [case])

    assert result.holds, f"{result.expected} ≠ {result.found}"


@pytest.mark.parametrize("path", POLICY_FILES, ids=lambda path: path.stem)
def test_every_policy_file_has_its_sentences(path):
    assert cases_beside(path).exists()


@pytest.mark.django_db
def test_an_officer_can_sign_what_the_command_prints(capsys):
    path = COUNTIES / "341202-yingzhou" / "2021-basic.yaml"

    call_command("check_policy", path)

    said = capsys.readouterr().out
    assert "颍州区 2021 年度城乡居民基本养老保险 政策核对表" in said
    assert "[符合] 缴费 300 元，补贴 50 元" in said
    assert "[不符]" not in said
    assert "核对人：" in said
    assert not PolicyVersion.objects.exists()


@pytest.mark.django_db
def test_a_sentence_that_does_not_hold_is_printed_with_both_figures(tmp_path, capsys):
    source = COUNTIES / "341202-yingzhou" / "2021-basic.yaml"
    path = tmp_path / "2021-basic.yaml"
    path.write_bytes(source.read_bytes())
    cases_beside(path).write_text("- {说法: 三百元补五十五, 缴费: 300, 补贴: 55}\n", "utf-8")

    with pytest.raises(CommandError):
        call_command("check_policy", path)

    said = capsys.readouterr().out
    assert "[不符] 三百元补五十五" in said
    assert "例子写 55" in said
    assert "系统算出 50.00" in said


def test_a_word_no_case_knows_is_named_with_its_line(tmp_path):
    path = tmp_path / "x.cases.yaml"
    path.write_text("- {说法: 甲, 缴费: 300, 津贴: 55}\n", "utf-8")

    _cases, faults = read_cases(path)

    assert [(fault.line, fault.field) for fault in faults] == [(1, "津贴"), (1, "甲")]
