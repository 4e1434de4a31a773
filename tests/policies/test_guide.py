"""The guide's own county is loaded as the guide says, from its page into an empty database."""

import re
from pathlib import Path

import pytest
from django.core.management import call_command

from policies.answers import tier_table
from policies.cases import cases_beside
from policies.models import PolicyVersion

GUIDE = Path(__file__).parents[2] / "docs" / "policy-guide.zh-CN.md"


@pytest.mark.django_db
def test_the_county_of_the_guide_works_as_it_stands_there(tmp_path, capsys):
    policy, cases = re.findall(r"```yaml\n(.*?)```", GUIDE.read_text("utf-8"), re.S)
    path = tmp_path / "2021-basic.yaml"
    path.write_text(policy, "utf-8")
    cases_beside(path).write_text(cases, "utf-8")

    call_command("check_policy", path)
    call_command("load_policy", path, "--publish")

    assert "例子 7 条，符合 7 条" in capsys.readouterr().out
    assert PolicyVersion.objects.get().is_published
    assert [tier["amount"] for tier in tier_table("990300", 1, 2021)][-1] == 3000
