"""What can become of a row of the tax bureau's export: its verdicts, in the words a clerk acts on.

Every row takes exactly one. `POSTED` is the empty code: nothing stood in its way. The others are
set aside (not this ledger's business), known (posted before), or held until somebody has settled
what stands in the way. The order of the questions is the order of the steps in `judging.py`.
"""

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _

POSTED = ""


class Outcome(models.TextChoices):
    POSTED = "posted", _("已入账")
    KNOWN = "known", _("已入账过")
    SET_ASIDE = "set_aside", _("剔除")
    HELD = "held", _("异常")


@dataclass(frozen=True)
class Verdict:
    """One way a row can end: its code, outcome, a short name, and what to do about it."""

    code: str
    outcome: Outcome
    name: str
    remedy: str = ""
    can_be_waived: bool = False


VERDICTS = {
    verdict.code: verdict
    for verdict in [
        Verdict(POSTED, Outcome.POSTED, _("入账")),
        Verdict("S01", Outcome.SET_ASIDE, _("医疗保险"), _("本县本年没有开办，无需处理")),
        Verdict("S02", Outcome.SET_ASIDE, _("税务尚未缴费"), _("缴费并入库后，税务会再次传来")),
        Verdict(
            "S03",
            Outcome.SET_ASIDE,
            _("在途，尚未入库"),
            _("入库后税务会再次传来；满 5 个工作日仍未到，联系税务"),
        ),
        Verdict("S04", Outcome.SET_ASIDE, _("人工剔除"), _("需要时可恢复为异常")),
        Verdict(
            "E01", Outcome.HELD, _("证件号码不能用"), _("核对证件后改正，或请税务重新导出文本格式")
        ),
        Verdict(
            "E02",
            Outcome.HELD,
            _("姓名不符"),
            _("核对是否同一人；是则采纳，不是则请税务更正"),
            True,
        ),
        Verdict("E03", Outcome.HELD, _("缴费未参保"), _("先办理参保登记，再重新核对")),
        Verdict(
            "E04", Outcome.HELD, _("外县区参保"), _("联系参保地；应在外县区缴费的，请税务退费")
        ),
        Verdict(
            "E05", Outcome.HELD, _("金额不是本年档次"), _("核对金额；多缴少缴的，请税务更正或退费")
        ),
        Verdict(
            "E06",
            Outcome.HELD,
            _("本年已缴"),
            _("核对是否重复缴费；确需并存的采纳，重复的退费"),
            True,
        ),
        Verdict(
            "E07",
            Outcome.HELD,
            _("年度不符或补缴未核定"),
            _("补缴须先核定；选错年度的，请税务更正"),
        ),
        Verdict(
            "E08",
            Outcome.HELD,
            _("与补缴核定不一致"),
            _("对照核定的年度与金额，改核定或请税务更正"),
        ),
        Verdict(
            "E09",
            Outcome.HELD,
            _("不在缴费状态"),
            _("核对年龄、待遇、死亡、终止情况；不应缴的退费"),
        ),
        Verdict(
            "E10",
            Outcome.HELD,
            _("已参加职工或机关保险"),
            _("核对重复参保；确在职保的退费"),
            True,
        ),
        Verdict(
            "E11",
            Outcome.HELD,
            _("缴费地与参保地不同"),
            _("核对参保地；无误则采纳，按参保地入账"),
            True,
        ),
        Verdict("E14", Outcome.HELD, _("退费找不到原缴费"), _("查原缴费是否已入账，再重新核对")),
        Verdict("E15", Outcome.HELD, _("险种不明"), _("请税务补全征收品目")),
        Verdict("E16", Outcome.HELD, _("代缴档次但无代缴身份"), _("先核实特殊身份，再重新核对")),
        Verdict(
            "E17",
            Outcome.HELD,
            _("代缴身份已终止"),
            _("核实身份起止；已终止的按普通档次补足或退费"),
        ),
        Verdict("E18", Outcome.KNOWN, _("重复行"), _("此前已入账，无需处理")),
    ]
}

CODE_CHOICES = [(code, verdict.name) for code, verdict in VERDICTS.items()]
HELD_CODES = [code for code, verdict in VERDICTS.items() if verdict.outcome == Outcome.HELD]
