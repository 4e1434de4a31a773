"""What the tax bureau calls its columns, its schemes, its states and its kinds of payment (列名、
编码).

The words are those met in real exports; a new way of writing is a new word here, never a new branch
elsewhere.
"""

import re
from functools import partial

from django.utils.translation import gettext_lazy as _

from pension_portal.cells import Memory
from pension_portal.columns import Column

PAYMENT_COLUMNS = [
    Column(
        "id_number",
        _("证件号码"),
        (
            "证件号码",
            "身份证号码",
            "身份证件号码",
            "公民身份号码",
            "社会保障号码",
            "身份证号",
            "缴费人识别号",
            "证件号",
        ),
        required=True,
        looks_like="id",
    ),
    Column(
        "name",
        _("姓名"),
        ("姓名", "缴费人姓名", "缴费人名称", "参保人姓名", "纳税人名称", "参保人"),
        required=True,
        looks_like="name",
    ),
    Column("charge", _("征收项目"), ("征收项目", "险种", "险种类型", "费种", "征收项目名称")),
    Column("item", _("征收品目"), ("征收品目", "征收品目名称", "征收子目", "缴费项目", "品目")),
    Column(
        "year",
        _("缴费年度"),
        ("缴费年度", "所属年度", "费款所属年度", "征缴年度", "年度", "缴费年份"),
        looks_like="year",
    ),
    Column(
        "period_from",
        _("费款所属期起"),
        (
            "费款所属期起",
            "税费款所属期起",
            "税（费）款所属期起",
            "所属期起",
            "费款期起",
            "缴费开始",
            "所属期起止",
            "费款所属期",
        ),
    ),
    Column(
        "period_to",
        _("费款所属期止"),
        (
            "费款所属期止",
            "税费款所属期止",
            "税（费）款所属期止",
            "所属期止",
            "费款期止",
            "缴费截止",
        ),
    ),
    Column(
        "amount",
        _("实缴金额"),
        (
            "实缴金额",
            "缴费金额",
            "个人实缴金额",
            "入库金额",
            "实缴(退)金额",
            "实缴（退）金额",
            "金额",
            "缴款金额",
        ),
        required=True,
        looks_like="amount",
    ),
    Column(
        "paid_on",
        _("缴款日期"),
        ("缴款日期", "缴费日期", "缴费时间", "扣款时间", "上解时间", "开票日期", "缴款时间"),
        looks_like="day",
    ),
    Column(
        "treasury_on",
        _("入库日期"),
        ("入库日期", "入国库时间", "入库时间", "到账日期", "到账时间", "入库销号日期"),
        looks_like="day",
    ),
    Column(
        "receipt",
        _("电子税票号码"),
        ("电子税票号码", "电子税票号", "税票号码", "缴费凭证号", "票证号码", "税务电子税票号码"),
        looks_like="receipt",
    ),
    Column(
        "town",
        _("街道乡镇"),
        ("街道乡镇", "乡镇（街道）", "乡镇街道", "税务街道乡镇", "所属乡镇", "乡镇/街道", "乡镇"),
    ),
    Column(
        "channel",
        _("缴费渠道"),
        ("缴费渠道", "缴费方式", "缴款方式", "征收方式", "缴费来源", "支付方式"),
    ),
    Column(
        "payment_type",
        _("缴费类型"),
        ("缴费类型", "特殊缴费类型", "应缴类型", "补缴标志", "缴费标识"),
    ),
    Column("tax_state", _("缴费状态"), ("缴费状态", "税务端缴费状态", "入库状态", "扣款结果")),
    Column(
        "determination_no",
        _("征集通知流水号"),
        ("征集通知流水号", "征集流水号", "核定批号", "缴费单号", "业务流水号"),
    ),
    # Known by name so that they are not taken for one of the above; the portal does not need them.
    Column("tier", _("缴费档次"), ("缴费档次", "缴费标准", "缴费基数", "定额标准", "档次")),
    Column(
        "village",
        _("村（社区）"),
        ("村（社区）", "村/社区", "村社区", "行政村", "村居", "村组", "行政区划"),
    ),
    Column(
        "id_type",
        _("证件类型"),
        ("证件类型", "身份证件类型", "身份证件类型代码", "证照类型", "证件种类"),
    ),
    Column(
        "office",
        _("主管税务机关"),
        (
            "主管税务机关",
            "主管税务所（科、分局）",
            "主管税务部门代码",
            "税款所属税务机构",
            "征收机关",
        ),
    ),
    Column(
        "phone", _("联系电话"), ("联系电话", "手机号码", "电话", "联系方式"), looks_like="phone"
    ),
    Column("note", _("备注"), ("备注", "说明", "类型说明", "摘要")),
]
FIELD_LABELS = {column.field: column.label for column in PAYMENT_COLUMNS}
# Which cells of a row are never shown in full.
SECRET_FIELDS = {"id_number", "phone"}

BASIC, SUPPLEMENTARY, MEDICAL = 1, 2, 3

STATES = {
    "未申报": "01",
    "已申报": "02",
    "已缴费": "03",
    "已入库": "04",
    "入库": "04",
    "无此户": "09",
}
PAYMENT_TYPES = {
    "正常": "10",
    "退": "20",
    "冲": "20",
    "中断": "31",
    "一次性": "32",
    "退休": "33",
    "到龄": "33",
    "补": "31",
}
# "退休补收" is a back payment before anything that begins with 退 is a refund.
TYPE_ORDER = ["退休", "到龄", "一次性", "中断", "补", "退", "冲", "正常"]
_CODE = re.compile(r"\s*(\d{2})(?!\d)")


def scheme_of(text, has_supplementary):
    """Return the scheme an item names (1, 2, 3), or None when it does not say which.

    「城乡居民养老保险」alone is unclear where the county collects for two pension schemes: the same
    sums are tiers of both (A29).
    """
    if "医疗" in text or "医保" in text:
        return MEDICAL
    if "补充养老" in text:
        return SUPPLEMENTARY
    if "基本养老" in text:
        return BASIC
    return None if has_supplementary or "养老" not in text else BASIC


def state_of(text):
    """Return the tax bureau's state of a payment as its code (01, 02, 03, 04, 09); '' when none is
    given.
    """
    if found := _CODE.match(text):
        return found[1]
    return next((code for word, code in STATES.items() if word in text), "")


def type_of(text):
    """Return the kind of payment as its code (10, 20, 31, 32, 33); '' when none is given."""
    if found := _CODE.match(text):
        return found[1]
    return next((PAYMENT_TYPES[word] for word in TYPE_ORDER if word in text), "")


def item_reader(has_supplementary):
    """Return a function from a column of items to a column of schemes, each different text read
    once.
    """
    return Memory(partial(scheme_of, has_supplementary=has_supplementary)).column


states = Memory(state_of).column
payment_types = Memory(type_of).column
