"""The columns of a roster (花名册列): their names, and the words that stand in them.

Every county heads its rosters in its own way, so each column lists the headers met for it. What a
word means is a table too: a clerk's 「健在」 and another's 「正常」 are both `alive`.
"""

import re
import unicodedata
from typing import NamedTuple

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

BASIC, SUPPLEMENTARY, MEDICAL = 1, 2, 3


class RosterColumn(NamedTuple):
    """One column: its key, the header of the template, and the other headers met for it."""

    key: str
    label: str
    variants: tuple = ()
    is_required: bool = False


COLUMNS = (
    RosterColumn("position", _("序号"), ("编号", "顺序号")),
    RosterColumn(
        "town",
        _("乡镇（街道）"),
        ("乡镇", "街道", "乡镇街道", "乡(镇)", "镇街", "所属乡镇", "街道乡镇", "乡镇/街道"),
    ),
    RosterColumn(
        "village",
        _("村（社区）"),
        ("村", "社区", "行政村", "村居", "村社区", "村/社区", "村(居)", "村民委员会", "村组"),
    ),
    RosterColumn("group", _("组别"), ("组", "村民组", "居民小组", "小组", "组名称")),
    RosterColumn("household", _("户编号"), ("户号", "家庭编号", "户口簿号", "户籍编号")),
    RosterColumn("head", _("户主姓名"), ("户主",)),
    RosterColumn("name", _("姓名"), ("参保人姓名", "居民姓名", "参保人", "人员姓名"), True),
    RosterColumn("sex", _("性别"), ()),
    RosterColumn(
        "id_number",
        _("证件号码"),
        (
            "身份证号码",
            "身份证号",
            "身份证",
            "身份证件号码",
            "公民身份号码",
            "公民身份证号码",
            "社会保障号码",
            "证件号",
        ),
        True,
    ),
    RosterColumn("born_on", _("出生日期"), ("出生年月", "出生年月日", "生日")),
    RosterColumn("phone", _("联系电话"), ("电话", "手机", "手机号", "手机号码", "联系方式")),
    RosterColumn("scheme", _("参保险种"), ("险种", "险种类型", "参保类型")),
    RosterColumn("tier", _("缴费档次"), ("档次", "缴费标准", "登记档次", "基本缴费档次")),
    RosterColumn("supplementary_tier", _("补充缴费档次"), ("补充档次", "补充养老缴费档次")),
    RosterColumn(
        "started_on", _("参保日期"), ("参保时间", "登记日期", "首次参保日期", "参保登记日期")
    ),
    RosterColumn("status", _("参保状态"), ("缴费状态", "参保缴费状态")),
    RosterColumn("ended_on", _("终止日期"), ("终止时间", "注销日期")),
    RosterColumn("end_reason", _("终止原因"), ("注销原因", "终止注销原因")),
    RosterColumn("life_status", _("人员状态"), ("生存状态", "居民状态")),
    RosterColumn("other_cover", _("其他参保情况"), ("其他养老保险", "参加其他养老保险情况")),
    RosterColumn("hukou", _("户籍"), ("户籍情况", "户籍类别", "是否本县户籍")),
    RosterColumn(
        "identity", _("特殊身份"), ("特殊参保群体", "人员类别", "参保身份", "特殊人群", "身份类型")
    ),
    RosterColumn("grade", _("残疾等级"), ("等级", "残级", "伤残等级")),
    RosterColumn("identity_from", _("身份起"), ("身份起始日期", "身份开始日期", "身份生效日期")),
    RosterColumn("identity_to", _("身份止"), ("身份截止日期", "身份终止日期", "身份失效日期")),
    RosterColumn(
        "bank_account", _("银行账号"), ("银行卡号", "账号", "社保卡银行账号", "参保缴费账号")
    ),
    RosterColumn("remark", _("备注"), ("说明",)),
)
BY_KEY = {column.key: column for column in COLUMNS}


# Columns that only the lists of departments have.
CERTIFICATE = RosterColumn(
    "certificate", _("残疾人证号"), ("残疾证号", "残疾证号码", "残疾人证号码", "残疾人证")
)
SAID_ON = RosterColumn(
    "said_on",
    _("事项日期"),
    (
        *("死亡日期", "死亡时间", "火化日期", "火化时间", "注销日期", "迁出日期", "迁出时间"),
        *("参保日期", "参保时间", "参保开始时间", "入伍日期", "入伍时间", "入学日期", "入学时间"),
        *("入监日期", "收监日期", "刑期起", "服刑起始日期", "起始日期", "开始日期"),
    ),
)
WORKPLACE = RosterColumn(
    "workplace",
    _("单位（学校）"),
    ("单位", "单位名称", "工作单位", "参保单位", "学校", "学校名称", "监所", "迁往地", "部队"),
)
ADDRESS = RosterColumn("address", _("地址"), ("家庭住址", "住址", "家庭地址", "户籍地址", "居住地"))
AID_AMOUNT = RosterColumn(
    "amount",
    _("金额"),
    (
        "补助金额",
        "资助金额",
        "金额（元）",
        "金额(元)",
        "补助标准",
        "资助标准",
        "集体补助",
        "捐助金额",
    ),
    True,
)


