"""Read the trail (操作日志): what was done, and who looked at whom.

An entry names its subject as `resident:17`; the page of that subject, where an app offers one, is
found by URL name.
"""

from functools import cache

from django.apps import apps
from django.db.models import Count, Max
from django.db.models.functions import TruncHour
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from staff.models import DutyKind
from staff.navigation import open_address

# What the trail's actions are called on the screen. An action that is missing is shown by its code.
ACTION_WORDS = {
    "set_population": _("登记户籍人口和常住人口"),
    "draw_up_notice": _("生成公示表"),
    "set_notices": _("设定公示周期和天数"),
    "post_notice": _("登记张贴"),
    "take_down_notice": _("登记撤下"),
    "raise_objection": _("记录异议"),
    "answer_objection": _("答复异议"),
    "download_notice": _("下载公示打包"),
    "export_bulletin": _("导出通报表"),
    "change_bulletin_template": _("更换通报模板"),
    "order_export": _("申请导出"),
    "download_export": _("下载导出文件"),
    "hand_over_export": _("登记移交"),
    "print_record": _("打印个人缴费记录"),
    "sign_in": _("登录"),
    "sign_out": _("退出"),
    "sign_in_failed": _("密码不符"),
    "change_password": _("修改密码"),
    "view_rows": _("查看文件行"),
    "make_token": _("生成系统令牌"),
    "stop_access": _("停用系统接入"),
    "open_account": _("开户"),
    "reset_password": _("重置密码"),
    "close_account": _("停用账号"),
    "reopen_account": _("启用账号"),
    "grant_duty": _("授权"),
    "end_duty": _("结束岗位"),
    "load_areas": _("导入区划"),
    "rename_area": _("区划改名"),
    "merge_towns": _("区划合并"),
    "add_alias": _("增加别名"),
    "remove_alias": _("删除别名"),
    "set_contact": _("登记联系人"),
    "remove_contact": _("删除联系人"),
    "plan_task": _("下达任务"),
    "set_quotas": _("分解任务"),
    "load_policy": _("载入政策"),
    "preview_policy": _("计算政策影响"),
    "publish_policy": _("发布政策"),
    "withdraw_policy": _("撤下政策"),
    "upload_feed": _("上传缴费文件"),
    "confirm_columns": _("确认列"),
    "cancel_feed": _("取消缴费文件"),
    "approve_feed": _("批准入账"),
    "post_feed": _("入账"),
    "reverse_feed": _("冲正"),
    "accept_exception": _("采纳异常"),
    "set_aside_exception": _("剔除异常"),
    "put_back_exception": _("退回异常"),
    "match_exception": _("认定缴费人"),
    "refund_exception": _("申请退费"),
    "make_refund_batch": _("生成退费批次"),
    "download_refund_batch": _("下载退费批次"),
    "pay_refund": _("登记退费支付"),
    "fail_refund": _("登记退费失败"),
    "try_refund_again": _("重新支付退费"),
    "write_off_refund": _("核销退费"),
    "send_refund_back": _("退回改收款账号"),
    "reverse_transfer": _("单笔冲正"),
    "mark_other_county": _("标为外县区参保"),
    "undo_settlement": _("撤销异常处理"),
    "claim_exceptions": _("领取异常"),
    "give_back_repair": _("传回修好的文件"),
    "download_faults": _("下载错误文件"),
    "send_determinations": _("生成补缴送税务批次"),
    "download_determination_list": _("下载补缴征集名单"),
    "print_reaching_sixty": _("打印到龄补缴核定表"),
    "propose_determination": _("提出补缴核定"),
    "approve_determination": _("同意补缴核定"),
    "reject_determination": _("退回补缴核定"),
    "propose_settings": _("提出设置变更"),
    "propose_switch": _("提出险种开办变更"),
    "approve_switch": _("同意险种开办变更"),
    "reject_switch": _("退回险种开办变更"),
    "approve_settings": _("同意设置变更"),
    "reject_settings": _("退回设置变更"),
    "import_roster": _("导入花名册"),
    "import_roster_again": _("重新导入花名册"),
    "cancel_roster": _("取消花名册导入"),
    "load_all_the_same": _("照常导入花名册"),
    "approve_end": _("同意死亡或终止"),
    "fill_holidays": _("填入放假安排"),
    "set_holiday": _("登记节假日"),
    "forget_holiday": _("删除节假日"),
    "upload_statement": _("上传银行对账单"),
    "withdraw_statement": _("撤回银行对账单"),
    "reopen_day": _("重开已关的账"),
    "post_aid": _("补助资助入账"),
    "take_cash": _("开代收收据"),
    "void_receipt": _("作废代收收据"),
    "print_receipt": _("打印代收收据"),
    "set_cash": _("设定下欠期限"),
    "export_cash": _("导出村级代收汇总"),
    "export_tie_out": _("导出三方核对表"),
    "send_withholding": _("下载代扣送盘文件"),
    "upload_answer": _("上传代扣回盘"),
    "post_withheld": _("代扣入账"),
    "pay_settlement": _("登记清算支付"),
    "note_arrival": _("登记补贴到账"),
    "leave_out_of_roster": _("剔除或恢复代缴人员"),
    "pay_roster": _("登记代缴拨付"),
    "export_list": _("导出清单"),
    "note_returned": _("登记重复代扣退回"),
    "answer_for_proxy": _("答复代缴人员本人已缴"),
    "post_roster": _("代缴入账"),
    "export_claim": _("导出补贴资金名单"),
    "export_roster": _("导出代缴名册"),
    "reject_end": _("退回死亡或终止"),
    "merge_households": _("并户"),
    "split_household": _("分户"),
    "place_people": _("落实户和组"),
    "join_household": _("登记随户参保"),
    "leave_joined_household": _("取消随户参保"),
    "exempt_member": _("登记可不随户参保"),
    "end_exemption": _("结束可不随户参保"),
    "take_conflict": _("开始核查冲突"),
    "give_back_conflict": _("放回冲突"),
    "settle_conflict": _("办结冲突"),
    "upload_department_list": _("上传部门名单"),
    "compare_department_list": _("重新核对部门名单"),
    "cancel_department_list": _("取消部门名单"),
    "agree_to_department_list": _("同意部门名单"),
    "print_department_list": _("打印部门名单"),
    "set_up_departments": _("建立部门"),
    "add_department": _("登记部门"),
    "remove_department": _("删去部门"),
    "name_certifiers": _("指定认定部门"),
    "expect_list": _("登记应报名单"),
    "stop_expecting": _("删去应报名单"),
    "add_identity_word": _("登记身份写法"),
    "remove_identity_word": _("删去身份写法"),
    "download_marked_copy": _("下载标注文件"),
    "view_case": _("查看业务事项"),
    "view_paper": _("查看材料"),
    "print_case": _("打印业务表"),
    "send_month": _("上报月报"),
    "view_person": _("查看居民"),
    "find_pasted": _("按号码批量查找"),
    "register_person": _("参保登记"),
    "choose_tier": _("登记档次"),
    "reveal_person": _("查看完整证件号"),
    "reveal_refused": _("超量查看被拒"),
    "export_people": _("导出名单"),
    "export_unpaid": _("导出未缴名单"),
    "export_villages": _("按村导出名单"),
    "open_call_list": _("打开电话名单"),
    "note_contact": _("登记联系"),
    "take_back_contact": _("撤销联系记录"),
    "set_visit": _("标记上门代办"),
    "assign_chase": _("分派名单"),
    "decide_lead": _("核实线索"),
    "set_collector": _("指定责任人"),
    "set_message": _("修改短信文本"),
    "set_list_template": _("上传名单模板"),
    "map_list_template": _("确认模板列"),
    "drop_list_template": _("改用自带模板"),
    "edit": _("修改"),
    "submit": _("提交"),
    "review": _("复核"),
    "approve": _("审批同意"),
    "return": _("退回"),
    "withdraw": _("撤回"),
}
DETAIL_NAMES = {
    "amount": _("金额"),
    "bad_share_limit": _("异常比例上限（%）"),
    "posts_by_itself": _("核对后自动入账"),
    "roster_bad_share_limit": _("花名册退回比例上限（%）"),
    "years": _("年度"),
    "added": _("新增"),
    "aliases": _("别名"),
    "area": _("区域"),
    "ended_another": _("结束了另一处登录"),
    "expires_on": _("到期"),
    "file": _("文件"),
    "former": _("原名"),
    "found": _("找到"),
    "into": _("并入"),
    "kind": _("岗位"),
    "milestones": _("阶段"),
    "name": _("名称"),
    "on": _("生效"),
    "is_on": _("开办"),
    "quotas": _("任务数"),
    "renamed": _("改名"),
    "role": _("角色"),
    "roster": _("花名册"),
    "papers": _("附件"),
    "schemes": _("险种"),
    "tier": _("档次"),
    "year": _("年度"),
    "row": _("行号"),
    "rows": _("行数"),
    "source": _("来源"),
    "target": _("任务数"),
    "text": _("写法"),
    "transfers": _("账目"),
    "round": _("第几次提交"),
}
VALUE_NAMES = dict(DutyKind.choices)
# The actions by which somebody saw a resident.
LOOKS = ("view_person", "reveal_person", "export_people")
MOST_REVEALS_AN_HOUR = 20
SUBJECT_PAGES = {
    "export": "staff:export",
    "notice": "oversight:notice",
    "noticesheet": "oversight:notice_sheet",
    "bulletin": "oversight:bulletin",
    "systemaccess": "staff:system",
    "staff": "staff:person",
    "area": "townships:area",
    "taskplan": "townships:task",
    "resident": "enrollment:resident",
    "paymentfeed": "contributions:feed",
    "rosterimport": "enrollment:roster_import",
    "paymentexception": "contributions:exception",
    "cashreceipt": "contributions:cash_receipt",
    "cashremittance": "contributions:cash_remittance",
    "determination": "contributions:determination",
    "determinationlist": "contributions:determination_list",
    "refundrequest": "contributions:refund",
    "refundbatch": "contributions:refund_batch",
    "reversal": "contributions:reversal",
    "case": "enrollment:case",
    "monthlyreport": "enrollment:report",
    "policyversion": "policies:version",
    "departmentlist": "enrollment:department_list",
    "conflict": "enrollment:conflict",
    "settlementproposal": "contributions:settlement_proposal",
    "settingsproposal": "contributions:settings_proposal",
    "dayclose": "contributions:day_close",
    "withholdingbatch": "contributions:withholding",
    "subsidyclaim": "subsidies:claim",
    "proxyroster": "subsidies:roster",
    "aidlist": "subsidies:aid",
    "settlement": "benefits:settlement",
    "accountmove": "benefits:move",
    "interestterms": "benefits:terms",
    "interestrun": "benefits:run",
}


