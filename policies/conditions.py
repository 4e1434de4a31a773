"""Read for whom and for which payment an entry holds: the same words in every section.

    {缴费满: 500, 缴费不满: 1000, 年龄满: 45, 年龄计算日: 年末, 性别: 女, 身份: 低保对象}

满 and 不超过 include their figure, 超过 and 不满 do not. An entry without such words holds for
everyone and every payment.
"""

from datetime import date, timedelta
from difflib import get_close_matches

from django.utils.translation import gettext as _

from policies import words
from policies.boxes import Span, point
from policies.numbers import day_of, whole_number, yuan_of

BOUNDS = {
    "满": ("low", True),
    "超过": ("low", False),
    "不满": ("high", False),
    "不超过": ("high", True),
}
# The word, the column, and whether it counts yuan or whole years.
MEASURES = {
    "缴费": ("amounts", "yuan"),
    "平均缴费": ("average", "yuan"),
    "年龄": ("ages", "years"),
    "缴费年数": ("years_paid", "years"),
    "连续缴费年数": ("years_running", "years"),
    "补缴年数": ("years_back", "years"),
    "已补年数": ("years_subsidised", "years"),
    "居住年数": ("years_resident", "years"),
}
RANGE_WORDS = {
    f"{measure}{bound}": (measure, *sides)
    for measure in MEASURES
    for bound, sides in BOUNDS.items()
}
OTHER_WORDS = (
    "缴费",
    "缴费除外",
    "档次",
    "档次自",
    "档次至",
    "年龄计算日",
    "性别",
    "身份",
    "等级",
    "并有身份",
    "不含身份",
    "认定日",
    "片区",
    "不含片区",
    "户籍",
    "首次参保",
    "类型",
    "资金来源",
    "缴费日自",
    "缴费日至",
    "领取日自",
    "领取日至",
    "县区类别",
)
CONDITION_WORDS = (*RANGE_WORDS, *OTHER_WORDS)
# Held any of, held any of as well, held none of.
IDENTITY_WORDS = {
    "身份": "identities",
    "并有身份": "also_identities",
    "不含身份": "not_identities",
}
# How like an unknown identity one must be that is offered instead.
CLOSE_ENOUGH = 0.5
ELSEWHERE = object()  # the entry is for another class of county
DAY_OF_PAYMENT = "缴费日"
# A pension is asked about on the day it is for.
DAYS_ASKED = (DAY_OF_PAYMENT, "领取日")


def read_condition(text, path, entry, frame):
    """Return the columns of a condition, {} for everyone, ELSEWHERE, or None after a fault."""
    faults_before = len(text.faults)
    columns = {}
    for read in (_read_amounts, _read_years, _read_age, _read_tiers, _read_sets, _read_identities):
        columns |= read(text, path, entry, frame)
    columns |= _read_areas(text, path, entry, frame)
    columns |= _read_paid(text, path, entry)
    if len(text.faults) > faults_before:
        return None
    if not _is_for_this_county(text, path, entry, frame):
        return ELSEWHERE if len(text.faults) == faults_before else None
    if columns:
        is_own = path[0] == "档次"
        said = {word: entry[word] for word in entry if word in CONDITION_WORDS}
        columns["words"] = say(
            {word: said[word] for word in said if not (is_own and word == "档次")}
        )
    return columns


def say(entry):
    """Return an entry in its own words, as it may be read out: 缴费满 500，性别 女."""
    said = []
    for word, value in entry.items():
        if isinstance(value, list):
            value = "、".join(map(str, value))
        elif isinstance(value, dict):
            value = say(value).replace("，", " ")
        said.append(f"{word} {value}")
    return "，".join(said)[:400]


def _read_amounts(text, path, entry, frame):
    columns = {}
    exact = entry.get("缴费")
    span = _span(text, path, entry, "缴费", frame)
    numbers = _tier_numbers(path, entry)
    ways = [exact is not None, span is not None, "档次" in numbers, len(numbers.keys() - {"档次"})]
    if sum(map(bool, ways)) > 1:
        text.add_fault(path, _("没有写清对哪些缴费"), _("只用「缴费」、一个区间或一段档次之一"))
        return {}
    if exact is not None:
        amount = yuan_of(text, (*path, "缴费"), exact, frame)
        columns["amounts"] = None if amount is None else point(amount)
    elif span is not None:
        columns["amounts"] = span
    if "缴费除外" in entry:
        amounts = [yuan_of(text, (*path, "缴费除外"), said, frame) for said in entry["缴费除外"]]
        columns["except_amounts"] = amounts
    average = _span(text, path, entry, "平均缴费", frame)
    if average is not None:
        columns["average"] = average
    return columns


