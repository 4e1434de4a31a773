"""Yuan as people write it: 1,234.00, 12.35 万元, 壹仟贰佰叁拾肆元整."""

from decimal import ROUND_HALF_UP, Decimal

FEN = Decimal("0.01")
DIGITS = "零壹贰叁肆伍陆柒捌玖"
SMALL_UNITS = ("", "拾", "佰", "仟")
LARGE_UNITS = ("", "万", "亿", "万亿")


def yuan(amount):
    """Return `1,234.00`; an empty string for None."""
    return "" if amount is None else f"{amount:,.2f}"


def ten_thousands(amount):
    """Return the amount in 万元 with two places: 1234567.00 → `123.46`; empty for None."""
    if amount is None:
        return ""
    return f"{(Decimal(amount) / 10_000).quantize(FEN, ROUND_HALF_UP):,.2f}"


def capitals(amount):
    """Return an amount of yuan, at most 12 digits before the point, in Chinese capitals.

    1005.30 → 壹仟零伍元叁角; a whole sum ends in 整; a negative one begins with 负.
    """
    amount = Decimal(amount).quantize(FEN, ROUND_HALF_UP)
    sign = "负" if amount < 0 else ""
    whole, fen = divmod(int(abs(amount) * 100), 100)
    words = _whole_in_capitals(whole) + "元" if whole else ""
    jiao, fen = divmod(fen, 10)
    if not jiao and not fen:
        return sign + (words or "零元") + "整"
    words += DIGITS[jiao] + "角" if jiao else ("零" if words else "")
    words += DIGITS[fen] + "分" if fen else ""
    return sign + words


def _whole_in_capitals(whole):
    text, has_gap = "", False
    groups = [whole // 10_000**place % 10_000 for place in range(len(LARGE_UNITS))]
    for place in reversed(range(len(LARGE_UNITS))):
        group = groups[place]
        if not group:
            has_gap = has_gap or bool(text)
            continue
        if text and (has_gap or group < 1000):
            text += "零"
        text += _group_in_capitals(group) + LARGE_UNITS[place]
        has_gap = False
    return text


def _group_in_capitals(group):
    text, has_gap = "", False
    for place in (3, 2, 1, 0):
        digit = group // 10**place % 10
        if digit:
            text += ("零" if has_gap else "") + DIGITS[digit] + SMALL_UNITS[place]
            has_gap = False
        else:
            has_gap = bool(text)
    return text