def filtered(entries, *, staff="", action="", subject="", since=None, until=None):
    """Narrow entries to a person, an action, a subject and days, first and last counted."""
    if staff:
        entries = entries.filter(staff__name__contains=staff) | entries.filter(
            staff__username=staff
        )
    if action:
        entries = entries.filter(action=action)
    if subject:
        entries = entries.filter(subject=subject)
    if since:
        entries = entries.filter(at__date__gte=since)
    if until:
        entries = entries.filter(at__date__lte=until)
    return entries


def who_looked(entries):
    """Return one line per person who saw residents: how many residents, how often, when last."""
    return (
        entries.filter(action__in=LOOKS)
        .values("staff_id", "staff__name", "staff__username", "duty_kind")
        .annotate(people=Count("subject", distinct=True), looks=Count("id"), last_at=Max("at"))
        .order_by("-people", "staff_id")
    )


def most_reveals_an_hour(entries):
    """Return {staff id: most residents whose full number they asked for within one clock hour}."""
    hours = (
        entries.filter(action="reveal_person")
        .annotate(hour=TruncHour("at"))
        .values("staff_id", "hour")
        .annotate(people=Count("subject", distinct=True))
        .order_by()
    )
    most = {}
    for hour in hours:
        most[hour["staff_id"]] = max(most.get(hour["staff_id"], 0), hour["people"])
    return most


