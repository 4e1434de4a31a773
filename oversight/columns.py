"""The columns of the ranking table, each with its formula: the page, its printed definitions and
the Excel all read this list.
"""

from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Column:
    """One figure of a place: its heading with the unit, its formula, and how it is shown."""

    key: str
    label: str | Promise
    definition: str | Promise
    kind: str = "whole"
    sorted_by: str = ""

    def value_of(self, standing):
        return getattr(standing, self.key)

    def sort_value_of(self, standing):
        return getattr(standing, self.sorted_by or self.key)


COLUMNS = [
    Column(
        "rank",
        _("名次"),
        _(
            "按完成率从高到低，相同的并列；右侧小字为比前一日升（+）降（−）的位数。"
            "任务不足 50 人的不排名，合计不排名"
        ),
        "rank",
    ),
    Column("name", _("单位"), "", "place", sorted_by="code"),
    Column("task", _("任务\n（人）"), _("年度任务分解到本单位的人数")),
    Column(
        "payable",
        _("应缴\n（人）"),
        _("登记参保、状态正常、在世、16 至 59 周岁的人数，为当前数"),
    ),
    Column(
        "paid",
        _("已缴\n（人）"),
        _("截至统计日至少有一笔有效缴费的人数，一人只计一次；退费、冲正后没有其他缴费的不计"),
        "paid",
    ),
    Column(
        "proxy",
        _("其中代缴\n（人）"),
        _("已缴人数中由政府代缴的人数，是否计入任务按年度任务的设定"),
    ),
    Column("new", _("今日新增\n（人）"), _("统计日当天缴款的净增人数（新缴减退费）"), "whole"),
    Column("rate", _("完成率"), _("任务完成率 = 已缴人数 ÷ 任务数"), "rate"),
    Column(
        "due",
        _("今日应达\n（人）"),
        _("从开始日到各阶段目标，按可缴费日逐日平均推进，到统计日应达到的人数；节假日不顺延"),
    ),
    Column("ahead", _("差额\n（人）"), _("已缴人数 − 今日应达，负数为落后"), "signed"),
    Column("daily_mean", _("近 7 日\n日均（人）"), _("最近 7 个可缴费日的净增人数 ÷ 7"), "mean"),
    Column(
        "needed_a_day",
        _("所需日均\n（人）"),
        _("（本阶段累计目标 − 已缴人数）÷ 统计日之后到阶段截止日的可缴费日数，进位取整"),
    ),
    Column(
        "reached_on",
        _("预计\n达标日"),
        _(
            "按近 7 日日均推算达到本阶段累计目标的可缴费日，仅供调度；"
            "「期内不达」为征缴期结束前达不到"
        ),
        "reached",
    ),
    Column(
        "score",
        _("预计得分\n（分）"),
        _("30 −（100 − 完成率的百分点），不足 1 个百分点的按比例扣，最高 30 分，最低 0 分"),
        "score",
    ),
    Column(
        "amount",
        _("金额\n（万元）"),
        _("缴费金额，个人缴费与政府代缴合计，扣除退费，不含缴费补贴"),
        "wan",
    ),
    Column("average", _("人均\n（元）"), _("缴费金额 ÷ 缴费人数"), "yuan"),
    Column(
        "high_tier_share",
        _("500 元\n以上占比"),
        _("个人缴费的人中，选 500 元及以上档次的人数占比；政府代缴的不在内"),
        "share",
    ),
    Column("open_exceptions", _("异常\n（笔）"), _("落在本单位、尚未处理的异常笔数"), "exceptions"),
]
BY_KEY = {column.key: column for column in COLUMNS}
DEFAULT_SORT = "rank"
# A rank is better the smaller it is; of everything else people want to see the largest first.
ASCENDING_FIRST = {"rank", "name", "reached_on"}


def sorted_places(places, sort):
    """Return the places by a column; a minus before its key turns the order round, and unknown
    words leave it as ranked.

    What has no figure stands last either way; what is equal keeps its official order.
    """
    key = sort.removeprefix("-")
    if key not in BY_KEY:
        sort = key = DEFAULT_SORT
    value_of = BY_KEY[key].sort_value_of
    known = [place for place in places if value_of(place) is not None]
    unknown = [place for place in places if value_of(place) is None]
    return sorted(known, key=value_of, reverse=sort.startswith("-")) + unknown


def next_sort(column, sort):
    """Return what a click on a heading sorts by."""
    first = column.key if column.key in ASCENDING_FIRST else f"-{column.key}"
    second = f"-{column.key}" if first == column.key else column.key
    return second if sort == first else first


def cut_share(share, places=3):
    """Return a share of one cut off, so that a goal not reached never looks reached; None stays
    None.
    """
    if share is None:
        return None
    return (Decimal(share.numerator) / share.denominator).quantize(
        Decimal(1).scaleb(-places), ROUND_FLOOR
    )
