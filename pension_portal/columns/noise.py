"""Tell rows that are no data: blank, repeated headers, totals, signatures, titles (非数据行)."""

import re
import unicodedata

from pension_portal.cells import amount, cell_text
from pension_portal.columns.names import normal

SHORTEST_ID = 15
FEWEST_NUMBERED = 3
# A row is somebody's if one of these is filled in; year, tier and scheme often come pre-printed.
PERSONAL = ("id", "name", "amount", "receipt", "day", "phone")

_TOTAL_WORDS = r"(?:合\s*计|小\s*计|总\s*计|共\s*计|累\s*计|总\s*合计)"
_TOTAL = re.compile(
    rf"(?:本页|本村|本镇|本组|全[县区镇乡村])?{_TOTAL_WORDS}(?:\(?(?:大写|小写|人数|金额|元)\)?)?:?"
)
_TOTAL_OF = re.compile(rf".{{0,20}}{_TOTAL_WORDS}:?[\s0-9.,元人户笔]*")
_SIGNERS = "审核|复核|填表|制表|经办|填报|制单|打印|统计|导出|报送|上报|单位|部门"
_SIGNATURE = re.compile(
    rf"(?:{_SIGNERS})?\s*(?:负责|责任)?"
    r"(?:人|员|日期|时间|单位|盖章|签字|签名|签章|电话|联系电话|主管|领导|意见|页码)"
    r"(?:签字|签名|签章|盖章|\(.{0,6}\))?\s*:.*"
    rf"|(?:{_SIGNERS})(?:人|员|日期|时间|单位)"
    r"|(?:审核|复核|制表|填表|制单|经办|打印|备注|注|说明|附注|填表说明)\s*:.*"
    r"|(?:制表|填报|打印|统计)(?:日期|时间)\s*[0-9].*"
    r"|第?\s*[0-9]+\s*页.*|以下空白|此页无正文"
)
_TITLE = re.compile(
    r".{0,60}(?:表|明细|花名册|清单|名单|名册|台账|台帐|公示|年度|统计|通报).{0,60}", re.DOTALL
)
_SERIAL = re.compile(r"[0-9]{1,7}(?:\.0+)?")
_ID_LIKE = re.compile(
    r"[\s'‘’`=\"\ufeff]*(?:(?:[0-9０-９*][\s]?){10,}|[1-9]\.[0-9]+E\+?1[0-9])", re.IGNORECASE
)
_PERSON = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff][^0-9]{1,30}")
_CAPITALS = re.compile(r"[零壹贰叁肆伍陆柒捌玖拾佰仟万亿元圆角分整正\s]+")


def is_row_noise(row, header):
    """Return why a row is no data: blank, repeated_header, total, signature or title; else None.

    A row with an ID is always data, and so is a row with a name and an amount: it may be wrong, but
    it is someone's money.
    """
    index = header.id_column
    if index is not None and index < len(row) and _is_id_like(row[index]):
        return None
    texts = [unicodedata.normalize("NFKC", cell_text(cell)) for cell in row]
    filled = [text for text in texts if text]
    is_personal = _is_personal(texts, header)
    if not filled or (not is_personal and all(map(_SERIAL.fullmatch, filled))):
        return "blank"
    if _repeats_header(texts, header) or is_numbering(row):
        return "repeated_header"
    person = _person(texts, header)
    if person is not None:
        return _kind_beside_person(texts, filled, person, header)
    return _kind_without_person(filled, is_personal)


def is_total(text):
    """Tell a cell that says no more than 合计, 小计, 总计 and the like."""
    return bool(_TOTAL.fullmatch(text))


def is_numbering(row):
    """Tell the row under a header that numbers its columns: 1 2 3 4, (1) (2) (3), or A B C."""
    texts = [normal(cell_text(cell)) for cell in row if cell != ""]
    if len(texts) < FEWEST_NUMBERED:
        return False
    numbers = [str(number) for number in range(1, len(texts) + 1)]
    letters = [chr(ord("a") + number) for number in range(len(texts))]
    return texts in (numbers, letters)


def _kind_beside_person(texts, filled, person, header):
    """Judge a row in whose name column a name may stand: it is noise only on plain evidence."""
    if any(map(_TOTAL.fullmatch, texts[:person])):
        return "total"
    if any(amount(texts[i]) is not None for i in header.columns_like("amount") if i < len(texts)):
        return None
    if _SIGNATURE.fullmatch(filled[0]):
        return "signature"
    return "title" if len(set(filled)) == 1 and _TITLE.fullmatch(filled[0]) else None


def _kind_without_person(filled, is_personal):
    if any(map(_TOTAL.fullmatch, filled)):
        return "total"
    if any(map(_SIGNATURE.fullmatch, filled)):
        return "signature"
    if any(map(_TOTAL_OF.fullmatch, filled)):
        return "total"
    is_alone = len(set(filled)) == 1
    if is_alone and _TITLE.fullmatch(filled[0]):
        return "title"
    if is_personal:
        return None
    return "title" if is_alone else "blank"


def _is_id_like(cell):
    if isinstance(cell, str):
        return bool(_ID_LIKE.match(cell))
    return isinstance(cell, int | float) and abs(cell) >= 10 ** (SHORTEST_ID - 1)


def _is_personal(texts, header):
    places = header.columns_like(*PERSONAL) or header.mapping.values()
    return any(place < len(texts) and texts[place] for place in places)


def _person(texts, header):
    """Return the first column where somebody's name may stand, or None."""
    for place in header.columns_like("name"):
        text = texts[place] if place < len(texts) else ""
        is_words = _PERSON.fullmatch(text) and not _CAPITALS.fullmatch(text)
        if is_words and not _TOTAL_OF.fullmatch(text) and not _SIGNATURE.fullmatch(text):
            return place
    return None


def _repeats_header(texts, header):
    said = {normal(text) for text in texts if text}
    return any(
        len(said & known) >= max(2, len(said) / 2, len(known) / 2)
        for known in header.header_texts
        if known
    )