def words_of(action):
    """Return what an action is called on the screen; its code where nobody named it."""
    return ACTION_WORDS.get(action, action)


def detail_words(detail):
    """Return an entry's detail on one line, `任务数: 341202001 -- → 5100`; empty for none."""
    return gettext("；").join(
        f"{DETAIL_NAMES.get(name, name)}: {_value_words(value)}" for name, value in detail.items()
    )


def _value_words(value):
    """Return a value as a person reads it; a pair under a key is what it was and what it became."""
    if isinstance(value, dict):
        return gettext("，").join(
            f"{key} {' → '.join(map(_value_words, pair)) if _is_pair(pair) else _value_words(pair)}"
            for key, pair in value.items()
        )
    if isinstance(value, list):
        return gettext("，").join(map(_value_words, value))
    if value is None or value == "":
        return "--"
    if isinstance(value, bool):
        return gettext("是") if value else gettext("否")
    return str(VALUE_NAMES.get(value, value))


def _is_pair(value):
    return isinstance(value, list) and len(value) == 2


@cache
def _kinds():
    """Return {model name: what a thing of it is called}; the trail names things by their models."""
    return {one._meta.model_name: one._meta.verbose_name for one in apps.get_models()}


def subject_words(subject):
    """Return a subject as a person reads it, `居民 17`; as it stands where its kind is unknown."""
    kind, _colon, key = subject.partition(":")
    return f"{_kinds()[kind]} {key}" if kind in _kinds() else subject


def page_of(subject, staff):
    """Return the address of a subject's page, or None where there is none for this person."""
    kind, _colon, key = subject.partition(":")
    name = SUBJECT_PAGES.get(kind)
    return open_address(staff, name, key) if name and key else None
