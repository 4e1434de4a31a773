"""What the contributions app refuses, and the sentence for each."""

from django.utils.translation import gettext_lazy as _

from pension_portal.refusals import Refusal


class FeedAlreadyPosted(Refusal):
    code = "feed_already_posted"
    sentence = _("「%(file_name)s」已于 %(posted_at)s 入账，不再重复核对。需要重来时，先整批冲正。")


class FeedNotPosted(Refusal):
    code = "feed_not_posted"
    sentence = _("「%(file_name)s」还没有入账，没有可以冲正的账目。")


class FeedAlreadyReversed(Refusal):
    code = "feed_already_reversed"
    sentence = _("「%(file_name)s」已于 %(reversed_at)s 整批冲正。需要恢复时，重新上传文件。")


class FeedWaitsForPosting(Refusal):
    code = "feed_waits_for_posting"
    sentence = _("「%(file_name)s」没有入账，其中的异常不能单独入账。先决定文件是否入账，再处理。")


class FeedDoesNotWait(Refusal):
    code = "feed_does_not_wait"
    sentence = _("「%(file_name)s」不在等待决定，刷新页面看最新进度。")


class ReversalNeedsReason(Refusal):
    code = "reversal_needs_reason"
    sentence = _("冲正要写明原因，例如「传错文件」，写好后再点冲正。")
    status = 400


class UploaderMayNotApprove(Refusal):
    code = "uploader_may_not_approve"
    sentence = _("文件由本人上传，入账须由另一位县级审批人员决定。")
    status = 403


class ColumnsNotFound(Refusal):
    code = "columns_not_found"
    sentence = _(
        "文件里没有找到%(columns)s列。核对是否传错文件；表头写法不同的，改成模板写法后再传。"
    )
    status = 400


class PolicyNotPublished(Refusal):
    code = "policy_not_published"
    sentence = _(
        "%(year)s 年度没有已发布的养老保险政策，无法核对档次。先在「政策」中发布，再上传文件。"
    )


class ExceptionAlreadySettled(Refusal):
    code = "exception_already_settled"
    sentence = _("这笔异常已由 %(name)s 于 %(at)s 处理，打开看结果。")


class ExceptionStillHeld(Refusal):
    code = "exception_still_held"
    sentence = _("还不能入账：%(reason)s。%(remedy)s。")


class ExceptionNotSetAside(Refusal):
    code = "exception_not_set_aside"
    sentence = _("这笔异常没有被剔除，不需要恢复。")


class ReasonMissing(Refusal):
    code = "reason_missing"
    sentence = _("剔除要写明原因，例如「他县参保，已请税务退费」。")
    status = 400


class ExceptionInOtherHands(Refusal):
    code = "exception_in_other_hands"
    sentence = _("%(name)s 从 %(at)s 起在处理这一笔。先问一声，或点「接手」。")


class SettlementWaits(Refusal):
    code = "settlement_waits"
    sentence = _("这一笔由 %(name)s 提出处理，在等复核或审批。审批后自动入账。")


class NotTheResident(Refusal):
    code = "not_the_resident"
    sentence = _("这个人不在本县档案里，不能认定。刷新页面重新选。")


class NothingToUndo(Refusal):
    code = "nothing_to_undo"
    sentence = _("这一笔没有可以撤销的处理。刷新页面看最新情况。")


class UndoNotYours(Refusal):
    code = "undo_not_yours"
    sentence = _("本人当天的处理可以自己撤销；其余的由乡镇复核或县级审批人员撤销。")
    status = 403


class LargeUndoNotYours(Refusal):
    code = "large_undo_not_yours"
    sentence = _("这一笔超过 %(limit)s 元，经审批入账，由县级审批人员撤销。")
    status = 403


class RefundedMeanwhile(Refusal):
    code = "refunded_meanwhile"
    sentence = _("这一笔入账后已经退费或冲正，不能再撤销。")


class RefundsOfTheFile(Refusal):
    code = "refunds_of_the_file"
    sentence = _(
        "这里面有 %(count)d 笔退费在办（如 %(name)s %(amount)s 元）。先办完或撤回退费，再冲正。"
    )


class RefundUnderWay(Refusal):
    code = "refund_under_way"
    sentence = _("退费申请已经%(state)s，不能撤销。由退费经办人处理。")


class NothingToRefund(Refusal):
    code = "nothing_to_refund"
    sentence = _("这一行没有正的金额，没有可以退的钱。")
    status = 400


