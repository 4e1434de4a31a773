"""What stands around every page for this person: the pages their duty opens, their area, their own
menu.

Pages are named by URL name, as a page of the portal may live in an app to the right; one that does
not exist is left out.
"""

from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

# Label, URL name, icon, and the action of the matrix that opens it ("" for everybody who is signed
# in).
PAGES = [
    (_("工作台"), "staff:home", "home", ""),
    (_("征缴进度"), "oversight:own_progress", "chart-line", "view_progress"),
    (_("参保居民"), "enrollment:residents", "users", "view_person"),
    (_("业务办理"), "enrollment:cases", "edit", "view_case"),
    (_("催缴名单"), "contributions:unpaid", "phone-call", "view_person"),
    (_("通报"), "oversight:bulletins", "report", "view_bulletin"),
    (_("公示"), "oversight:notices", "certificate", "view_notice"),
    (_("缴费对账"), "contributions:feeds", "receipt", "view_feed"),
    (_("异常处理"), "contributions:exceptions", "alert-triangle", "view_exception"),
    (_("三方核对"), "contributions:tie_out", "building-bank", "view_tie_out"),
    (_("退费"), "contributions:refunds", "arrow-back-up", "view_refund"),
    (_("单笔冲正"), "contributions:reversals", "history", "view_reversal"),
    (_("银行代扣"), "contributions:withholdings", "arrows-exchange", "view_withholding"),
    (_("补缴核定"), "contributions:determinations", "scale", "view_determination"),
    (_("到龄补缴"), "contributions:reaching_sixty", "calendar", "view_transfer"),
    (_("补贴测算"), "subsidies:matrix", "table", "view_claim"),
    (_("资金申请"), "subsidies:claims", "coins", "view_claim"),
    (_("代缴名册"), "subsidies:rosters", "heart-handshake", "view_proxy"),
    (_("账户清算与转入"), "benefits:settlements", "coins", "view_settlement"),
    (_("年度结息"), "benefits:interest", "trending-up", "view_interest"),
    (_("花名册导入"), "enrollment:roster_imports", "file-import", "view_roster"),
    (_("户和组"), "enrollment:area_households", "home", "view_person"),
    (_("参保冲突"), "enrollment:conflicts", "user-check", "view_person"),
    (_("部门名单"), "enrollment:department_lists", "list-check", "view_department_list"),
    (_("年度任务"), "townships:tasks", "list-check", "view_progress"),
    (_("行政区划"), "townships:areas", "map-pin", "view_areas"),
    (_("导出登记"), "staff:exports", "download", "take_exports"),
    (_("政策标准"), "policies:list", "certificate", "view_policy"),
    (_("对账设置"), "contributions:settings", "settings", "view_settings"),
    (_("人员与岗位"), "staff:staff_list", "shield-lock", "view_staff"),
    (_("系统接入"), "staff:systems", "external-link", "view_system"),
    (_("操作日志"), "staff:trail", "history", "view_audit"),
]
USER_MENU = [
    (_("我的账号"), "staff:me", "user"),
    (_("修改密码"), "staff:change_password", "lock"),
]


def navigation(request):
    """Return nav_items, user_menu_items, area_path and duty_label for the frame; each worked out
    when it is shown.
    """
    staff = getattr(request, "user", None)
    if staff is None or not staff.is_authenticated:
        return {}
    return {
        "may_find_people": staff.may("view_person"),
        "nav_items": SimpleLazyObject(lambda: nav_items(staff, request.path)),
        "user_menu_items": SimpleLazyObject(user_menu_items),
        "area_path": SimpleLazyObject(lambda: area_path(staff)),
        "duty_label": SimpleLazyObject(lambda: duty_label(staff)),
    }


def nav_items(staff, path):
    """Return the pages this person's duty opens, the one that `path` stands in marked as active."""
    items = [
        {"label": label, "url": url, "icon": icon, "is_active": False}
        for label, name, icon, action in PAGES
        if (not action or staff.may(action)) and (url := _page_for(staff, name))
    ]
    within = [item for item in items if _stands_in(path, item["url"])]
    if within:
        max(within, key=lambda item: len(item["url"]))["is_active"] = True
    return items


def user_menu_items():
    """Return the pages about oneself."""
    return [
        {"label": label, "url": address, "icon": icon}
        for label, name, icon in USER_MENU
        if (address := address_or_none(name))
    ]


def area_path(staff):
    """Return the areas from the county down to the person's own; empty without a duty."""
    area, path = staff.duty and staff.duty.area, []
    while area:
        path.insert(0, area)
        area = area.parent
    return path


def duty_label(staff):
    return staff.duty.get_kind_display() if staff.duty else gettext("没有岗位")


def address_or_none(name, *args, **kwargs):
    """Return the address of a page by its URL name, or None where no app offers it."""
    try:
        return reverse(name, args=args, kwargs=kwargs)
    except NoReverseMatch:
        return None


def _page_for(staff, name):
    """Return the address of a page, be it one for everybody or one for each area."""
    return address_or_none(name) or address_or_none(name, staff.area_code)


def _stands_in(path, url):
    return path == url if url == "/" else path.startswith(url)
