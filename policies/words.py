"""The words of a policy file, each with the one code it has in the database.

A policy officer writes 低保对象; the tables hold `low_income`. Old names of the same thing
(五保对象, 建档立卡贫困人口) are further words for one code, so a file may keep the words of
its document and nothing hard-codes a name (X17).
"""

from django.utils.translation import gettext_lazy as _

BASIC = 1
SUPPLEMENTARY = 2
MEDICAL = 3

SCHEMES = {
    "城乡居民基本养老保险": BASIC,
    "城乡居民补充养老保险": SUPPLEMENTARY,
    "城乡居民基本医疗保险": MEDICAL,
}

# The schemes whose money the portal follows, by their short names as pages show them.
PENSION_NAMES = {BASIC: _("居民养老"), SUPPLEMENTARY: _("补充养老")}
# The other names in the tables, so that they can be translated.
SCHEME_NAMES = [
    _("城乡居民基本养老保险"),
    _("城乡居民补充养老保险"),
    _("城乡居民基本医疗保险"),
    _("居民医保"),
]

# The first word of a code is the one shown; the rest are older or local names for it.
IDENTITIES = {
    "low_income": ("低保对象", "最低生活保障对象"),
    "destitute": ("特困人员", "特困供养人员", "五保对象"),
    "disabled": ("残疾人", "重度残疾人"),
    "registered_poor": ("脱贫人口", "建档立卡贫困人口", "防返贫监测对象"),
    "bereaved_parent": ("独生子女死亡或伤残父母", "计生特扶对象"),
    "procedure_injury": ("节育手术并发症人员",),
    "orphan": ("孤儿",),
    "retired_fisher": ("退捕渔民",),
    "disaster_poor": ("受灾贫困人口",),
    "returning_worker": ("外出务工返乡人员",),
    "newly_poor": ("新增贫困人口",),
}
IDENTITY_CODES = {word: code for code, words in IDENTITIES.items() for word in words}
IDENTITY_CHOICES = [
    ("low_income", _("低保对象")),
    ("destitute", _("特困人员")),
    ("disabled", _("残疾人")),
    ("registered_poor", _("脱贫人口")),
    ("bereaved_parent", _("独生子女死亡或伤残父母")),
    ("procedure_injury", _("节育手术并发症人员")),
    ("orphan", _("孤儿")),
    ("retired_fisher", _("退捕渔民")),
    ("disaster_poor", _("受灾贫困人口")),
    ("returning_worker", _("外出务工返乡人员")),
    ("newly_poor", _("新增贫困人口")),
]
IDENTITY_NAMES = dict(IDENTITY_CHOICES)
# Grade 1 is the most severe; only these identities are graded.
GRADED_IDENTITIES = {"disabled", "bereaved_parent", "procedure_injury"}

ELIGIBILITY = {
    "最低年龄": "min_age",
    "未满年龄": "under_age",
    "本县户籍": "local_hukou",
    "不含在校学生": "not_student",
    "不含机关事业单位工作人员": "not_public_servant",
    "不含职工基本养老保险覆盖人员": "not_employees_pension",
    "不含职工基本医疗保险参保人员": "not_employees_medical",
    "已参加险种": "enrolled_in",
    "与基本养老保险同地参保": "same_place",
    "可含非本县户籍长期居住人员": "resident_without_hukou",
    "可含在校学生和在园幼儿": "student_or_pupil",
    "新生儿缴费月数": "newborn_months",
    "按户全员参保": "whole_household",
    "可不随户参加": "household_exempt",
}
ELIGIBILITY_CHOICES = [
    ("min_age", _("最低年龄")),
    ("under_age", _("未满年龄")),
    ("local_hukou", _("本县户籍")),
    ("not_student", _("不含在校学生")),
    ("not_public_servant", _("不含机关事业单位工作人员")),
    ("not_employees_pension", _("不含职工基本养老保险覆盖人员")),
    ("not_employees_medical", _("不含职工基本医疗保险参保人员")),
    ("enrolled_in", _("已参加险种")),
    ("same_place", _("与基本养老保险同地参保")),
    ("resident_without_hukou", _("可含非本县户籍长期居住人员")),
    ("student_or_pupil", _("可含在校学生和在园幼儿")),
    ("newborn_months", _("新生儿缴费月数")),
    ("whole_household", _("按户全员参保")),
    ("household_exempt", _("可不随户参加")),
]
NUMBERED_ELIGIBILITY = {"min_age", "under_age", "newborn_months"}