def _read_years(text, path, entry, frame):
    columns = {}
    for measure in ("缴费年数", "连续缴费年数", "补缴年数", "已补年数", "居住年数"):
        span = _span(text, path, entry, measure, frame)
        if span is not None:
            columns[MEASURES[measure][0]] = whole(span)
    return columns


def _span(text, path, entry, measure, frame):
    """Read the bounds of one measure; None where the entry does not speak of it."""
    said = {word: RANGE_WORDS[word] for word in entry if RANGE_WORDS.get(word, ("",))[0] == measure}
    sides = {}
    for word, (_measure, side, is_included) in said.items():
        if side in sides:
            text.add_fault((*path, word), _("同一头写了两个界限"), _("留下一个"))
            return None
        if MEASURES[measure][1] == "yuan":
            bound = yuan_of(text, (*path, word), entry[word], frame)
        else:
            bound = whole_number(text, (*path, word), entry[word])
        if bound is None:
            return None
        sides[side] = (bound, is_included)
    if not sides:
        return None
    low, low_in = sides.get("low", (None, True))
    high, high_in = sides.get("high", (None, True))
    span = Span(low, high, low_in, high_in)
    if span.meet(Span()) is None:
        text.add_fault(path, _("区间的上限小于下限"), _("核对上下限"))
        return None
    return span


def whole(span):
    """Return a span of whole numbers as [low, high): 超过 44 is 满 45."""
    low = None if span.low is None else span.low + (not span.low_in)
    high = None if span.high is None else span.high + span.high_in
    return Span(low, high, True, False)


def _read_age(text, path, entry, frame):
    """Read an age on a stated day as days of birth; on the day of payment it stays an age."""
    span = _span(text, path, entry, "年龄", frame)
    said = entry.get("年龄计算日")
    if (span is None) != (said is None):
        reason = _("没有写年龄按哪天算") if said is None else _("写了年龄计算日，没有写年龄")
        text.add_fault((*path, "年龄计算日"), reason, _("写 年初、年末、缴费日 或一个日期"))
        return {}
    if span is None:
        return {}
    span = whole(span)
    if said in DAYS_ASKED:
        return {"ages": span}
    day = stated_day(text, (*path, "年龄计算日"), said, frame)
    if day is None:
        return {}
    # Whoever has lived n years on the day was born on or before the day n years earlier.
    born_from = None if span.high is None else _years_before(day, span.high) + timedelta(days=1)
    born_to = None if span.low is None else _years_before(day, span.low) + timedelta(days=1)
    return {"born": Span(born_from, born_to, True, False)}


def stated_day(text, path, said, frame):
    """Return 年初, 年末 or a written day as a date."""
    known = {"年初": date(frame.year, 1, 1), "年末": date(frame.year, 12, 31)}
    return known.get(said) or day_of(text, path, said)


def _years_before(day, years):
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return date(day.year - years, 2, 28)


def _tier_numbers(path, entry):
    """Return what an entry says of tiers by number; in their own section 档次 is a name."""
    own = {"档次"} if path[0] == "档次" else set()
    return {
        word: entry[word] for word in ("档次", "档次自", "档次至") if word in entry.keys() - own
    }


def _read_tiers(text, path, entry, _frame):
    said = _tier_numbers(path, entry)
    if not said:
        return {}
    low, high = said.get("档次自", said.get("档次")), said.get("档次至", said.get("档次"))
    if low is not None and high is not None and low > high:
        text.add_fault(path, _("区间的上限小于下限"), _("核对上下限"))
        return {}
    return {"tiers": whole(Span(low, high))}


