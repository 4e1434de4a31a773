"""The permission matrix: which duty may do what. One table, asked by every door.

`may(staff, action)` says whether; where, is the `visible_to` of the rows' queryset. An unknown
action is nobody's. The door itself, `needs(action)`, stands in the ground, so that `townships` can
use it too.
"""

from django.utils.translation import gettext_lazy as _

from pension_portal.doors import NotAllowed, needs
from staff.models import DutyKind

__all__ = ["ACTION_NAMES", "MATRIX", "NotAllowed", "may", "needs"]

AGENT, CLERK, REVIEWER = DutyKind.VILLAGE_AGENT, DutyKind.TOWN_CLERK, DutyKind.TOWN_REVIEWER
OFFICER, APPROVER = DutyKind.COUNTY_OFFICER, DutyKind.COUNTY_APPROVER
DATA, FINANCE, AUDITOR = DutyKind.DATA_ADMIN, DutyKind.FINANCE, DutyKind.AUDITOR
SECURITY, SYSTEM, LEADER = DutyKind.SECURITY_ADMIN, DutyKind.SYSTEM_ADMIN, DutyKind.LEADER

TOWN = {CLERK, REVIEWER}
COUNTY = {OFFICER, APPROVER}

MATRIX = {
    "view_person": {AGENT, *TOWN, *COUNTY, AUDITOR},
    "reveal_person": {*TOWN, APPROVER, AUDITOR},
    "view_progress": {AGENT, *TOWN, *COUNTY, DATA, FINANCE, AUDITOR, LEADER},
    "view_notice": {AGENT, *TOWN, *COUNTY, AUDITOR},
    "draw_up_notice": {CLERK, OFFICER},
    "post_notice": {AGENT, CLERK},
    "raise_objection": {AGENT, *TOWN, OFFICER},
    "answer_objection": {*TOWN, OFFICER},
    "set_notices": {OFFICER},
    "export_people": {*TOWN, *COUNTY},
    "export_phones": {*TOWN, APPROVER},
    "call_person": {AGENT, *TOWN},
    "note_contact": {AGENT, *TOWN, OFFICER},
    "assign_chase": {*TOWN, OFFICER},
    "decide_lead": {CLERK, OFFICER},
    "set_collectors": {CLERK, OFFICER},
    "set_papers": {OFFICER},
    "view_policy": {AGENT, *TOWN, *COUNTY, DATA, FINANCE, AUDITOR, LEADER},
    "load_policy": {OFFICER, DATA},
    "publish_policy": {APPROVER},
    "import_roster": {CLERK, OFFICER, DATA},
    "view_roster": {CLERK, OFFICER, DATA, APPROVER},
    "approve_end": {APPROVER},
    "view_department_list": {*TOWN, *COUNTY, DATA, AUDITOR},
    "upload_department_list": {OFFICER, DATA},
    "apply_identity_list": {APPROVER},
    "change_departments": {OFFICER},
    "settle_conflict": {CLERK},
    "change_household": {CLERK},
    "enrol": {CLERK},
    "view_feed": {*COUNTY, DATA, FINANCE, AUDITOR},
    "upload_feed": {DATA},
    "post_feed": {APPROVER},
    "cancel_feed": {DATA, APPROVER},
    "reverse_feed": {APPROVER},
    "view_exception": {*TOWN, *COUNTY, AUDITOR},
    "settle_exception": {CLERK, REVIEWER, APPROVER},
    "view_transfer": {*TOWN, *COUNTY, AUDITOR},
    "view_determination": {*COUNTY, AUDITOR},
    "make_determination": {OFFICER},
    "approve_determination": {APPROVER},
    "view_account": {*TOWN, *COUNTY, AUDITOR},
    "view_interest": {*COUNTY, DATA, FINANCE, AUDITOR},
    "make_interest": {DATA},
    "review_interest": {FINANCE},
    "approve_interest": {APPROVER},
    "return_interest": {FINANCE, APPROVER},
    "view_settlement": {*TOWN, *COUNTY, FINANCE, AUDITOR},
    "make_settlement": {CLERK},
    "review_settlement": {REVIEWER},
    "approve_settlement": {APPROVER},
    "return_settlement": {REVIEWER, APPROVER},
    "pay_settlement": {FINANCE},
    "view_settings": {*COUNTY, DATA, AUDITOR},
    "propose_settings": {DATA},
    "approve_settings": {APPROVER},
    "view_areas": {AGENT, *TOWN, *COUNTY, DATA, FINANCE, AUDITOR, LEADER, SECURITY, SYSTEM},
    "change_areas": {OFFICER, DATA},
    "set_quotas": {OFFICER, APPROVER},
    "view_staff": {SECURITY, AUDITOR, APPROVER},
    "grant_duty": {SECURITY},
    "view_audit": {AUDITOR},
    "view_health": {SYSTEM, SECURITY, AUDITOR},
}

