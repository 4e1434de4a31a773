"""What the policy deeds refuse, each with a sentence that says what to do next."""

from django.utils.translation import gettext_lazy as _

from pension_portal.refusals import Refusal


class PolicyFileFaulty(Refusal):
    """The file has faults; `faults` lists them all."""

    code = "policy_file_faulty"
    sentence = _("政策文件有 %(count)d 处要改，没有录入。%(first)s")

    def __init__(self, faults):
        self.faults = faults
        super().__init__(count=len(faults), first=str(faults[0]))


class PolicyNotDraft(Refusal):
    """Only a draft can be published."""

    code = "policy_not_draft"
    sentence = _("这份政策不是草稿，不能再发布。如需更正，修改文件后录入新版本")


class PolicyNotPublished(Refusal):
    """Only a published version can be withdrawn."""

    code = "policy_not_published"
    sentence = _("这份政策没有发布，不需要撤回")


class NewerVersionPublished(Refusal):
    """A draft whose number is below a published one would not come into force."""

    code = "policy_newer_published"
    sentence = _(
        "第 %(newer)d 版已经发布，编号在这份草稿之后，发布了也不会生效。"
        "仍要用这份，请把原文件再录入一次，它会排到最后"
    )


class SecondPersonNeeded(Refusal):
    """Whoever loaded a policy may not publish it."""

    code = "policy_second_person"
    sentence = _("录入人不能自己发布。请另一位县级工作人员核对后发布")
    status = 403


class WithdrawalReasonMissing(Refusal):
    """Whoever withdraws a version says why."""

    code = "policy_withdrawal_reason"
    sentence = _("没有写撤回原因。写明原因再撤回")


class PolicyOfOtherCounty(Refusal):
    """A county loads its own policy only."""

    code = "policy_of_other_county"
    sentence = _("这份文件是%(county)s的政策，只能录入本县区的。核对文件里的县区代码")
    status = 403


class NoPolicyInForce(Refusal):
    """Nothing is published for this county, scheme and year."""

    code = "policy_none_in_force"
    sentence = _("%(year)s 年这个险种还没有发布政策，先录入并发布")
    status = 404


class SchemeHasNoPolicy(Refusal):
    """A scheme is followed by the rules of a year, and there are none."""

    code = "scheme_has_no_policy"
    sentence = _("%(year)s 年还没有发布这个险种的政策，先发布再开办")


class SwitchStaysTheSame(Refusal):
    """What is proposed holds already."""

    code = "scheme_switch_same"
    sentence = _("这个险种本来就是这样，不用再提")


class SwitchWaitsAlready(Refusal):
    """Somebody else's proposal for the same scheme and year waits."""

    code = "scheme_switch_waits"
    sentence = _("%(name)s已经提出，先审批那一份")


class SwitchReasonMissing(Refusal):
    """Whoever proposes or sends back says why."""

    code = "scheme_switch_reason"
    sentence = _("没有写理由，写明再提交")


class SwitchDecidedAlready(Refusal):
    """A proposal is decided once."""

    code = "scheme_switch_decided"
    sentence = _("这份变更已经有结果，刷新页面查看")


class MakerMayNotApproveSwitch(Refusal):
    """Two natural persons."""

    code = "scheme_switch_second_person"
    sentence = _("提出人不能自己审批，请另一位审批人员处理")
    status = 403
