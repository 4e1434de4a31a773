"""What can be wrong with one row of a roster, in words that say what to mend (退回原因与改法).

A fault is kept as a code with its particulars; here stand the sentences. They never hold an
identity number, a phone or an account: who mends the row has the file, others may read this.
"""

from typing import NamedTuple

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from enrollment import eligibility
from pension_portal.identity import SENTENCES as ID_SENTENCES


class Fault(NamedTuple):
    """One kind of fault: why the row was not taken, and what to do."""

    reason: str
    remedy: str


FAULTS = {
    "name_missing": Fault(_("姓名是空的"), _("对照证件补填姓名")),
    "name_too_long": Fault(_("姓名超过 %(most)s 个字"), _("核对是否与别的列连在一起")),
    "town_unknown": Fault(
        _("没有叫「%(text)s」的乡镇街道"), _("按行政区划名称改写，或由县级登记为别名")
    ),
    "town_outside": Fault(
        _("「%(text)s」不在本次导入的范围（%(area)s）内"), _("删去此行，交由该乡镇或县级导入")
    ),
    "village_missing": Fault(_("没有写村（社区）"), _("补填村（社区）名称")),
    "village_unknown": Fault(
        _("%(town)s没有叫「%(text)s」的村（社区）"), _("按行政区划名称改写，或由县级登记为别名")
    ),
    "village_unclear": Fault(
        _("有几个乡镇都有「%(text)s」"), _("补填「乡镇（街道）」列，写明是哪个乡镇")
    ),
    "sex_unknown": Fault(_("性别「%(text)s」看不懂"), _("只填「男」或「女」，也可以留空")),
    "sex_differs": Fault(_("性别与证件号码第 17 位不符"), _("对照证件核对性别和证件号码")),
    "born_unreadable": Fault(_("出生日期「%(text)s」不是日期"), _("写成 1975-03-02，也可以留空")),
    "born_differs": Fault(
        _("出生日期与证件号码第 7 至 14 位不符"), _("对照证件核对出生日期和证件号码")
    ),
    "phone_odd": Fault(
        _("联系电话不是 7 至 12 位数字，没有收下"), _("核对位数；同一格只填一个号码")
    ),
    "scheme_unknown": Fault(
        _("参保险种「%(text)s」看不懂"), _("填「基本」「补充」或「基本+补充」")
    ),
    "scheme_not_followed": Fault(
        _("本县没有开办居民医保"), _("在“险种开办”开办后再传，或删去医保")
    ),
    "tier_unreadable": Fault(_("缴费档次「%(text)s」看不懂"), _("填金额，如 500，或档次，如 5档")),
    "tier_not_open": Fault(
        _("%(amount)s 元不是 %(year)s 年的档次（%(tiers)s）"), _("核对档次；收缴时按当年档次核定")
    ),
    "tier_number_unknown": Fault(
        _("%(year)s 年没有第 %(number)s 档"), _("改填金额；收缴时按当年档次核定")
    ),
    "day_unreadable": Fault(_("「%(text)s」不是日期"), _("写成 2021-03-31，也可以留空")),
    "status_unknown": Fault(
        _("参保状态「%(text)s」看不懂"), _("填正常缴费、暂停缴费、待遇领取或终止")
    ),
    "life_status_unknown": Fault(_("人员状态「%(text)s」看不懂"), _("填正常、死亡或迁出")),
    "hukou_unknown": Fault(_("户籍「%(text)s」看不懂"), _("填本县、长期居住、居住证或外县")),
    "cover_unknown": Fault(
        _("其他参保情况「%(text)s」看不懂"), _("填无、职工养老保险、机关事业单位或在校学生")
    ),
    "covered_elsewhere": Fault(
        _("已登记「%(cover)s」，疑似重复参保"), _("核对职工养老和机关事业参保后再收缴")
    ),
    "identity_unknown": Fault(_("特殊身份「%(text)s」看不懂"), _("按导入模板「说明」页的名称填写")),
    "grade_unknown": Fault(_("残疾等级「%(text)s」看不懂"), _("填 1 至 4，1 级最重")),
    "identity_days_crossed": Fault(_("身份止早于身份起"), _("核对两个日期")),
    "account_odd": Fault(
        _("银行账号不是 12 至 24 位数字，没有收下"), _("按卡面抄写，整列设为文本格式")
    ),
    "repeated_with_other_name": Fault(
        _("与第 %(row)s 行证件号码相同，姓名不同"), _("对照证件核对两行的证件号码和姓名")
    ),
    "registered_in_other_town": Fault(
        _("此人已在本县其他乡镇登记"), _("先由县级办理迁移，再导入此行")
    ),
    "registered_under_other_name": Fault(
        _("与档案姓名不一致"), _("核对证件；确需改名的，走信息变更由县级审批")
    ),
    "under_sixteen": Fault(
        _("按出生日期未满 16 周岁，%(day)s 起可参保"), _("到龄后再导入，或核对参保日期")
    ),
    "supplementary_alone": Fault(
        _("没有参加基本养老保险，不能单独参加补充养老保险"), _("参保险种改为「基本+补充」")
    ),
    "grade_missing": Fault(
        _("没有等级，「%(identity)s」要分等级"), _("补填等级，或把 20 位残疾人证号填全")
    ),
    "grade_vague": Fault(
        _("等级写的是「%(text)s」，按 %(grade)s 级登记"), _("向部门要回具体等级，下次更正")
    ),
    "grade_differs": Fault(_("等级列与残疾人证号末位不一致"), _("对照残疾人证核对等级")),
    "identity_not_in_list": Fault(
        _("「%(text)s」不是这份名单认定的身份"), _("这类身份由它的认定部门另报名单")
    ),
    "word_unknown": Fault(
        _("身份「%(text)s」看不懂"), _("在「部门与名单要求」里登记这个写法，再重新核对这个文件")
    ),
    "identity_by_department": Fault(
        _("「%(identity)s」以%(department)s名单为准，花名册没有改动它"),
        _("有出入的，请部门在名单里增减"),
    ),
    "shared_account": Fault(
        _("此银行账号也登记在另外 %(others)s 人名下"), _("核对账号，各人应使用本人的卡")
    ),
    "other_account": Fault(
        _("银行账号与档案不同，没有更换"), _("确需换卡的，走信息变更由县级审批")
    ),
}
ID_REMEDY = _("对照身份证或社保卡更正")
ID_PREFIX = "id_"


def reason_of(code, detail):
    """Return why a row was not taken, in the reader's language."""
    if code.startswith(ID_PREFIX):
        return str(ID_SENTENCES[code.removeprefix(ID_PREFIX)])
    if code.startswith(eligibility.CODE_PREFIX):
        return eligibility.reason_of(code.removeprefix(eligibility.CODE_PREFIX), detail)
    return str(FAULTS[code].reason) % _translated(detail)


def remedy_of(code, detail):
    """Return what to do about it."""
    if code.startswith(ID_PREFIX):
        return str(ID_REMEDY)
    if code.startswith(eligibility.CODE_PREFIX):
        return eligibility.remedy_of(code.removeprefix(eligibility.CODE_PREFIX), detail)
    return str(FAULTS[code].remedy) % _translated(detail)


def _translated(detail):
    """Return the particulars; the names of places stay as they are written."""
    return {
        key: gettext(value) if key in ("cover", "identity") else value
        for key, value in detail.items()
    }
