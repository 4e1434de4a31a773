"""The text of a message that somebody copies and sends by hand, in the county's words (短信文本).

    {姓名}（尾号{尾号}）：{年度}年居民养老保险费还没有到账……

The places are filled from what the list shows; a full identity number is never among them.
"""

from contributions.models import CountyPapers

PLACES = ("姓名", "尾号", "年度", "村", "档次", "截止日期")


# It goes to residents, so it is in Chinese in every language of the portal.
BUILT_IN = (
    "{姓名}（证件尾号{尾号}）：{年度}年城乡居民养老保险费还没有到账，上年档次{档次}元。"
    "可在{截止日期}前到村里或在税务渠道缴纳。已缴的不用理会。"
)


def message_of(county_code):
    """Return the county's text, or the one that comes with the portal."""
    return CountyPapers.of(county_code).message or BUILT_IN


def fill_message(text, *, name, id_last4, year, village, tier, due_on):
    """Return the text for one person."""
    values = (name, id_last4, str(year), village, f"{tier:g}" if tier else "--", due_on)
    for place, value in zip(PLACES, values, strict=True):
        text = text.replace(f"{{{place}}}", str(value))
    return text
