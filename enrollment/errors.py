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


class CaseOpenAlready(Refusal):
    code = "case_open_already"
    sentence = _("%(name)s 已有在办的%(kind)s（%(number)s），办结或撤回后再办。")


class NothingChanges(Refusal):
    code = "nothing_changes"
    sentence = _("填的和档案一样，没有要变更的。改好要变的项目后再提交。")
    status = 400


class PapersMissing(Refusal):
    code = "papers_missing"
    sentence = _("材料不齐，还缺：%(papers)s。补传或注明核验来源后再提交。")


class RecordChangedMeanwhile(Refusal):
    code = "record_changed_meanwhile"
    sentence = _("提交之后档案里的%(items)s已被改过，没有办理。退回经办人核对后重新提交。")


class IdNumberTaken(Refusal):
    code = "id_number_taken"
    sentence = _("这个证件号码已登记给%(place)s的 %(name)s，先核对是否同一人。")


class CaseNeedsItsDay(Refusal):
    code = "case_needs_its_day"
    sentence = _("没有填「%(day)s」，修改这件业务，补上后再提交。")


class CaseNotOpenForPapers(Refusal):
    code = "case_not_open_for_papers"
    sentence = _("这一件是「%(state)s」，材料不能再改。需要补材料的，先点修改或退回。")


class MonthNotOver(Refusal):
    code = "month_not_over"
    sentence = _("%(month)s 还没有结束，%(day)s 起上报。")


class MonthReportedAlready(Refusal):
    code = "month_reported_already"
    sentence = _("%(month)s 已由 %(name)s 于 %(day)s 上报，不用再报。")


class IdentityIsCertifiedElsewhere(Refusal):
    code = "identity_is_certified_elsewhere"
    sentence = _("所选身份不由%(department)s认定。到「部门与名单要求」核对认定部门，再传名单。")
    status = 422


class ListDoesNotWait(Refusal):
    code = "list_does_not_wait"
    sentence = _("「%(name)s」不在等待决定，刷新页面看最新进度。")


class ListIsRunning(Refusal):
    code = "list_is_running"
    sentence = _("「%(name)s」还在处理，处理完后再重新核对。")


class ListEndedAlready(Refusal):
    code = "list_ended_already"
    sentence = _("「%(name)s」已经处理完，没有可取消或重来的。部门有更正的，传更正后的名单。")


class MakerMayNotAgreeToList(Refusal):
    code = "maker_may_not_agree_to_list"
    sentence = _("名单由本人上传，身份变动须由另一位县级审批人员核对同意。")
    status = 403


class DepartmentHasLists(Refusal):
    code = "department_has_lists"
    sentence = _("%(department)s已报过名单，不能删除。可以改由别的部门认定，并删去它的名单要求。")


class OtherVillage(Refusal):
    code = "other_village"
    sentence = _("只能在同一个村（社区）的户和组之间调整。换村的走户籍迁移。")
    status = 422


class SplitTakesEverybody(Refusal):
    code = "split_takes_everybody"
    sentence = _("全户都勾选了，没有人留下。分户要留至少一人在原户。")
    status = 422


class HouseholdNumberTaken(Refusal):
    code = "household_number_taken"
    sentence = _("本村已有户编号「%(number)s」，换一个编号，或并入那一户。")


class HouseholdIsMerged(Refusal):
    code = "household_is_merged"
    sentence = _("户「%(number)s」已并入别户，打开并入的户再办。")


class ExemptionHoldsAlready(Refusal):
    code = "exemption_holds_already"
    sentence = _("%(name)s已登记可不随户参保；情形有变的，先结束原来的再登记。")


class RegisteredAlready(Refusal):
    code = "registered_already"
    sentence = _("此人已在%(place)s参保，打开档案核对。")


class MayNotJoin(Refusal):
    code = "may_not_join"
    sentence = _("%(reason)s。%(remedy)s。")


class ProofMissing(Refusal):
    """Some schemes take people in on a proof that the record then names."""

    code = "proof_missing"
    sentence = _("%(what)s")
    status = 422


class TierNotOpen(Refusal):
    code = "tier_not_open"
    sentence = _("%(amount)s 元不是 %(year)s 年的档次（%(tiers)s），改选其中一档。")


class TierMayNotChange(Refusal):
    code = "tier_may_not_change"
    sentence = _("本年度已缴费，按政策缴费后不再变更档次。")


class TierMayOnlyRise(Refusal):
    code = "tier_may_only_rise"
    sentence = _("本年度已缴费，按政策只可调高档次，应选 %(amount)s 元以上的档次。")


class ChangedMeanwhile(Refusal):
    code = "changed_meanwhile"
    sentence = _("%(name)s %(ago)s前已改：%(difference)s。没有保存，刷新后核对再办。")


class PaperIsNoPicture(Refusal):
    code = "paper_is_no_picture"
    sentence = _("「%(name)s」不是照片或 PDF。拍照或扫描成 jpg、png、pdf 后再传。")
    status = 400


class ConflictIsSettled(Refusal):
    code = "conflict_is_settled"
    sentence = _("这一条已由 %(name)s 办结（%(decision)s），刷新页面看结果。")


class ConflictTakenBySomebody(Refusal):
    code = "conflict_taken_by_somebody"
    sentence = _("%(name)s正在核查这一条。要换人办的，请对方先放回队列。")


class ConflictNeedsReason(Refusal):
    code = "conflict_needs_reason"
    sentence = _("结论要写依据，例如「电话核实，2020-11 起参加职工养老」，写好后再点。")
    status = 400