def _read_sets(text, path, entry, _frame):
    columns = {}
    for word, column, known in (
        ("性别", "sex", words.SEXES),
        ("户籍", "hukou", words.HUKOU),
        ("首次参保", "is_first", words.YES_NO),
        ("类型", "kind", words.KINDS),
        ("资金来源", "source", words.SOURCES),
    ):
        if word in entry:
            columns[column] = known[entry[word]]
    return columns


def _read_identities(text, path, entry, frame):
    columns = {}
    suffix = _held_on(text, path, entry, frame)
    for word, column in IDENTITY_WORDS.items():
        if word not in entry:
            continue
        said = entry[word] if isinstance(entry[word], list) else [entry[word]]
        tokens = []
        for name in said:
            tokens += _tokens(text, (*path, word), name, entry.get("等级"), frame)
        columns[column] = [token + suffix for token in dict.fromkeys(tokens)]
    graded = {
        word
        for word in IDENTITY_WORDS
        if any(frame.is_graded(name) for name in as_list(entry.get(word)))
    }
    if "等级" in entry and not graded:
        text.add_fault((*path, "等级"), _("这类身份不分等级"), _("删去等级"))
    if {"身份", "并有身份"} <= graded:
        reason = _("两种身份都分等级，分不清等级是谁的")
        text.add_fault((*path, "并有身份"), reason, _("改成一种本地身份，由名单认定"))
    return columns


def as_list(said):
    return said if isinstance(said, list) else [] if said is None else [said]


def _tokens(text, path, name, grades, frame):
    code = frame.identity_code(name)
    if code is None:
        alike = get_close_matches(name, frame.identity_words, cutoff=CLOSE_ENOUGH)
        known = "、".join(alike or frame.identity_words)
        reason = _("不认识身份「%(name)s」") % {"name": name}
        remedy = _("改为已有的，或先在「身份」段列出。已有：%(known)s") % {"known": known}
        text.add_fault(path, reason, remedy)
        return []
    if not frame.is_graded(name):
        return [code]
    if grades is None:
        text.add_fault(
            (*path[:-1], "等级"),
            _("这类身份分等级，没有写等级"),
            _("写明等级，如 1至2级"),
        )
        return []
    first, last = int(grades[0]), int(grades[-2])
    return [f"{code}{grade}" for grade in range(first, last + 1)]


def _held_on(text, path, entry, frame):
    """Return the mark of the day on which the identity must be held; '' for any day of the year."""
    said = entry.get("认定日", "全年")
    if said == "全年":
        return ""
    if said == DAY_OF_PAYMENT:
        return "@day"
    day = stated_day(text, (*path, "认定日"), said, frame)
    return f"@{day}" if day else ""


def _read_areas(text, path, entry, frame):
    columns = {}
    for word, column in (("片区", "areas"), ("不含片区", "not_areas")):
        for name in as_list(entry.get(word)):
            codes = frame.areas.get(name)
            if codes is None and not str(name).isdigit():
                known = "、".join(frame.areas) or _("还没有列出片区")
                reason = _("不认识片区「%(name)s」") % {"name": name}
                text.add_fault((*path, word), reason, _("在「片区」段列出：%(k)s") % {"k": known})
                return {}
            columns.setdefault(column, []).extend(codes or [name])
    return columns


def _read_paid(text, path, entry):
    """Read from and to which day; a pension is asked about on the day it is for (领取日)."""
    bounds = {}
    for word in ("缴费日自", "领取日自", "缴费日至", "领取日至"):
        if word in entry:
            if word[-1] in bounds:
                text.add_fault((*path, word), _("同一头写了两个界限"), _("留下一个"))
            bounds[word[-1]] = day_of(text, (*path, word), entry[word])
    low, high = bounds.get("自"), bounds.get("至")
    if low and high and low > high:
        until = "领取日至" if "领取日至" in entry else "缴费日至"
        text.add_fault((*path, until), _("早于起始日"), _("核对起止日期"))
        return {}
    return {"paid": Span(low, high and high + timedelta(days=1), True, False)} if bounds else {}


def _is_for_this_county(text, path, entry, frame):
    said = as_list(entry.get("县区类别"))
    if not said:
        return True
    if frame.level != "county":
        return False
    if not frame.county_class:
        text.add_fault(
            (*path, "县区类别"), _("文件开头没有写本县的类别"), _("在文件开头写：县区类别")
        )
    return frame.county_class in said
