"""What stands around every page for this person: the pages their duty opens, their area, their own
menu.

Pages are named by URL name, as a page of the portal may live in an app to the right; one that does
not exist is left out.
"""

import json
from functools import cache

from django.urls import NoReverseMatch, resolve, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

# Group, icon, and its pages: label, URL name, icon, and the action of the matrix that opens it (""
# for everybody who is signed in).
GROUPS = [
    (
        _("工作台"),
        "home",
        [(_("工作台"), "staff:home", "home", "")],
    ),
    (
        _("征缴进度"),
        "chart-line",
        [
            (_("征缴进度"), "oversight:own_progress", "chart-line", "view_progress"),
            (_("年度任务"), "townships:tasks", "list-check", "view_progress"),
        ],
    ),
    (
        _("参保居民"),
        "users",
        [
            (_("参保居民"), "enrollment:residents", "users", "view_person"),
            (_("业务办理"), "enrollment:cases", "edit", "view_case"),
            (_("月报"), "enrollment:months", "calendar", "view_case"),
            (_("户和组"), "enrollment:area_households", "home", "view_person"),
            (_("参保冲突"), "enrollment:conflicts", "user-check", "view_person"),
        ],
    ),
    (
        _("新增与批量"),
        "file-import",
        [
            (_("新增参保"), "enrollment:new_person", "user-plus", "enrol"),
            (_("花名册导入"), "enrollment:roster_imports", "file-import", "view_roster"),
            (_("部门名单"), "enrollment:department_lists", "list-check", "view_department_list"),
        ],
    ),
    (
        _("催缴"),
        "phone-call",
        [
            (_("催缴名单"), "contributions:unpaid", "phone-call", "view_person"),
            (_("待核线索"), "contributions:leads", "user-check", "view_person"),
            (_("责任人"), "contributions:collectors", "users", "view_person"),
            (_("村级代收"), "contributions:cash", "coins", "view_cash"),
        ],
    ),
    (
        _("缴费对账"),
        "receipt",
        [
            (_("税务文件"), "contributions:feeds", "receipt", "view_feed"),
            (_("异常处理"), "contributions:exceptions", "alert-triangle", "view_exception"),
            (_("三方核对"), "contributions:tie_out", "building-bank", "view_tie_out"),
            (_("退费"), "contributions:refunds", "arrow-back-up", "view_refund"),
            (_("单笔冲正"), "contributions:reversals", "history", "view_reversal"),
            (_("银行代扣"), "contributions:withholdings", "arrows-exchange", "view_withholding"),
            (_("补缴核定"), "contributions:determinations", "scale", "view_determination"),
            (_("到龄补缴"), "contributions:reaching_sixty", "calendar", "view_transfer"),
        ],
    ),
    (
        _("报表公示"),
        "report",
        [
            (_("通报"), "oversight:bulletins", "report", "view_bulletin"),
            (_("公示"), "oversight:notices", "certificate", "view_notice"),
            (_("导出登记"), "staff:exports", "download", "take_exports"),
        ],
    ),
    (
        _("补贴财务"),
        "coins",
        [
            (_("补贴测算"), "subsidies:matrix", "table", "view_claim"),
            (_("资金申请"), "subsidies:claims", "coins", "view_claim"),
            (_("代缴名册"), "subsidies:rosters", "heart-handshake", "view_proxy"),
            (_("补助资助"), "subsidies:aids", "heart-handshake", "view_aid"),
            (_("账户清算与转入"), "benefits:settlements", "coins", "view_settlement"),
            (_("年度结息"), "benefits:interest", "trending-up", "view_interest"),
        ],
    ),
    (
        _("系统审计"),
        "settings",
        [
            (_("行政区划"), "townships:areas", "map-pin", "view_areas"),
            (_("政策标准"), "policies:list", "certificate", "view_policy"),
            (_("险种开办"), "policies:schemes", "circle-check", "view_settings"),
            (_("对账设置"), "contributions:settings", "settings", "view_settings"),
            (_("人员与岗位"), "staff:staff_list", "shield-lock", "view_staff"),
            (_("系统接入"), "staff:systems", "external-link", "view_system"),
            (_("系统状态"), "staff:system_state", "circle-check", "view_health"),
            (_("操作日志"), "staff:trail", "history", "view_audit"),
        ],
    ),
]
# What `doors.signed_in` writes on a door that is open to everybody who works here.
SIGNED_IN = "signed_in"
# Pages whose address does not begin with that of the page they belong to, by their first word.
BELONGS_TO = {
    "households": "enrollment:area_households",
    "departments": "enrollment:department_lists",
    "unpaid": "contributions:unpaid",
    "chase": "contributions:unpaid",
    "chase-papers": "contributions:unpaid",
    "list-bundles": "contributions:unpaid",
    "paid": "oversight:own_progress",
    "transfers": "contributions:feeds",
    "moves": "benefits:settlements",
}
# As many lines as a screen 768 px high shows below the top bar; a longer menu folds its groups.
LINES_THAT_FIT = 22
USER_MENU = [
    (_("我的账号"), "staff:me", "user"),
    (_("修改密码"), "staff:change_password", "lock"),
]