def label_of(key):
    """Return the name of a column in the reader's language; empty for none."""
    return gettext(ALL_BY_KEY[key].label) if key in ALL_BY_KEY else key


ALL_BY_KEY = BY_KEY | {
    column.key: column for column in (CERTIFICATE, SAID_ON, WORKPLACE, ADDRESS, AID_AMOUNT)
}


# --- Words ----------------------------------------------------------------------------------

STATUSES = {
    "active": ("正常缴费", "参保缴费", "正常参保", "正常", "缴费", "参保", "在缴", "续保"),
    "suspended": ("暂停缴费", "暂停参保", "暂停", "中断缴费", "中断", "断缴"),
    "drawing": ("待遇领取", "领取待遇", "正常待遇", "暂停待遇", "待遇暂停", "领取", "享受待遇"),
    "terminated": ("终止", "终止参保", "终止缴费", "注销", "已注销", "退保", "终止注销"),
}
LIFE_STATUSES = {
    "alive": ("正常", "健在", "生存", "存活", "在世"),
    "dead": ("死亡", "已故", "亡故", "去世", "已死亡"),
    "moved": ("迁出", "已迁出", "户籍迁出", "转出", "户籍转出", "户籍跨县转出"),
}
COVERS = {
    "": ("无", "否", "没有", "未参加"),
    "employees": (
        "职工养老保险",
        "职工",
        "企业职工",
        "职保",
        "城镇职工",
        "参加职保",
        "职工基本养老保险",
    ),
    "civil_service": (
        "机关事业单位",
        "机关事业",
        "机关保",
        "公务员",
        "机关",
        "事业单位",
        "机关事业单位人员",
    ),
    "student": ("在校学生", "学生", "在校", "在读"),
    "medical": ("职工医疗保险", "职工医保"),
}
HUKOUS = {
    "local": ("本县", "本县户籍", "本地", "本区", "是", "本县农业", "本县城镇"),
    "settled": ("非本县户籍，长期居住", "长期居住", "常住"),
    "permit": ("港澳台居民居住证、外国人永居证", "居住证", "港澳台居民居住证", "永居证"),
    "other": ("非本县户籍", "外县", "外地", "外县户籍", "否"),
}
IDENTITIES = {
    "": ("无", "否", "普通", "一般", "普通居民", "一般人员", "普通人员", "未标注"),
    "low_income": ("低保对象", "低保", "低保户", "最低生活保障对象", "全额低保", "差额低保"),
    "destitute": ("特困人员", "特困", "五保", "五保户", "特困供养人员"),
    "disabled": ("残疾人", "残疾", "重度残疾", "重度残疾人", "一二级重度残疾", "重残"),
    "registered_poor": (
        "脱贫（建档立卡）人口",
        "建档立卡",
        "建档立卡/脱贫人口",
        "建档立卡贫困人口",
        "建档立卡人口",
        "脱贫人口",
        "脱贫户",
        "贫困人口",
        "未标注脱贫人员",
        "脱贫监测户",
    ),
    "bereaved_parent": (
        "独生子女死亡或伤残父母",
        "独生子女伤残死亡父母",
        "独生子女伤残死亡家庭夫妻",
        "计生特扶",
        "计划生育特殊家庭",
    ),
    "procedure_injury": ("节育手术并发症人员", "节育手术并发症", "节育并发症", "手术并发症"),
    "orphan": ("孤儿",),
    "retired_fisher": ("退捕渔民",),
    "disaster_poor": ("受灾贫困人口", "受灾", "因灾致贫"),
    "returning_worker": ("外出务工返乡人员", "外出务工", "返乡务工人员", "返乡人员"),
    "newly_poor": ("新增贫困人口", "新增贫困"),
}
SEXES = {"m": ("男", "男性", "1"), "f": ("女", "女性", "2")}
GRADES = {1: ("1", "一", "壹", "特重"), 2: ("2", "二"), 3: ("3", "三"), 4: ("4", "四")}
SCHEMES = {BASIC: "基本", SUPPLEMENTARY: "补充"}
# 「城乡居民基本医疗保险」 holds the word of the basic pension too: it is looked for first.
MEDICAL_WORDS = re.compile(r"(城乡)?(居民)?(基本)?(医疗(保险)?|医保)")
BOTH_SCHEMES = ("两险", "全部")
# 「居保」 and 「城乡居民养老保险」 name no kind: before 2020 there was only the basic scheme.
BASIC_WORDS = ("居保", "居民养老", "养老保险")

_FILLING = re.compile(r"[\s·、()/（）]")


def word_key(text):
    """Return a word without width, blanks and brackets: 「乡镇 (街道)」 = 「乡镇（街道）」."""
    return _FILLING.sub("", unicodedata.normalize("NFKC", text))


def _table(words):
    return {word_key(text): value for value, texts in words.items() for text in texts}


STATUS_OF_WORD = _table(STATUSES)
LIFE_STATUS_OF_WORD = _table(LIFE_STATUSES)
COVER_OF_WORD = _table(COVERS)
HUKOU_OF_WORD = _table(HUKOUS)
IDENTITY_OF_WORD = _table(IDENTITIES)
SEX_OF_WORD = _table(SEXES)
GRADE_OF_WORD = _table(GRADES)
