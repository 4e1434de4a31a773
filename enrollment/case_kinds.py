"""The kinds of cases (业务种类): why each may happen, which papers prove it, who may make it, and
under which class a town reports it (经办规程; Y38–Y40).
"""

from dataclasses import dataclass, field
from datetime import timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

ORDINARY_LASTS = timedelta(days=45)
SENSITIVE_LASTS = timedelta(days=7)


class CaseKind(models.TextChoices):
    REGISTRATION = "registration", _("参保登记")
    MOVE_IN = "move_in", _("跨县转入")
    CHANGE = "change", _("信息变更")
    ID_CHANGE = "id_change", _("证件号码更正")
    NAME_AND_ID = "name_and_id", _("姓名和证件号同改")
    SUSPENSION = "suspension", _("暂停参保")
    RESUMPTION = "resumption", _("恢复参保")
    TERMINATION = "termination", _("终止注销")
    DEATH = "death", _("死亡注销")
    MOVE_WITHIN = "move_within", _("县内迁移")
    MOVE_OUT = "move_out", _("跨县转出")


class ReportClass(models.TextChoices):
    NEW = "new", _("新增参保人员信息")
    CHANGE = "change", _("参保信息变更")
    DRAWING = "drawing", _("待遇领取")
    END = "end", _("注销")


PAPERS = {
    "id_card": _("居民身份证"),
    "social_card": _("社会保障卡"),
    "birth": _("出生医学证明"),
    "hukou": _("户口簿"),
    "bank_card": _("银行卡或存折"),
    "police": _("公安机关证明"),
    "death": _("死亡证明或户口注销证明"),
    "heir_id": _("收款人身份证"),
    "relation": _("亲属关系证明"),
    "employees": _("其他养老保险参保证明"),
    "abroad": _("出国（境）定居证明"),
    "prison": _("判决书或服刑证明"),
    "transfer": _("关系转移接续申请表"),
    "department": _("部门认定证明"),
    "application": _("本人签字的申请"),
    "other": _("其他材料"),
}
RETURN_REASONS = (
    ("paper", _("材料不齐")),
    ("unclear", _("材料看不清")),
    ("mismatch", _("材料与填写不符")),
    ("wrong", _("填错项目")),
    ("not_allowed", _("不符合办理条件")),
    ("other", _("其他")),
)

SUSPENSION_REASONS = {
    "1201": _("未提供生存证明"),
    "1202": _("服刑"),
    "1299": _("其他原因暂停"),
    "6399": _("中断缴费"),
}
# 14 for those who draw a pension, 64 for those who pay; the last two digits say why.
TERMINATION_REASONS = {
    "06": _("出国（境）定居"),
    "07": _("参加其他社会养老保险"),
    "99": _("其他原因终止"),
}
CODED_REASONS = {
    **SUSPENSION_REASONS,
    **{
        prefix + code: words
        for prefix in ("14", "64")
        for code, words in TERMINATION_REASONS.items()
    },
    "1401": _("死亡"),
    "6401": _("死亡"),
}
UNCODED_REASONS = {"move_out": _("户籍跨县转出")}


@dataclass(frozen=True)
class KindSpec:
    """What is the same for all cases of one kind."""

    report_class: str
    # Each entry is a set of papers any one of which will do.
    papers: tuple = ()
    reasons: dict = field(default_factory=dict)
    is_sensitive: bool = False
    make_action: str = "make_case"
    review_action: str = "review_case"
    approve_action: str = "approve_case"
    has_settlement: bool = False
    day_label: str = ""
    return_reasons = RETURN_REASONS

    def lasts(self, is_sensitive):
        return SENSITIVE_LASTS if is_sensitive else ORDINARY_LASTS

    @staticmethod
    def reason_words(code):
        if code in CODED_REASONS:
            return f"{code} {CODED_REASONS[code]}"
        return str(UNCODED_REASONS.get(code, code))


ID_OR_CARD = ("id_card", "social_card")
SENSITIVE = {"is_sensitive": True, "make_action": "make_sensitive_case"}
ID_NUMBER = {
    "is_sensitive": True,
    "make_action": "make_id_change",
    "review_action": "review_id_change",
    "approve_action": "approve_id_change",
}
KINDS = {
    # A12: either document is enough.
    CaseKind.REGISTRATION: KindSpec(ReportClass.NEW, (ID_OR_CARD,), day_label=_("参保日期")),
    CaseKind.MOVE_IN: KindSpec(
        ReportClass.NEW, (ID_OR_CARD, ("hukou",), ("transfer",)), day_label=_("转入日期")
    ),
    CaseKind.CHANGE: KindSpec(ReportClass.CHANGE, (ID_OR_CARD,)),
    CaseKind.ID_CHANGE: KindSpec(
        ReportClass.CHANGE, (("police", "hukou"), ID_OR_CARD), **ID_NUMBER
    ),
    CaseKind.NAME_AND_ID: KindSpec(ReportClass.CHANGE, (("police",), ID_OR_CARD), **ID_NUMBER),
    CaseKind.SUSPENSION: KindSpec(
        ReportClass.CHANGE, (), SUSPENSION_REASONS, day_label=_("暂停日期")
    ),
    CaseKind.RESUMPTION: KindSpec(ReportClass.CHANGE, (ID_OR_CARD,), day_label=_("恢复日期")),
    CaseKind.TERMINATION: KindSpec(
        ReportClass.END,
        (ID_OR_CARD, ("application",)),
        TERMINATION_REASONS,
        has_settlement=True,
        day_label=_("终止日期"),
        **SENSITIVE,
    ),
    CaseKind.DEATH: KindSpec(
        ReportClass.END, (("death",),), has_settlement=True, day_label=_("死亡时间"), **SENSITIVE
    ),
    CaseKind.MOVE_WITHIN: KindSpec(ReportClass.CHANGE, (("hukou",),), day_label=_("迁移日期")),
    CaseKind.MOVE_OUT: KindSpec(
        ReportClass.END, (("transfer", "hukou"),), day_label=_("转出日期"), **SENSITIVE
    ),
}
REASON_PAPERS = {"1202": ("prison",), "06": ("abroad",), "07": ("employees",)}


def required_papers(case):
    """Return what proves a case: a list of sets, of each of which one paper will do."""
    wanted = [set(one) for one in case.spec.papers]
    if more := REASON_PAPERS.get(case.reason_code) or REASON_PAPERS.get(case.reason_code[-2:]):
        wanted.append(set(more))
    items = {item.item for item in case.all_items}
    if "birth" in items:
        wanted = [{"birth"} if one == set(ID_OR_CARD) else one for one in wanted]
    if "bank_account" in items and case.kind == CaseKind.CHANGE:
        wanted.append({"bank_card"})
    if any(item.startswith("identity_") for item in items):
        wanted.append({"department"})
    if case.payee_name and case.payee_name != case.name:
        wanted += [{"heir_id"}, {"relation", "hukou"}]
    return wanted


def missing_papers(case):
    """Return the sets of papers of which a case has none, each as words; empty when complete."""
    there = {paper.kind for paper in case.standing_papers}
    return [
        _("或").join(str(PAPERS[kind]) for kind in PAPERS if kind in wanted)
        for wanted in required_papers(case)
        if not wanted & there
    ]
