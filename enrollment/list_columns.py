"""The columns of a department's list (部门名单列), and which of them belong to one person.

Departments send what they have: civil affairs one household to a row, with five pairs of name and
ID number; the disabled persons' federation a certificate number of 20 digits, which is an ID number
with a kind and a grade behind it. So the people of a row are told from what the columns hold:

    户主姓名 | 户主身份证号 | 成员姓名 | 成员身份证号 | 监护人 | 监护人身份证号
    → [Slot(name=0, number=1), Slot(name=2, number=3)]      the guardian is nobody on the list
"""

import re
from typing import NamedTuple

from enrollment.roster_columns import (
    ADDRESS,
    BY_KEY,
    CERTIFICATE,
    SAID_ON,
    WORKPLACE,
)
from pension_portal.columns import apply_mapping

HALF = 0.5

NAMES = (
    *("户主姓名", "户主", "成员姓名", "家庭成员姓名", "家庭成员", "男方姓名", "女方姓名"),
    *("丈夫姓名", "妻子姓名", "父亲姓名", "母亲姓名", "死者姓名", "死亡人员姓名", "学生姓名"),
    *("残疾人姓名", "对象姓名", "救助对象姓名", "申请人", "申请人姓名", "持证人姓名"),
)
NUMBERS = (
    *("户主身份证号码", "户主身份证号", "户主证件号码", "成员身份证号码", "成员身份证号"),
    *("申请人身份证号", "申请人身份证号码", "男方身份证号", "女方身份证号", "死者身份证号"),
)
GRADES = ("残疾级别", "级别", "残疾程度", "评残等级", "并发症等级", "救助等级", "等级名称")
WORDS = ("身份", "人群类别", "救助类型", "低保类型", "救助类别", "类别", "对象类别", "保障类别")
FROM = ("享受日期", "起始日期", "批准日期", "审批日期", "发证日期", "开始享受时间", "认定日期")
TO = ("截止日期", "有效期至", "终止日期", "结束日期", "到期日期")


def _more(key, variants, **changes):
    column = BY_KEY[key]
    return column._replace(variants=(*column.variants, *variants), **changes)


COLUMNS = (
    BY_KEY["position"],
    BY_KEY["town"],
    BY_KEY["village"],
    ADDRESS,
    _more("name", NAMES),
    _more("id_number", NUMBERS),
    CERTIFICATE,
    _more("identity", WORDS),
    _more("grade", GRADES),
    _more("identity_from", FROM),
    _more("identity_to", TO),
    BY_KEY["remark"],
)
EXCLUSION_COLUMNS = (
    BY_KEY["position"],
    BY_KEY["town"],
    BY_KEY["village"],
    ADDRESS,
    _more("name", NAMES),
    _more("id_number", NUMBERS),
    SAID_ON,
    WORKPLACE,
    BY_KEY["remark"],
)

CERTIFICATE_NUMBER = re.compile(r"([0-9]{17}[0-9X])([1-9])([1-4])(?:B[0-9])?")
# Their numbers stand in the row too, but the list is not about them.
_NOT_LISTED = re.compile(r"子女|监护|联系|经办|代办|审核|填表|代领|开户|死亡子女|村干部|协办")
_NUMBER_LABEL = re.compile(r"身份证|证件号|身份号码|公民身份|社会保障号")
_NAME_LABEL = re.compile(r"姓名|户主|成员|配偶|丈夫|妻子|父亲|母亲|申请人|家属|学生|死者")
_NO_NAME_LABEL = re.compile(
    r"关系|性别|民族|电话|住址|地址|等级|级别|类别|年龄|人数|学校|单位|身份|证|日期|时间"
)


class Slot(NamedTuple):
    """Where one person of a row stands: the columns of the name and of the ID number, from 0."""

    name: int
    number: int


def slots_of(header):
    """Return the Slots of a header: one for each ID number of a row that the list is about."""
    numbers = _number_columns(header)
    slots, taken = [], set()
    for place in numbers:
        name = _name_beside(header, place, numbers, taken)
        if name is not None:
            taken.add(name)
            slots.append(Slot(name, place))
    return slots


def certificate_column(header):
    """Return the column of the disability certificates, or None."""
    return next(
        (
            place
            for place, held in enumerate(header.holdings)
            if _share_of_certificates(held) > HALF
        ),
        None,
    )


def with_people(header, wanted):
    """Return a header whose name and ID columns are told by what stands beside each other, where
    their own words did not say.
    """
    slots = slots_of(header) if header.is_known and header.missing else []
    if not slots:
        return header
    missing = {"name": slots[0].name, "id_number": slots[0].number}
    return apply_mapping(header, missing | header.mapping, wanted)


def _number_columns(header):
    """Return the columns of ID numbers; certificates count where a row has no other number."""
    plain, certificates = [], []
    for place, held in enumerate(header.holdings):
        label = header.labels[place] if place < len(header.labels) else ""
        if _NOT_LISTED.search(label):
            continue
        # By its heading too: numbers that a spreadsheet has damaged are faults of their rows.
        if _share_of_certificates(held) > HALF or place == header.mapping.get("certificate"):
            certificates.append(place)
        elif (
            held.is_ids
            or place == header.mapping.get("id_number")
            or (not held.cells and _NUMBER_LABEL.search(label))
        ):
            plain.append(place)
    return plain or certificates


def _share_of_certificates(held):
    if not held.ids:
        return 0.0
    return sum(bool(CERTIFICATE_NUMBER.fullmatch(text)) for text in held.ids) / len(held.ids)


def _name_beside(header, place, numbers, taken):
    """Return the column of the name that goes with a number: the nearest on its left, else the
    nearest on its right, no other number between.
    """
    before = max((n for n in numbers if n < place), default=-1)
    after = min((n for n in numbers if n > place), default=len(header.holdings))
    left = [p for p in reversed(range(before + 1, place)) if p not in taken]
    right = [p for p in range(place + 1, after) if p not in taken]
    if place == header.mapping.get("id_number") and header.mapping.get("name") in left:
        return header.mapping["name"]
    for is_name in (_is_called_a_name, _holds_names):
        for near in (*left, *right):
            if is_name(header, near):
                return near
    return None


def _is_called_a_name(header, place):
    label = header.labels[place] if place < len(header.labels) else ""
    return bool(_NAME_LABEL.search(label)) and not _NO_NAME_LABEL.search(
        label.replace("户主姓名", "姓名")
    )


def _holds_names(header, place):
    return header.holdings[place].kind() == "name"
