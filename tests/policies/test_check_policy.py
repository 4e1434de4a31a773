"""Every wrong file is refused with its line, field, reason and remedy, and nothing is loaded."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from policies.checking import check_file, check_text
from policies.errors import PolicyFileFaulty
from policies.loading import load_policy
from policies.models import PolicyVersion, Source

COUNTIES = Path(__file__).parents[2] / "policies" / "counties"
YINGZHOU = COUNTIES / "341202-yingzhou" / "2021-basic.yaml"
MEDICAL = COUNTIES / "341202-yingzhou" / "2021-medical.yaml"
ANZE = COUNTIES / "141026-anze" / "2021-basic.yaml"

POLICY_FILES = [path for path in COUNTIES.rglob("*.yaml") if ".cases" not in path.name]

# file, what stands there, what is written instead, then words of the fault's field and reason
WRONG = {
    "an unknown section": (ANZE, "代缴:\n  依据", "待缴:\n  依据", "待缴", "不认识这一项"),
    "an unknown word in an entry": (
        ANZE,
        "{档次: 1, 金额: 200}",
        "{档次: 1, 金额: 200, 备注: 好}",
        "备注",
        "不认识这一项",
    ),
    "a missing section": (ANZE, "县区名称: 安泽县\n", "", "全文", "缺少「县区名称」"),
    "a missing amount": (ANZE, "{档次: 2, 金额: 300}", "{档次: 2}", "第2条", "没有写清缴多少"),
    "shares of benefits": (
        YINGZHOU,
        "{项目: 代缴, 承担: 县级",
        "{项目: 待遇, 承担: 县级",
        "项目",
        "待遇",
    ),
    "a key written twice": (ANZE, "年度: 2021\n", "年度: 2021\n年度: 2022\n", "年度", "写了两次"),
    "broken YAML": (ANZE, "{档次: 3, 金额: 500}", "{档次: 3, 金额: 500", "全文", "不配对"),
    "a part that points elsewhere": (
        ANZE,
        "    - {档次: 2, 金额: 300}",
        "    - &x {档次: 2, 金额: 300}\n    - *x",
        "第3条",
        "引用了别处",
    ),
    "a type mark": (
        ANZE,
        "年度: 2021\n",
        "年度: !!python/name:os.system 2021\n",
        "年度",
        "类型标记",
    ),
    "a county code of five digits": (ANZE, '"141026"', '"14102"', "县区", "「14102」"),
    "a county code without quotes": (ANZE, '"141026"', "141026", "县区", "141026"),
    "an unknown scheme": (
        ANZE,
        "险种: 城乡居民基本养老保险\n年度",
        "险种: 养老\n年度",
        "险种",
        "养老",
    ),
    "a year far away": (ANZE, "年度: 2021\n", "年度: 1921\n", "年度", "超出范围"),
    "a year the windows do not fit": (ANZE, "年度: 2021\n", "年度: 2024\n", "征缴期", "超过一年"),
    "a day that does not exist": (YINGZHOU, "2021-10-10", "2021-02-29", "至", "2021-02-29"),
    "a date in other writing": (YINGZHOU, "2021-10-10", "2021年10月10日", "至", "2021年"),
    "a window that ends before it begins": (YINGZHOU, "2021-10-10", "2020-10-10", "至", "早于"),
    "days of the month reversed": (
        ANZE,
        "每月: 1至25日, 节假日顺延: 否}\n    - {种类: 集",
        "每月: 25至1日, 节假日顺延: 否}\n    - {种类: 集",
        "每月",
        "25至1日",
    ),
    "holidays that move the window": (
        ANZE,
        "节假日顺延: 否}\n\n",
        "节假日顺延: 是}\n\n",
        "节假日",
        "是",
    ),
    "an extension for nobody": (MEDICAL, "身份: 新增贫困人口, ", "", "身份", "必须写对象"),
    "an unknown document": (
        ANZE,
        "依据: 征缴通知 四（一）\n  明细:\n    - {档",
        "依据: 通知 四（一）\n  明细:\n    - {档",
        "依据",
        "没有在「文件」里列出",
    ),
    "a citation without article": (ANZE, "依据: 征缴通知 三", "依据: 征缴通知", "依据", "征缴通知"),
    "no citation at all": (
        ANZE,
        "征缴期:\n  依据: 征缴通知 三\n",
        "征缴期:\n",
        "依据",
        "没有写依据",
    ),
    "a tier twice": (ANZE, "{档次: 2, 金额: 300}", "{档次: 2, 金额: 200}", "第2条", "写了两次"),
    "a tier number left out": (
        ANZE,
        "{档次: 2, 金额: 300}",
        "{档次: 3, 金额: 300}",
        "档次",
        "不连续",
    ),
    "tiers out of order": (
        ANZE,
        "{档次: 2, 金额: 300}",
        "{档次: 2, 金额: 600}",
        "金额",
        "比上一档少",
    ),
    "a tier without number": (
        ANZE,
        "{档次: 2, 金额: 300}",
        "{金额: 300}",
        "档次",
        "没有写档次编号",
    ),
    "a negative tier": (ANZE, "{档次: 2, 金额: 300}", "{档次: 2, 金额: -300}", "金额", "超出范围"),
    "a tier in words": (ANZE, "{档次: 2, 金额: 300}", "{档次: 2, 金额: 三百}", "金额", "三百"),
    "a tier of nothing": (ANZE, "{档次: 1, 金额: 200}", "{档次: 1, 金额: 0}", "金额", "是 0"),
    "a subsidy with float noise": (
        ANZE,
        "补贴: 35}",
        "补贴: 35.000000000000004}",
        "补贴",
        "两位小数",
    ),
    "a subsidy in words": (ANZE, "补贴: 35}", "补贴: 三十五}", "补贴", "三十五"),
    "a negative subsidy": (ANZE, "补贴: 35}", "补贴: -35}", "补贴", "超出范围"),
    "a subsidy for a missing tier": (
        ANZE,
        "{缴费: 300, 补贴: 40}",
        "{缴费: 350, 补贴: 40}",
        "第2条",
        "没有这样的档次",
    ),
    "a tier without subsidy": (
        ANZE,
        "    - {缴费: 300, 补贴: 40}\n",
        "",
        "第2条",
        "300 元没有写补贴",
    ),
    "a gap between bands": (
        YINGZHOU,
        "{缴费满: 2000, 补贴: 200}",
        "{缴费超过: 2000, 补贴: 200}",
        "第12条",
        "2000 元没有写补贴",
    ),
    "a tier subsidised twice": (
        ANZE,
        "{缴费: 300, 补贴: 40}",
        "{缴费: 300, 补贴: 40}\n    - {缴费: 300, 补贴: 45}",
        "第3条",
        "重叠",
    ),
    "bands that overlap": (
        YINGZHOU,
        "{缴费满: 2000, 补贴: 200}",
        "{缴费满: 2000, 补贴: 200}\n    - {缴费满: 5500, 补贴: 300}",
        "第13条",
        "重叠",
    ),
    "a band that touches a tier": (
        YINGZHOU,
        "{缴费满: 2000, 补贴: 200}",
        "{缴费满: 1500, 补贴: 200}",
        "第12条",
        "重叠",
    ),
    "a band upside down": (
        YINGZHOU,
        "{缴费满: 2000, 补贴: 200}",
        "{缴费满: 2000, 缴费不满: 1000, 补贴: 200}",
        "第12条",
        "上限小于下限",
    ),
    "a subsidy for nothing in particular": (
        YINGZHOU,
        "{缴费满: 2000, 补贴: 200}",
        "{补贴: 200}",
        "第12条",
        "重叠",
    ),
    "a subsidy without amount": (
        ANZE,
        "{缴费: 300, 补贴: 40}",
        "{缴费: 300}",
        "第2条",
        "没有写补贴多少",
    ),
    "an unknown identity": (YINGZHOU, "身份: 低保对象", "身份: 低保户", "身份", "低保户"),
    "a graded identity without grade": (
        YINGZHOU,
        "{身份: 残疾人, 等级: 1至2级,",
        "{身份: 残疾人,",
        "等级",
        "没有写等级",
    ),
    "a grade where there is none": (
        YINGZHOU,
        "{身份: 低保对象,",
        "{身份: 低保对象, 等级: 1至2级,",
        "等级",
        "不分等级",
    ),
    "a grade in other writing": (YINGZHOU, "等级: 1至2级", "等级: 二级以上", "等级", "二级以上"),
    "an identity twice": (YINGZHOU, "{身份: 特困人员,", "{身份: 低保对象,", "第3条", "写了两次"),
    "an identity under two names": (
        ANZE,
        "{身份: 五保对象,",
        "{身份: 低保对象,",
        "第3条",
        "写了两次",
    ),
    "a proxy payment that is no tier": (
        YINGZHOU,
        "{身份: 低保对象, 代缴: 100}",
        "{身份: 低保对象, 代缴: 150}",
        "第2条",
        "不是档次",
    ),
    "aid and own part that do not add up": (
        MEDICAL,
        "身份: 低保对象, 代缴: 250, 个人缴费: 30",
        "身份: 低保对象, 代缴: 250, 个人缴费: 20",
        "第3条",
        "270",
    ),
    "shares that do not add to the whole": (YINGZHOU, "比例: 100%", "比例: 99.9%", "比例", "99.9%"),
    "a share twice": (
        YINGZHOU,
        "{项目: 代缴, 承担: 县级, 比例: 100%}",
        "{项目: 代缴, 承担: 县级, 比例: 50%}\n    - {项目: 代缴, 承担: 县级, 比例: 50%}",
        "第2条",
        "写了两次",
    ),
    "back payment left unsaid": (
        ANZE,
        "    - {缴费补贴: 无, 依据: 未写明 补缴不享受缴费补贴}\n",
        "",
        "补缴",
        "缺少「缴费补贴」",
    ),
    "an age without number": (
        ANZE,
        "{条件: 最低年龄, 数值: 16}",
        "{条件: 最低年龄}",
        "数值",
        "要写数值",
    ),
    "ages crossed": (ANZE, "数值: 16}", "数值: 61}", "数值", "不大于最低年龄"),
    "a scheme that requires itself": (
        COUNTIES / "141026-anze" / "2021-supplementary.yaml",
        "险种: 城乡居民基本养老保险}",
        "险种: 城乡居民补充养老保险}",
        "险种",
        "就是本险种",
    ),
    "an unknown provision": (YINGZHOU, "规定: 未变更档次", "规定: 档次不变", "规定", "档次不变"),
    "a provision with another's words": (
        YINGZHOU,
        "内容: 沿用上年档次",
        "内容: 次年生效",
        "内容",
        "次年生效",
    ),
    "an unknown format": (ANZE, "格式: 1", "格式: 2", "格式", "2"),
}

# Written into 安泽's basic policy, each one wrong thing that only the larger language can say.
WRONG_IN_ANZE = {
    "a tier for those who paid some years": (
        "{档次: 10, 金额: 5000}",
        "{档次: 10, 金额: 5000, 缴费年数满: 5}",
        "缴费年数满",
        "不能按缴费、补缴、补贴或居住的年数分人",
    ),
    "a window for those who paid some years": (
        "至: 2021-12-31, 每月: 1至25日, 节假日顺延: 否}",
        "至: 2021-12-31, 每月: 1至25日, 节假日顺延: 否, 连续缴费年数满: 5}",
        "连续缴费年数满",
        "不能按缴费、补缴、补贴或居住的年数分人",
    ),
    "a least age for one sex": (
        "{条件: 最低年龄, 数值: 16}",
        "{条件: 最低年龄, 数值: 16, 性别: 女}",
        "性别",
        "只有「未满年龄」",
    ),
    "a pension age for women alone": (
        "{条件: 未满年龄, 数值: 60,",
        "{条件: 未满年龄, 数值: 55, 性别: 女,",
        "第6条",
        "没有写其他人",
    ),
    "a pension age below the least": (
        "{条件: 未满年龄, 数值: 60,",
        "{条件: 未满年龄, 数值: 60}\n    - {条件: 未满年龄, 数值: 15, 性别: 女,",
        "数值",
        "不大于最低年龄",
    ),
    "a subsidy by years of residence": (
        "{缴费: 5000, 补贴: 300}",
        "{缴费: 5000, 补贴: 300, 居住年数满: 5}",
        "居住年数满",
        "缴费时不知道「居住年数」",
    ),
    "a subsidy that is a part of the account": (
        "{缴费: 5000, 补贴: 300}",
        "{缴费: 5000, 比例: 1%, 基数: 个人账户余额}",
        "基数",
        "缴费时不知道「个人账户余额」",
    ),
    "a proxy payment by subsidised years": (
        "{身份: 低保对象, 代缴: 未定}",
        "{身份: 低保对象, 代缴: 未定, 已补年数不满: 5}",
        "已补年数不满",
        "代缴不能按已补年数",
    ),
    "a tier for all but a sub-area that its subsidy leaves out too": (
        "{缴费: 5000, 补贴: 300}",
        '{缴费: 5000, 补贴: 300, 不含片区: "141026101"}',
        "档次 第10条",
        "没有写补贴",
    ),
    "a sub-area left out that nobody named": (
        "{缴费: 5000, 补贴: 300}",
        "{缴费: 5000, 补贴: 300, 不含片区: 山区}",
        "不含片区",
        "不认识片区",
    ),
    "two graded identities at once": (
        "{缴费: 5000, 补贴: 300}",
        "{缴费: 5000, 补贴: 300, 身份: 残疾人, 等级: 1级, 并有身份: 节育手术并发症人员}",
        "并有身份",
        "分不清等级是谁的",
    ),
    "a subsidy that is given once": (
        "{缴费: 5000, 补贴: 300}",
        "{缴费: 5000, 补贴: 300, 发放: 一次性}",
        "发放",
        "这一段没有这一项",
    ),
    "two days of one side": (
        "其他规定:\n",
        "待遇:\n  依据: 征缴通知 三\n  明细:\n"
        "    - {项目: 补助, 金额: 1, 缴费日自: 2021-01-01, 领取日自: 2021-07-01}\n其他规定:\n",
        "日自",
        "同一头写了两个界限",
    ),
    "an age without its day": (
        "补贴: 300}",
        "补贴: 300, 年龄满: 45}",
        "年龄计算日",
        "没有写年龄按哪天算",
    ),
    "a day for an age that is not asked": (
        "补贴: 300}",
        "补贴: 300, 年龄计算日: 年末}",
        "年龄计算日",
        "没有写年龄",
    ),
    "ages for some leave a gap for others": (
        "补贴: 300}",
        "补贴: 300, 年龄满: 45, 年龄计算日: 年末}",
        "档次 第10条",
        "没有写补贴",
    ),
    "a subsidy for women leaves men without": (
        "补贴: 300}",
        "补贴: 300, 性别: 女}",
        "档次 第10条",
        "男没有写补贴",
    ),
    "ages that overlap": (
        "{缴费: 5000, 补贴: 300}",
        "{缴费: 5000, 补贴: 300, 年龄不超过: 45, 年龄计算日: 年末}\n"
        "    - {缴费: 5000, 补贴: 320, 年龄满: 45, 年龄计算日: 年末}",
        "第11条",
        "重叠",
    ),
    "an identity's own table without a rank": (
        "{缴费: 5000, 补贴: 300}",
        "{缴费: 5000, 补贴: 300}\n    - {缴费: 5000, 补贴: 320, 身份: 低保对象}",
        "第11条",
        "重叠",
    ),
    "two bounds at one end": (
        "{缴费: 5000, 补贴: 300}",
        "{缴费满: 4500, 缴费超过: 4000, 补贴: 300}",
        "缴费超过",
        "同一头写了两个界限",
    ),
    "a lifetime cap and a yearly one in one entry": (
        "{缴费: 5000, 补贴: 300}",
        "{缴费: 5000, 补贴: 300}\n    - {终身封顶: 3000, 年度封顶: 300}",
        "第11条",
        "一条写了两个上限",
    ),
    "a cap twice": (
        "{缴费: 5000, 补贴: 300}",
        "{缴费: 5000, 补贴: 300}\n    - {终身封顶: 3000}\n    - {终身封顶: 2000}",
        "第12条",
        "同一规定写了两次",
    ),
    "a floor above the cap": (
        "{缴费: 5000, 补贴: 300}",
        "{缴费: 5000, 比例: 5%, 保底: 300, 封顶: 200}",
        "保底",
        "比封顶还高",
    ),
    "a share of nothing known": (
        "{缴费: 5000, 补贴: 300}",
        "{缴费: 5000, 比例: 5%, 基数: 平均工资}",
        "基数",
        "平均工资",
    ),
    "a base without a rate": (
        "{缴费: 5000, 补贴: 300}",
        "{缴费: 5000, 补贴: 300, 基数: 最低档次}",
        "基数",
        "没有写比例",
    ),
    "an index of a year that is missing": (
        "{缴费: 5000, 补贴: 300}",
        "{缴费: 5000, 比例: 1%, 基数: 收入, 基数年: 2015}",
        "基数",
        "没有 2015 年的数值",
    ),
    "an amount by an unknown index": (
        "{档次: 10, 金额: 5000}",
        "{档次: 10, 金额: {指标: 工资, 比例: 8%}}",
        "指标",
        "不认识指标",
    ),
    "a rounding nobody knows": (
        "{缴费: 5000, 补贴: 300}",
        "{缴费: 5000, 比例: 5%, 取整: 见分进角}",
        "取整",
        "见分进角",
    ),
    "steps by nothing": (
        "{缴费: 5000, 补贴: 300}",
        "{缴费: 5000, 补贴: 300, 递增: {按: 身高, 起算: 1, 增加: 5}}",
        "按",
        "身高",
    ),
    "a rate of the table that replaces the table": (
        "{缴费: 5000, 补贴: 300}",
        "{缴费: 5000, 补贴: 300}\n    - {次序: 1, 缴费: 5000, 比例: 10%, 基数: 已定补贴}",
        "基数",
        "只能加在上面",
    ),
    "a floor nobody filled in": (
        "{缴费: 5000, 补贴: 300}",
        "{缴费: 5000, 不低于: 300}",
        "不低于",
        "县里没有填",
    ),
    "an addition given twice": (
        "{缴费: 5000, 补贴: 300}",
        "{缴费: 5000, 补贴: 300}\n    - {补贴: 20, 身份: 低保对象, 方式: 叠加}\n"
        "    - {补贴: 20, 身份: 低保对象, 方式: 叠加}",
        "第12条",
        "同一条叠加写了两次",
    ),
    "an unknown identity": (
        "{缴费: 5000, 补贴: 300}",
        "{缴费: 5000, 补贴: 300}\n    - {补贴: 20, 身份: 村干部, 方式: 叠加}",
        "身份",
        "不认识身份「村干部」",
    ),
    "grades of somebody without grades": (
        "{缴费: 5000, 补贴: 300}",
        "{缴费: 5000, 补贴: 300}\n    - {补贴: 20, 身份: 低保对象, 等级: 1至2级, 方式: 叠加}",
        "等级",
        "不分等级",
    ),
    "an unknown sub-area": (
        "{档次: 10, 金额: 5000}",
        "{档次: 10, 金额: 5000, 片区: 山区}",
        "片区",
        "山区",
    ),
    "a range without an end": (
        "{档次: 10, 金额: 5000}",
        "{档次: 10, 金额自: 5000}",
        "第10条",
        "缺少「金额至」",
    ),
    "a range that ends before it begins": (
        "{档次: 10, 金额: 5000}",
        "{档次: 10, 金额自: 5000, 金额至: 4500}",
        "金额至",
        "上限小于下限",
    ),
    "a range that covers another tier": (
        "{档次: 10, 金额: 5000}",
        "{档次: 10, 金额自: 4000, 金额至: 5000}",
        "第10条",
        "写了两次",
    ),
    "a range with a gap between its bands": (
        "{档次: 10, 金额: 5000}",
        "{档次: 10, 金额自: 5000, 金额至: 6000}",
        "档次 第10条",
        "超过5000 不超过6000 元没有写补贴",
    ),
    "steps that miss the upper bound": (
        "{档次: 10, 金额: 5000}",
        "{档次: 10, 金额自: 5000, 金额至: 5250, 每级: 100}",
        "上限可缴",
        "没有写上限能不能缴",
    ),
    "two tiers for who never chose": (
        "    - {档次: 9, 金额: 4000}\n    - {档次: 10, 金额: 5000}",
        "    - {档次: 9, 金额: 4000, 默认: 是}\n    - {档次: 10, 金额: 5000, 默认: 是}",
        "默认",
        "两个默认档次",
    ),
    "an old tier that became two": (
        "    - {档次: 9, 金额: 4000}\n    - {档次: 10, 金额: 5000}",
        "    - {档次: 9, 金额: 4000, 旧档次: 100}\n    - {档次: 10, 金额: 5000, 旧档次: 100}",
        "旧档次",
        "对应了两个新档次",
    ),
    "parts of a year that never make a tier": (
        "档次:\n  依据: 征缴通知 四（一）\n",
        "档次:\n  依据: 征缴通知 四（一）\n  缴纳方式: [按年, 按月]\n",
        "缴纳方式",
        "没有写几次怎样合并",
    ),
    "a proxy payment of an unknown tier": (
        "{身份: 低保对象, 代缴: 未定}",
        "{身份: 低保对象, 标准: 第12档}",
        "标准",
        "没有这样的档次",
    ),
    "a proxy payment above its own standard": (
        "{身份: 低保对象, 代缴: 未定}",
        "{身份: 低保对象, 代缴: 300, 标准: 最低档次, 个人缴费: 其余}",
        "代缴",
        "比标准还高",
    ),
    "the rest of nothing": (
        "{身份: 低保对象, 代缴: 未定}",
        "{身份: 低保对象, 代缴: 100, 个人缴费: 其余}",
        "个人缴费",
        "没有写是什么的其余",
    ),
    "an impossible day of certification": (
        "{身份: 低保对象, 代缴: 未定}",
        "{身份: 低保对象, 代缴: 200, 认定日: 2021-02-30}",
        "认定日",
        "2021-02-30",
    ),
    "a list of ranks that forgets somebody": (
        "  多重身份: 就高\n",
        "  多重身份: 按次序\n  身份次序:\n    - {次序: [低保对象]}\n",
        "身份次序",
        "没有列入",
    ),
    "fixed shares that leave something over": (
        "其他规定:\n",
        "资金分担:\n  依据: 征缴通知 四\n  明细:\n"
        "    - {项目: 缴费补贴, 承担: 省级, 金额: 30}\n其他规定:\n",
        "金额",
        "定额之外没有人承担",
    ),
    "a part of the sum that nobody bears": (
        "其他规定:\n",
        "资金分担:\n  依据: 征缴通知 四\n  明细:\n"
        "    - {项目: 缴费补贴, 承担: 省级, 比例: 100%, 部分不超过: 100}\n"
        "    - {项目: 缴费补贴, 承担: 县级, 比例: 60%, 部分超过: 100}\n其他规定:\n",
        "比例",
        "合计 60%",
    ),
    "two that bear the rest": (
        "其他规定:\n",
        "资金分担:\n  依据: 征缴通知 四\n  明细:\n"
        "    - {项目: 代缴, 承担: 省级, 其余: 是}\n"
        "    - {项目: 代缴, 承担: 县级, 其余: 是}\n其他规定:\n",
        "其余",
        "有两方承担其余",
    ),
    "a target that goes down": (
        "其他规定:\n",
        "任务:\n  依据: 征缴通知 三\n  明细:\n"
        "    - {截至: 2021-03-31, 完成比例: 90%}\n"
        "    - {截至: 2021-06-30, 完成比例: 85%}\n其他规定:\n",
        "完成比例",
        "比前一阶段低",
    ),
    "two pensions for one person": (
        "其他规定:\n",
        "待遇:\n  依据: 征缴通知 三\n  明细:\n"
        "    - {项目: 基础养老金, 金额: 120}\n"
        "    - {项目: 基础养老金, 金额: 130, 年龄满: 65, 年龄计算日: 缴费日}\n其他规定:\n",
        "第2条",
        "待遇重叠",
    ),
    "a divisor of nothing": (
        "其他规定:\n",
        "待遇:\n  依据: 征缴通知 三\n  明细:\n"
        "    - {项目: 个人账户养老金, 比例: 100%, 基数: 个人账户余额, 除以: 0}\n其他规定:\n",
        "除以",
        "是 0",
    ),
    "dates of payment that run backwards": (
        "{缴费: 5000, 补贴: 300}",
        "{缴费: 5000, 补贴: 300, 缴费日自: 2021-07-01, 缴费日至: 2021-06-30}",
        "缴费日至",
        "早于起始日",
    ),
    "half a year without subsidy": (
        "{缴费: 5000, 补贴: 300}",
        "{缴费: 5000, 补贴: 300, 缴费日自: 2021-07-01}",
        "档次 第10条",
        "缴费日不满2021-07-01没有写补贴",
    ),
    "a local identity that is known already": (
        "参保条件:\n",
        "身份:\n  孤儿: {依据: 征缴通知 七}\n参保条件:\n",
        "身份 孤儿",
        "系统里已有",
    ),
    "a sub-area of another county": (
        "参保条件:\n",
        '片区:\n  山区: ["990100101"]\n参保条件:\n',
        "山区",
        "不在本县区",
    ),
    "a class the county does not name": (
        "其他规定:\n",
        "资金分担:\n  依据: 征缴通知 四\n  明细:\n"
        "    - {项目: 代缴, 承担: 省级, 比例: 100%, 县区类别: 一类}\n其他规定:\n",
        "县区类别",
        "没有写本县的类别",
    ),
    "back payments capped at no tier": (
        "{须先核定: 是, 依据",
        "{须先核定: 是, 封顶档次: 第20档, 依据",
        "封顶档次",
        "没有这样的档次",
    ),
}
# Slips of somebody who writes by ear: what the file said, the field, and what the remedy must name.
BY_EAR = {
    "a percentage as a fraction of one": (
        "{缴费: 5000, 补贴: 300}",
        "{缴费: 5000, 比例: 0.06}",
        "比例",
        "如 30%",
    ),
    "an identity as people call it": ("{身份: 低保对象,", "{身份: 低保户,", "身份", "低保对象"),
    "a pension age by its name": ("{条件: 未满年龄, 数值", "{条件: 到龄, 数值", "条件", "未满年龄"),
    "an exception by area": (
        "{缴费: 5000, 补贴: 300}",
        '{缴费: 5000, 补贴: 300, 片区除外: "141026101"}',
        "片区除外",
        "不含片区",
    ),
    "what nobody's book knows": (
        "{缴费: 5000, 补贴: 300}",
        "{缴费: 5000, 补贴: 300, 任职年数满: 3}",
        "任职年数满",
        "本地身份",
    ),
    "money that is given once": (
        "{缴费: 5000, 补贴: 300}",
        "{缴费: 5000, 补贴: 300, 发放: 一次性}",
        "发放",
        "写在待遇段",
    ),
    "a grade in Chinese figures": ("等级: 1至2级", "等级: 一级", "等级", "1至2级"),
    "a proxy payment of the whole": (
        "{身份: 低保对象, 代缴: 未定}",
        "{身份: 低保对象, 代缴: 全额}",
        "代缴",
        "标准: 最低档次",
    ),
    "a proxy payment of a tier": (
        "{身份: 低保对象, 代缴: 未定}",
        "{身份: 低保对象, 代缴: 最低档次}",
        "代缴",
        "标准: 最低档次",
    ),
    "a sum that only proxy payments could have": (
        "{身份: 低保对象, 代缴: 未定}",
        "{身份: 低保对象, 代缴: 100}",
        "代缴 第2条",
        "代缴专用",
    ),
    "a village beside the amount": (
        "{缴费: 5000, 补贴: 300}",
        "{缴费: 5000, 补贴: 300, 村: 东湾村}",
        "村",
        "片区",
    ),
    "an age without a bound": (
        "{缴费: 5000, 补贴: 300}",
        "{缴费: 5000, 补贴: 300, 年龄: 45}",
        "年龄",
        "年龄满",
    ),
    "yuan in words": ("{档次: 10, 金额: 5000}", "{档次: 10, 金额: 5000元}", "金额", "只写数字"),
    "a sum and above": (
        "{缴费: 5000, 补贴: 300}",
        "{缴费: 5000以上, 补贴: 300}",
        "缴费",
        "只写数字",
    ),
    "years with their unit": ("{累计年限上限: 15,", "{累计年限上限: 15年,", "累计年限上限", "整数"),
    "a list of tiers": (
        "{缴费: 5000, 补贴: 300}",
        "{档次: [9, 10], 补贴: 300}",
        "档次",
        "整数",
    ),
    "a payer by half his name": (
        "其他规定:\n",
        "资金分担: {依据: 征缴通知 四, 明细: [{项目: 代缴, 承担: 省, 比例: 100%}]}\n其他规定:\n",
        "承担",
        "省级",
    ),
    "a share of a benefit that is not there": (
        "其他规定:\n",
        "资金分担: {依据: 征缴通知 四, 明细: [{项目: 基础养老金, 承担: 省级, 比例: 100%}]}\n"
        "其他规定:\n",
        "项目",
        "待遇",
    ),
    "thirds that are two": (
        "其他规定:\n",
        "资金分担:\n  依据: 征缴通知 四\n  明细:\n"
        "    - {项目: 代缴, 承担: 省级, 比例: 1/3}\n"
        "    - {项目: 代缴, 承担: 县级, 比例: 1/3}\n其他规定:\n",
        "比例",
        "核对各级比例",
    ),
    "a part above a sum, for those below it too": (
        "{缴费: 5000, 补贴: 300}",
        "{缴费: 5000, 补贴: 300}\n    - {比例: 10%, 超过部分: 500, 方式: 叠加}",
        "超过部分",
        "缴费超过: 500",
    ),
    "steps that add nothing": (
        "{缴费: 5000, 补贴: 300}",
        "{缴费: 5000, 补贴: 300, 递增: {按: 档次, 起算: 1}}",
        "递增",
        "增加比例",
    ),
    "months outside the range": (
        "至: 2021-06-30, 每月",
        "至: 2021-06-30, 月份: [7, 9], 每月",
        "月份",
        "起止日期",
    ),
    "a tier number and a band at once": (
        "{缴费: 5000, 补贴: 300}",
        "{缴费满: 5000, 档次: 10, 补贴: 300}",
        "第10条",
        "只用",
    ),
    "a base that is a count": (
        "{缴费: 5000, 补贴: 300}",
        "{缴费: 5000, 比例: 10%, 基数: 缴费年数}",
        "基数",
        "平均缴费",
    ),
}
INDEXED = "指标:\n  收入: {周期: 年, 数值: {2020: 20000}, 依据: 征缴通知 四}\n参保条件:\n"


def changed(path, old, new):
    text = path.read_text("utf-8")
    assert text.count(old) >= 1, f"{old!r} stands no longer in {path.name}"
    return text.replace(old, new, 1)


@pytest.mark.parametrize("path", POLICY_FILES, ids=lambda path: path.stem)
@pytest.mark.requirement("A02", "Y01", "Y12", "M01")
def test_every_shipped_policy_file_has_no_fault(path):
    assert check_file(path) == []


@pytest.mark.parametrize(
    ("path", "old", "new", "field", "reason"), WRONG.values(), ids=WRONG.keys()
)
def test_a_wrong_file_is_refused_with_field_reason_and_remedy(path, old, new, field, reason):
    faults = check_text(changed(path, old, new))

    assert any(field in fault.field and reason in fault.reason for fault in faults), faults
    assert all(fault.remedy for fault in faults)


def test_a_fault_names_the_line_on_which_it_stands():
    lines = ANZE.read_text("utf-8").split("\n")
    wrong_line = lines.index("    - {缴费: 700, 补贴: 80}") + 1
    lines[wrong_line - 1] = "    - {缴费: 700, 补贴: 80.001}"

    (fault,) = check_text("\n".join(lines))

    assert fault.line == wrong_line
    assert (
        str(fault) == f"第 {wrong_line} 行「补贴 第4条 补贴」80.001 超过两位小数，按文件写到元或分"
    )


@pytest.mark.parametrize(
    ("old", "new", "field", "reason"), WRONG_IN_ANZE.values(), ids=WRONG_IN_ANZE.keys()
)
def test_what_the_language_can_say_wrongly_is_refused_too(old, new, field, reason):
    text = changed(ANZE, old, new)
    if new != INDEXED:
        text = text.replace("参保条件:\n", INDEXED, 1)

    faults = check_text(text)

    assert any(field in fault.field and reason in fault.reason for fault in faults), faults
    assert all(fault.remedy for fault in faults)


@pytest.mark.parametrize(("old", "new", "field", "remedy"), BY_EAR.values(), ids=BY_EAR.keys())
def test_a_slip_is_answered_with_the_word_that_was_meant(old, new, field, remedy):
    faults = check_text(changed(ANZE, old, new))

    assert any(field in fault.field and remedy in fault.remedy for fault in faults), faults


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "没有内容"),
        ("格式: 1".encode("utf-16"), "不是 UTF-8 编码"),
        (b"x" * 100_001, "超过 100 KB"),
        (b"[" * 90_000, "括号套得太深"),
        (b"- " * 45_000, "配对"),
        (b"- 1\n- 2\n", "写的是"),
        (b"just words", "写的是"),
        (b"a: 1\n---\nb: 2\n", "配对"),
        (b"\x00", "配对"),
    ],
)
def test_what_is_no_policy_file_at_all_is_refused_too(raw, reason):
    faults = check_text(raw)

    assert len(faults) == 1
    assert reason in faults[0].reason


@pytest.mark.django_db
def test_a_faulty_file_loads_nothing():
    with pytest.raises(PolicyFileFaulty) as refusal:
        load_policy(changed(ANZE, "补贴: 35}", "补贴: 35.001}"))

    assert refusal.value.code == "policy_file_faulty"
    assert "第 " in str(refusal.value)
    assert not PolicyVersion.objects.exists()
    assert not Source.objects.exists()


@pytest.mark.django_db
def test_the_command_says_every_fault_and_fails(tmp_path, capsys):
    path = tmp_path / "wrong.yaml"
    path.write_text(changed(ANZE, "补贴: 35}", "补贴: 35.001}"), "utf-8")

    with pytest.raises(CommandError):
        call_command("check_policy", path, ANZE)

    said = capsys.readouterr().out
    assert "wrong.yaml: 第 " in said
    assert "2021-basic.yaml：可以录入" in said
