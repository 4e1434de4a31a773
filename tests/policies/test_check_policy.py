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
    "a missing amount": (ANZE, "{档次: 2, 金额: 300}", "{档次: 2}", "第2条", "缺少「金额」"),
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
    "an extension for nobody": (MEDICAL, "对象: 新增贫困人口, ", "", "对象", "必须写对象"),
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
        "没有写清",
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

# A shape of another county, the entry that says it, and the name by which it is refused.
UNSAYABLE = {
    "补贴 终身封顶": (ANZE, "补贴: 300}", "补贴: 300, 终身封顶: 3000}", "终身补贴上限"),
    "补贴 封顶年数": (ANZE, "补贴: 300}", "补贴: 300, 封顶年数: 15}", "补贴年数上限"),
    "补贴 年龄满": (ANZE, "补贴: 300}", "补贴: 300, 年龄满: 45}", "按年龄分段的补贴"),
    "补贴 性别": (ANZE, "补贴: 300}", "补贴: 300, 性别: 女}", "按性别的补贴"),
    "补贴 身份替代": (ANZE, "补贴: 300}", "补贴: 300, 身份: 低保对象}", "某类身份单独一套补贴"),
    "档次 区间": (
        ANZE,
        "{档次: 2, 金额: 300}",
        "{档次: 2, 金额自: 300, 金额至: 400}",
        "区间内任意金额",
    ),
    "档次 基数": (ANZE, "{档次: 2, 金额: 300}", "{档次: 2, 占基数比例: 8%}", "外部基数的百分比"),
    "档次 按月": (
        ANZE,
        "档次: 2, 金额: 300",
        "档次: 2, 金额: 300, 缴纳方式: 按月",
        "按月、按季缴费",
    ),
    "档次 片区": (ANZE, "档次: 2, 金额: 300", "档次: 2, 金额: 300, 适用乡镇: 甲镇", "分片区的档次"),
    "代缴 抵扣": (
        YINGZHOU,
        "{身份: 低保对象, 代缴: 100}",
        "{身份: 低保对象, 代缴: 100, 抵扣: 是}",
        "代缴额抵扣其他档次",
    ),
    "代缴 所选档次": (
        YINGZHOU,
        "{身份: 低保对象, 代缴: 100}",
        "{身份: 低保对象, 占所选档次: 50%}",
        "按所选档次比例代缴",
    ),
    "补缴 临近到龄": (
        YINGZHOU,
        "{缴费补贴: 无}",
        "{缴费补贴: 无, 临近到龄享受补贴: 是}",
        "制度实施时临近到龄者补缴享受补贴",
    ),
    "征缴期 首次参保": (
        ANZE,
        "每月: 1至25日,",
        "每月: 1至25日, 首次参保除外: 是,",
        "首次参保不受限的征缴期",
    ),
    "资金分担 分段": (YINGZHOU, "比例: 100%", "比例: 100%, 不超过: 30", "分段分担"),
    "待遇": (ANZE, "其他规定:\n", "待遇:\n  明细: []\n其他规定:\n", "待遇计发规则"),
    "修订": (ANZE, "其他规定:\n", "修订: 2020年通知\n其他规定:\n", "只修改部分档次的修订文件"),
}


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


@pytest.mark.parametrize(("path", "old", "new", "name"), UNSAYABLE.values(), ids=UNSAYABLE.keys())
def test_a_shape_that_cannot_run_yet_is_refused_by_name(path, old, new, name):
    faults = check_text(changed(path, old, new))

    assert {fault.reason for fault in faults} == {f"暂不能表达的规则形状：{name}"}


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


def test_the_command_says_every_fault_and_fails(tmp_path, capsys):
    path = tmp_path / "wrong.yaml"
    path.write_text(changed(ANZE, "补贴: 35}", "补贴: 35.001}"), "utf-8")

    with pytest.raises(CommandError):
        call_command("check_policy", path, ANZE)

    said = capsys.readouterr().out
    assert "wrong.yaml: 第 " in said
    assert "2021-basic.yaml：可以录入" in said
