"""Say whether somebody may join a scheme, and if not, why and from which day on (参保条件).

    15 years old, on 20 March 2021      按出生日期未满 16 周岁，2021-09-02 起可参保
    in the employees' scheme            正在参加职工养老保险，疑似重复参保
    on the employees' list              列在名单「职工养老2021-03.xlsx」，疑似重复参保

The rules are rows of the policy in force. `sql/eligibility.sql` asks them, of the one person on a
page and of every new row of a roster alike; here stand the sentences (A03–A07, M02–M08).
"""

import json
from typing import NamedTuple

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from enrollment.errors import MayNotJoin
from enrollment.statements import fetch_statement
from pension_portal.clock import today

CODE_PREFIX = "rule_"


class Sentence(NamedTuple):
    """Why a rule does not let somebody join, and what to do."""

    reason: str
    remedy: str


SENTENCES = {
    "min_age": Sentence(
        _("按出生日期未满 %(number)s 周岁，%(day)s 起可参保"),
        _("到龄后再登记，或核对证件号码和参保日期"),
    ),
    "under_age": Sentence(
        _("已满 %(number)s 周岁，不再新参加%(scheme)s"), _("符合领取条件的，走待遇核定")
    ),
    "not_student": Sentence(
        _("在校学生暂不参加%(scheme)s，毕业或离校次日起可参保"),
        _("已离校的改「其他参保情况」；已核实的写明原因"),
    ),
    "not_public_servant": Sentence(
        _("机关事业单位人员不参加%(scheme)s，离职停保后可参保"), _("已离职的改「其他参保情况」")
    ),
    "not_employees_pension": Sentence(
        _("正在参加职工养老保险，疑似重复参保；停保后可参保"), _("核对职工养老参保，停保后再登记")
    ),
    "not_employees_medical": Sentence(
        _("正在参加职工医疗保险，不能再参加%(scheme)s"), _("停保后再登记")
    ),
    "local_hukou": Sentence(
        _("户籍不在本县，应在户籍地参加%(scheme)s；迁入后可参保"),
        _("已迁入的改「户籍」；已核实的写明原因"),
    ),
    "enrolled_in": Sentence(_("没有参加%(other)s，不能单独参加%(scheme)s"), _("同时参加%(other)s")),
}
_ON_LIST = _("核对「参保冲突」和部门名单；名单写错的，请部门更正后再登记")
SENTENCES |= {
    "listed_employees": Sentence(
        _("列在职工养老保险参保名单「%(list)s」里，疑似重复参保；停保后可参保"), _ON_LIST
    ),
    "listed_civil_service": Sentence(
        _("列在机关事业单位人员名单「%(list)s」里，离职停保后可参保"), _ON_LIST
    ),
    "listed_student": Sentence(
        _("列在在校学生名单「%(list)s」里，毕业或离校次日起可参保"),
        _("已离校的写明核实情况；名单写错的，请部门更正"),
    ),
    "listed_medical": Sentence(_("列在职工医疗保险参保名单「%(list)s」里，停保后可参保"), _ON_LIST),
    "listed_death": Sentence(_("列在死亡名单「%(list)s」里，不能参保"), _ON_LIST),
}
# What a clerk may have seen proof against; the others wait until the record is put right.
MAY_BE_WAIVED = {"not_student", "local_hukou", "listed_student"}


class Asked(NamedTuple):
    """One person who would join a scheme; `schemes` are all that they are in or would be in."""

    scheme_id: int
    born_on: object
    schemes: list
    hukou: str = "local"
    other_cover: str = ""
    sex: str = ""
    # The blind index of the ID number, in hex; '' asks no department's list.
    id_index: str = ""


class Verdict(NamedTuple):
    """One rule that stands against joining a scheme."""

    place: int
    scheme_id: int
    kind: str
    reason: str
    remedy: str
    holds_from: object
    source: str

    @property
    def may_be_waived(self):
        return self.kind in MAY_BE_WAIVED


def judge(asked, county_code, day=None):
    """Return the Verdicts against what is asked, each with its place in the list; empty where all
    may join. One statement, however many are asked.
    """
    day = day or today()
    questions = [{"place": place, "day": day, **one._asdict()} for place, one in enumerate(asked)]
    rows = fetch_statement(
        "judge_people",
        {
            "asked": json.dumps(questions, default=str),
            "county_code": county_code,
            "today": today(),
        },
    )
    return [_verdict(row) for row in rows]


def refuse_unless_eligible(verdicts, waived_reason):
    """Return the rules that are waived; refuses MayNotJoin for the first that is not."""
    waived = {v.kind for v in verdicts if v.may_be_waived and waived_reason}
    for verdict in verdicts:
        if verdict.kind not in waived:
            raise MayNotJoin(reason=verdict.reason, remedy=verdict.remedy)
    return sorted(waived)


def _verdict(row):
    detail = {
        "number": row["number"],
        "day": row["holds_from"],
        "scheme": row["scheme_name"],
        "other": row["other_name"],
        "list": row["list_name"],
    }
    return Verdict(
        row["place"],
        row["scheme_id"],
        row["kind"],
        reason_of(row["kind"], detail),
        remedy_of(row["kind"], detail),
        row["holds_from"],
        row["source_article"],
    )


def reason_of(kind, detail):
    """Return why a rule does not let somebody join, in the reader's language."""
    return str(SENTENCES[kind].reason) % _translated(detail)


def remedy_of(kind, detail):
    return str(SENTENCES[kind].remedy) % _translated(detail)


def _translated(detail):
    names = {"scheme", "other"}
    return {
        key: gettext(value) if key in names and value else value for key, value in detail.items()
    }