WINDOWS = {"缴费期": "payable", "集中征缴期": "concentrated", "延长": "extension"}
WINDOW_CHOICES = [
    ("payable", _("缴费期")),
    ("concentrated", _("集中征缴期")),
    ("extension", _("延长")),
]

PAYMENT_KINDS = [("normal", _("正常缴费")), ("back", _("补缴"))]
PAYMENT_SOURCES = [
    ("own", _("个人缴费")),
    ("proxy", _("政府代缴")),
    ("collective", _("集体补助")),
    ("donation", _("社会资助")),
]
SOURCES = {"个人": "own", "代缴": "proxy", "集体补助": "collective", "社会资助": "donation"}
KINDS = {"正常": "normal", "补缴": "back"}
SEXES = {"男": "m", "女": "f"}
HUKOU = {"本县": "local", "外地": "other"}

# How an entry stands to others of its section: it alone answers, it is added, or only the highest
# of those that say so is added.
STACKINGS = {"替代": "instead", "叠加": "add", "叠加就高": "add_highest"}
STACKING_CHOICES = [
    ("instead", _("替代")),
    ("add", _("叠加")),
    ("add_highest", _("叠加就高")),
]
SUBJECT_CHOICES = [
    ("subsidy", _("缴费补贴")),
    ("cap", _("补贴上限")),
    ("proxy", _("代缴")),
    ("share", _("资金分担")),
    ("term", _("补缴规定")),
    ("aid", _("集体补助")),
    ("benefit", _("待遇")),
]
LEVELS = {"县级": "county", "市级": "city", "省级": "province"}
LEVEL_CHOICES = [("county", _("县级")), ("city", _("市级")), ("province", _("省级"))]
COMBININGS = {"分别计算": "", "合并就低": "lower", "合并相符": "exact"}
COMBINING_CHOICES = [("lower", _("合并就低")), ("exact", _("合并相符"))]
BASES = {"本次缴费": "payment", "个人加代缴": "together"}
INSTALMENTS = {"按年": 1, "按季": 4, "按月": 12}

# What an amount may be a percentage of, or grow with: the word, and the fact of the question.
BASE_FACTS = {
    "缴费": "amount",
    "所选档次": "level",
    "个人账户余额": "balance",
    "平均缴费": "average",
    "基础养老金": "base_pension",
    "已定补贴": "main",
}
STEP_FACTS = {
    "档次": "tier",
    "缴费": "amount",
    "缴费年数": "years_paid",
    "不含补缴年数": "years_unbacked",
    "连续缴费年数": "years_running",
    "居住年数": "years_resident",
    "年龄": "age",
    "平均缴费": "average",
}
ROUNDINGS = {
    f"{way}到{unit}": (how, size)
    for way, how in (("四舍五入", "half_up"), ("进一", "up"), ("舍去", "down"))
    for unit, size in (("分", "0.01"), ("角", "0.1"), ("元", "1"), ("十元", "10"), ("百元", "100"))
}

CAPS = {"年度封顶": "year", "终身封顶": "lifetime", "封顶年数": "years"}
# What is left to the person beside a proxy payment.
PROXY_ORDERS = {"代缴在先": False, "先缴后补": True}

# Terms of back payment, each a rule whose value is a number of the kind named.
TERMS = {
    "起始年度": ("first_year", "number"),
    "累计年限上限": ("years_cap", "number"),
    "补缴年数上限": ("back_years_cap", "number"),
    "最低可补": ("lowest", "amount"),
    "封顶档次": ("highest", "amount"),
    "可补差额": ("may_top_up", {"是": 1, "否": 0}),
    "待遇核定后": ("after_pension", {"可补缴": 1, "不得补缴": 0}),
    "档次标准": ("at_missed_year", {"当年": 0, "所缴年度": 1}),
    "到龄后按年缴": ("yearly_after_sixty", {"是": 1, "否": 0}),
    "到龄后趸缴": ("lump_after_sixty", {"是": 1, "否": 0}),
    "趸缴标准": ("lump", "amount"),
    "补缴标准": (("lowest", "highest"), "amount"),
}
AID_TERMS = {"上限": ("highest", "amount"), "须合档次": ("must_be_tier", {"是": 1, "否": 0})}