# What each action is called on the screen, in the order a person reads what their duty opens.
ACTION_NAMES = {
    "view_progress": _("查看征缴进度"),
    "view_person": _("查看居民"),
    "reveal_person": _("查看完整证件号（留痕）"),
    "view_notice": _("查看公示"),
    "draw_up_notice": _("生成公示表"),
    "post_notice": _("登记张贴和撤下"),
    "raise_objection": _("记录异议"),
    "answer_objection": _("答复异议"),
    "set_notices": _("设定公示周期和天数"),
    "export_people": _("导出名单"),
    "export_phones": _("导出带电话的催缴名单（留痕）"),
    "note_contact": _("登记催缴联系"),
    "call_person": _("拨打居民电话（留痕）"),
    "assign_chase": _("分派催缴名单"),
    "decide_lead": _("核实村里报的线索"),
    "set_collectors": _("指定责任人"),
    "set_papers": _("维护短信文本和名单模板"),
    "import_roster": _("导入参保花名册"),
    "view_roster": _("查看花名册导入"),
    "approve_end": _("审批死亡和终止"),
    "view_department_list": _("查看部门名单"),
    "upload_department_list": _("上传部门名单"),
    "apply_identity_list": _("同意身份名单生效"),
    "change_departments": _("维护部门与名单要求"),
    "settle_conflict": _("处理参保冲突"),
    "change_household": _("调整户和组"),
    "enrol": _("参保登记、续保和变更档次"),
    "upload_feed": _("上传缴费文件"),
    "view_feed": _("查看缴费文件"),
    "post_feed": _("批准入账"),
    "cancel_feed": _("取消缴费文件"),
    "reverse_feed": _("冲正整批"),
    "view_exception": _("查看异常"),
    "settle_exception": _("处理异常"),
    "view_transfer": _("查看账目"),
    "view_determination": _("查看补缴核定"),
    "make_determination": _("提出补缴核定"),
    "approve_determination": _("审批补缴核定"),
    "view_account": _("查看个人账户"),
    "view_interest": _("查看年度结息"),
    "make_interest": _("提出计息规则、计算利息"),
    "review_interest": _("复核计息"),
    "approve_interest": _("审批计息"),
    "return_interest": _("退回计息"),
    "view_settlement": _("查看账户清算和转入"),
    "make_settlement": _("办理账户清算和转入"),
    "review_settlement": _("复核账户清算和转入"),
    "approve_settlement": _("审批账户清算和转入"),
    "return_settlement": _("退回账户清算和转入"),
    "pay_settlement": _("登记清算支付"),
    "view_settings": _("查看对账设置"),
    "propose_settings": _("提出设置变更"),
    "approve_settings": _("审批设置变更"),
    "view_policy": _("查看政策标准"),
    "load_policy": _("载入政策"),
    "publish_policy": _("发布政策"),
    "view_areas": _("查看行政区划"),
    "change_areas": _("维护行政区划"),
    "set_quotas": _("下达和分解任务"),
    "view_staff": _("查看人员与岗位"),
    "grant_duty": _("开户与授权"),
    "view_audit": _("查看操作日志"),
    "view_health": _("查看系统状态"),
}


def may(staff, action):
    """Return whether the staff member's duty in force allows an action."""
    return bool(
        staff.is_authenticated and staff.duty_kind and staff.duty_kind in MATRIX.get(action, ())
    )