class NotAnErrorFile(Refusal):
    code = "not_an_error_file"
    sentence = _("文件里没有「行号」列或原来的表头。用本页下载的错误文件改，不删行号列。")
    status = 400


class SeveralReasons(Refusal):
    code = "several_reasons"
    sentence = _("勾选的异常原因不同，一次只处理一种。先按原因筛选，再勾选。")
    status = 400


class TooManyAtOnce(Refusal):
    code = "too_many_at_once"
    sentence = _("一次最多处理 %(most)d 笔。分几次勾选。")
    status = 400


class NothingTicked(Refusal):
    code = "no_exception_ticked"
    sentence = _("没有勾选异常，先勾选要处理的行。")
    status = 400


class DeterminationNumberTaken(Refusal):
    code = "determination_number_taken"
    sentence = _("流水号 %(number)s 已有核定。核对流水号，或打开已有的核定。")


class YearsDeterminedAlready(Refusal):
    code = "years_determined_already"
    sentence = _("%(years)s 年已在核定 %(number)s 中。只填其余年度，或先退回那一份。")


class YearsPaidAlready(Refusal):
    code = "years_paid_already"
    sentence = _("%(years)s 年已有入账的缴费，不是断缴年度。只填没有缴费的年度。")


class MakerMayNotDetermine(Refusal):
    code = "maker_may_not_determine"
    sentence = _("核定由本人提出，须由另一位县级审批人员决定。")
    status = 403


class DeterminationDecidedAlready(Refusal):
    code = "determination_decided_already"
    sentence = _("核定 %(number)s 已经决定，不用再审。刷新页面看结果。")


class RejectionReasonMissing(Refusal):
    code = "rejection_reason_missing"
    sentence = _("退回要写明原因，例如「年度与档案不符」，写好后再点退回。")
    status = 400


class SettingsWaitAlready(Refusal):
    code = "settings_wait_already"
    sentence = _("%(name)s 提出的设置变更还在等审批。先决定那一份，再提新的。")


class SettingsStayTheSame(Refusal):
    code = "settings_stay_the_same"
    sentence = _("填的与现行设置一样，没有要改的。")
    status = 400


class TooManyForOneFile(Refusal):
    code = "too_many_for_one_file"
    sentence = _("名单超过 %(most)s 人，一次导不完。先选到镇或村，或缩小范围，再导出。")
    status = 400


class ReasonForPhonesMissing(Refusal):
    code = "reason_for_phones_missing"
    sentence = _("导出完整电话要写明用途，例如「电话催缴」，写好后再点导出。")
    status = 400


class BooksDoNotBalance(AssertionError):
    """The figures of a feed do not add up; nothing of it may be committed."""


class ContactNotYours(Refusal):
    code = "contact_not_yours"
    sentence = _("这条联系记录是别人登记的，不能改。补一条新的即可。")


class FilterNotYours(Refusal):
    code = "filter_not_yours"
    sentence = _("这个筛选由%(who)s收藏，只能由本人删除。不用理会即可。")


class PromiseInThePast(Refusal):
    code = "promise_in_the_past"
    sentence = _("承诺日期已经过去，改成今天或以后的日期。")
    status = 400


class LeadDecidedAlready(Refusal):
    code = "lead_decided_already"
    sentence = _("%(who)s已经核实这条线索（%(state)s），刷新页面看结果。")


class LeadReasonMissing(Refusal):
    code = "lead_reason_missing"
    sentence = _("核实情况没有写。写明向谁核实、结果如何，再提交。")
    status = 400


class CollectorMissing(Refusal):
    code = "collector_missing"
    sentence = _("没有选责任人。先选一位，再点分派。")
    status = 400


class NobodyToAssign(Refusal):
    code = "nobody_to_assign"
    sentence = _("没有符合条件的未缴人员，没有分派。换一个筛选条件再试。")
    status = 400


class TemplateWithoutName(Refusal):
    code = "template_without_name"
    sentence = _("模板里没有认出「姓名」列。在表头写「姓名」，下面留一行样式，再上传。")
    status = 400


class TemplateUnreadable(Refusal):
    code = "template_unreadable"
    sentence = _("这个模板打不开。用 Excel 或 WPS 另存为 .xlsx，再上传。")
    status = 400


class PieceUnreadable(Refusal):
    code = "piece_unreadable"
    sentence = _("这条记录不完整，没有保存。重新打开这个人，再登记一次。")


class PersonNotHere(Refusal):
    code = "person_not_here"
    sentence = _("这个人已不在本村名单，没有保存。刷新名单后再看。")