BACK_SUBSIDIES = {"无": "none", "同正常缴费": "as_normal", "未定": "undecided"}
BACK_SUBSIDY_CHOICES = [
    ("none", _("不享受缴费补贴")),
    ("as_normal", _("同正常缴费")),
    ("undecided", _("未定")),
]

SEVERAL_IDENTITIES = {"就高": "highest", "按次序": "priority"}
SEVERAL_IDENTITIES_CHOICES = [("highest", _("就高")), ("priority", _("按次序"))]

# Beside these, a share is of an item of 待遇, by its name, or of all of them.
ALL_BENEFITS = "待遇"
# How an item of 待遇 is given: whether it is once, beside the month's sum.
GIVEN_ONCE = {"按月": False, "一次性": True, "计入个人账户": True}
SHARE_SUBJECTS = {"缴费补贴": "subsidy", "代缴": "proxy"}
SHARE_SUBJECT_CHOICES = [
    ("subsidy", _("缴费补贴")),
    ("proxy", _("代缴")),
]
PAYERS = {
    "中央": "central",
    "省级": "province",
    "市级": "city",
    "县级": "county",
    "医疗救助资金": "medical_aid",
    "乡镇": "town",
    "村集体": "village",
    "民政": "civil_affairs",
    "残联": "disabled_federation",
    "社会": "donors",
}
PAYER_CHOICES = [
    ("central", _("中央")),
    ("province", _("省级")),
    ("city", _("市级")),
    ("county", _("县级")),
    ("medical_aid", _("医疗救助资金")),
    ("town", _("乡镇")),
    ("village", _("村集体")),
    ("civil_affairs", _("民政")),
    ("disabled_federation", _("残联")),
    ("donors", _("社会")),
]

COLLECTION_MODES = {
    "税务征收": "tax",
    "银行代扣": "withholding",
    "自行缴费": "self_payment",
    "代收": "collector",
}
# What each further provision may say: the words allowed, or the kind of value.
PROVISIONS = {
    "征收方式": ("collection_modes", COLLECTION_MODES),
    "到账宽限工作日": ("arrival_grace_days", "number"),
    "提倡缴费不低于": ("advised_amount", "amount"),
    "代缴后本人可另缴": ("own_beside_proxy", {"是": "yes", "否": "no"}),
    "代缴人数计入任务": ("proxy_counts_in_target", {"是": "yes", "否": "no"}),
    "集体补助上限": ("collective_aid_cap", {"最高档次": "highest"}),
    "缴费前变更档次": ("tier_change_before_payment", {"当年生效": "this_year"}),
    "缴费后变更档次": (
        "tier_change_after_payment",
        {"次年生效": "next_year", "不得变更": "locked", "只可调高": "upward"},
    ),
    "最低缴费年限": ("years_for_a_pension", "number"),
    "未变更档次": (
        "tier_unchanged",
        {"沿用上年档次": "last_year", "最低档次": "lowest", "须重新选定": "none"},
    ),
    "制度实施日": ("scheme_began_on", "date"),
}
PROVISION_CHOICES = [
    ("collection_modes", _("征收方式")),
    ("arrival_grace_days", _("到账宽限工作日")),
    ("advised_amount", _("提倡缴费不低于")),
    ("own_beside_proxy", _("代缴后本人可另缴")),
    ("proxy_counts_in_target", _("代缴人数计入任务")),
    ("collective_aid_cap", _("集体补助上限")),
    ("tier_change_before_payment", _("缴费前变更档次")),
    ("tier_change_after_payment", _("缴费后变更档次")),
    ("tier_unchanged", _("未变更档次")),
    ("scheme_began_on", _("制度实施日")),
    ("years_for_a_pension", _("最低缴费年限")),
]
# Words shown for the stored value of a provision.
PROVISION_VALUES = {
    "tax": _("税务征收"),
    "withholding": _("银行代扣"),
    "self_payment": _("自行缴费"),
    "collector": _("代收"),
    "yes": _("是"),
    "no": _("否"),
    "highest": _("最高档次"),
    "this_year": _("当年生效"),
    "next_year": _("次年生效"),
    "locked": _("不得变更"),
    "upward": _("只可调高"),
    "lowest": _("最低档次"),
    "last_year": _("沿用上年档次"),
    "none": _("须重新选定"),
}

UNDECIDED = "未定"
YES_NO = {"是": True, "否": False}
