"""Read a grade however a department writes it (等级): 一级, 壹级, Ⅰ, 1, 肢体二级, 重度…

    grade_of("肢体贰级")  →  (2, False)
    grade_of("重度")      →  (2, True)     一级 or 二级: the milder is noted, and the list told
    grade_of("一、二级")  →  None          two grades are none

1 is the most severe, so 「二级以上」 means grade 2 or a smaller number (X13).
"""

import re
import unicodedata

# Roman numerals and full-width digits fold into plain letters and digits before this.
NUMBERS = {
    "1": 1,
    "一": 1,
    "壹": 1,
    "I": 1,
    "特重": 1,
    "极重": 1,
    "2": 2,
    "二": 2,
    "贰": 2,
    "II": 2,
    "3": 3,
    "三": 3,
    "叁": 3,
    "III": 3,
    "4": 4,
    "四": 4,
    "肆": 4,
    "IV": 4,
}
# Words that name two grades or none: the milder one, which never pays for somebody wrongly.
VAGUE = {"重度": 2, "重": 2, "重残": 2, "中度": 3, "中": 3, "轻度": 4, "轻": 4}
# The death of an only child stands above every grade of disability (Y16).
DEATH = ("死亡", "亡故", "已故", "伤亡")

_GRADE = r"特重|极重|IV|III|II|I|[1-4一二三四壹贰叁肆]"
_WITH_UNIT = re.compile(rf"({_GRADE})\s*级")
_ALONE = re.compile(rf"({_GRADE})(?:级|度|等)?(?:残疾?)?")
_SEVERAL = re.compile(rf"(?:{_GRADE})\s*[、,，/至\-~]\s*(?:{_GRADE})")


def grade_of(text):
    """Return (grade, whether it was said vaguely), or None where no single grade is said."""
    folded = "".join(unicodedata.normalize("NFKC", text).upper().split())
    if _SEVERAL.search(folded):
        return None
    found = set(_WITH_UNIT.findall(folded))
    if alone := _ALONE.fullmatch(folded):
        found.add(alone[1])
    if len(found) == 1:
        return NUMBERS[found.pop()], False
    if found:
        return None
    if any(word in folded for word in DEATH):
        return 1, False
    bare = folded.removesuffix("残疾").removesuffix("人")
    return (VAGUE[bare], True) if bare in VAGUE else None


def without_grade(text):
    """Return a text without the grade it names: 一级残疾 is 残疾."""
    folded = unicodedata.normalize("NFKC", text)
    return _WITH_UNIT.sub("", folded.upper()).strip(" ()（）、,，")