def navigation(request):
    """Return nav_groups, user_menu_items, area_path, duty_label and job_bell for the frame; each
    worked out when it is shown.
    """
    staff = getattr(request, "user", None)
    if staff is None or not staff.is_authenticated:
        return {}
    return {
        "may_find_people": staff.may("view_person"),
        "nav_groups": SimpleLazyObject(lambda: nav_groups(staff, request.path)),
        "user_menu_items": SimpleLazyObject(user_menu_items),
        "area_path": SimpleLazyObject(lambda: area_path(staff)),
        "duty_label": SimpleLazyObject(lambda: duty_label(staff)),
        "job_bell": SimpleLazyObject(lambda: job_bell(staff)),
        "hidden_columns": json.dumps(staff.hidden_columns),
        "columns_url": address_or_none("staff:hide_columns"),
    }


def job_bell(staff):
    """Return where what came of one's files and things is read, and how many are new."""
    from staff.news import count_news  # it names pages, as this does

    return {"url": address_or_none("staff:news"), "count": count_news(staff)}


def nav_groups(staff, path):
    """Return the groups of pages this person's duty opens, each with its pages.

    The page that `path` stands in is marked as active. Where the menu would be longer than the
    screen, only the group of that page stands open.
    """
    groups = [
        {"label": label, "icon": icon, "pages": pages}
        for label, icon, all_pages in GROUPS
        if (pages := _pages_open_to(staff, all_pages))
    ]
    _mark_active([page for group in groups for page in group["pages"]], path)
    fits = sum(_lines_of(group) for group in groups) <= LINES_THAT_FIT
    for group in groups:
        group["is_open"] = fits or any(page["is_active"] for page in group["pages"])
    return groups


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


def open_address(staff, name, *args):
    """Return the address of a page or part that this person's duty opens, or None.

    What opens it is asked of the door itself (`pension_portal.doors.needs`).
    """
    address = address_or_none(name, *args)
    if address is None:
        return None
    action = getattr(resolve(address).func, "action", SIGNED_IN)
    return address if action == SIGNED_IN or staff.may(action) else None


@cache
def initials(words):
    """Return the first letters of a page's name in pinyin, by which it is found (`cblr`)."""
    # Its dictionaries take 50 MB, which only a process that shows pages needs.
    from pypinyin import Style, lazy_pinyin

    return "".join(lazy_pinyin(words, style=Style.FIRST_LETTER)).lower()


def _pages_open_to(staff, pages):
    return [
        {
            "label": label,
            "letters": initials(gettext(label)),
            "name": name,
            "url": url,
            "icon": icon,
            "is_active": False,
        }
        for label, name, icon, action in pages
        if (not action or staff.may(action)) and (url := _page_for(staff, name))
    ]


def _mark_active(pages, path):
    if path.startswith(address_or_none("staff:me")):
        return  # what is about oneself stands in no menu
    within = [page for page in pages if _stands_in(path, page["url"])]
    owner = BELONGS_TO.get(path.split("/")[1])
    nearest = sorted(within, key=lambda page: len(page["url"]))[-1:]
    for page in nearest or [page for page in pages if page["name"] == owner]:
        page["is_active"] = True


def _lines_of(group):
    """Return how many lines a group takes when open: a group of one page is that page alone."""
    return 1 if len(group["pages"]) == 1 else 1 + len(group["pages"])


def _page_for(staff, name):
    """Return the address of a page, be it one for everybody or one for each area."""
    return address_or_none(name) or address_or_none(name, staff.area_code)


def _stands_in(path, url):
    return path == url if url == "/" else path.startswith(url)
