"""What the registry refuses, each in one sentence that says what to do next."""

from django.utils.translation import gettext_lazy as _

from pension_portal.refusals import Refusal


class RosterWithoutColumns(Refusal):
    code = "roster_without_columns"
    sentence = _(
        "文件里没有同时认出%(columns)s两列。对照导入模板改好表头，或把数据贴进模板后再传。"
    )
    status = 422


class RosterStillRunning(Refusal):
    code = "roster_still_running"
    sentence = _("「%(name)s」还在处理，处理完后再重新核对。")


class RosterEndedAlready(Refusal):
    code = "roster_ended_already"
    sentence = _("「%(name)s」已经处理完，没有可取消的。")


class RosterDoesNotWait(Refusal):
    code = "roster_does_not_wait"
    sentence = _("「%(name)s」不在等待决定，刷新页面看最新进度。")


class MakerMayNotApproveEnd(Refusal):
    code = "maker_may_not_approve_end"
    sentence = _("花名册由本人导入，死亡和终止须由另一位县级审批人员决定。")
    status = 403


class EndDecidedAlready(Refusal):
    code = "end_decided_already"
    sentence = _("这一条%(state)s，由 %(name)s 决定，不用再审。")


class RejectionNeedsReason(Refusal):
    code = "rejection_needs_reason"
    sentence = _("退回要写明原因，例如「本人在世，已电话核实」，写好后再点退回。")
    status = 400


class NothingTicked(Refusal):
    code = "nothing_ticked"
    sentence = _("没有勾选，先勾选要处理的行。")
    status = 400


class TooManyReveals(Refusal):
    code = "too_many_reveals"
    sentence = _("一小时内已查看 %(most)d 次全号，先停一停。确有需要的，联系审计岗位说明。")
    status = 403


class NothingToReveal(Refusal):
    code = "nothing_to_reveal"
    sentence = _("档案里没有登记%(what)s，可走信息变更补登。")


class RegisteredAlready(Refusal):
    code = "registered_already"
    sentence = _("此人已在%(place)s参保，打开档案核对。")


class MayNotJoin(Refusal):
    code = "may_not_join"
    sentence = _("%(reason)s。%(remedy)s。")


class TierNotOpen(Refusal):
    code = "tier_not_open"
    sentence = _("%(amount)s 元不是 %(year)s 年的档次（%(tiers)s），改选其中一档。")


class TierMayNotChange(Refusal):
    code = "tier_may_not_change"
    sentence = _("本年度已缴费，按政策缴费后不再变更档次。")


class ChangedMeanwhile(Refusal):
    code = "changed_meanwhile"
    sentence = _("%(name)s %(ago)s前已改：%(difference)s。没有保存，刷新后核对再办。")


class PaperIsNoPicture(Refusal):
    code = "paper_is_no_picture"
    sentence = _("「%(name)s」不是照片或 PDF。拍照或扫描成 jpg、png、pdf 后再传。")
    status = 400
