"""What townships refuses, and the faults it finds in a list."""

from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

from pension_portal.refusals import Refusal


class Fault(NamedTuple):
    """A row of an official list that cannot be taken: where it stands and what to change."""

    row_no: int
    column: str
    words: str


class NoSuchTable(Refusal):
    code = "no_such_table"
    sentence = _("「%(name)s」里没有找到表头（%(columns)s）。按模板的列名改好后再传。")
    status = 400


class NotTheSameLevel(Refusal):
    code = "not_the_same_level"
    sentence = _("「%(area)s」是%(level)s，「%(into)s」是%(into_level)s，只能并入同一层级的区划。")


class MergedIntoItself(Refusal):
    code = "merged_into_itself"
    sentence = _("「%(area)s」不能并入自己，选另一个区划。")


class AnotherCounty(Refusal):
    code = "another_county"
    sentence = _("「%(area)s」与「%(into)s」不在一个县区，不能合并。")


class AreaHasEnded(Refusal):
    code = "area_has_ended"
    sentence = _("「%(area)s」已于 %(day)s 停用，选现在的区划。")


class MergedBeforeItBegan(Refusal):
    code = "merged_before_it_began"
    sentence = _("「%(area)s」%(began)s 才启用，合并日期要晚于这一天。")


class NameTaken(Refusal):
    code = "name_taken"
    sentence = _("同一上级下已有「%(name)s」，换一个名称。")


class AliasTaken(Refusal):
    code = "alias_taken"
    sentence = _("「%(text)s」已是「%(area)s」的%(source)s写法。先在那里删除，再加到这里。")


class MilestonesDoNotRise(Refusal):
    code = "milestones_do_not_rise"
    sentence = _(
        "「%(label)s」累计 %(share)s%%，应比前一阶段多，且不超过 100%%。填累计比例，不是增量。"
    )


class MilestoneOutsideTheCampaign(Refusal):
    code = "milestone_outside_the_campaign"
    sentence = _("「%(label)s」截止 %(due_on)s，不在 %(starts_on)s 至 %(ends_on)s 之内。")


class CampaignEndsBeforeItStarts(Refusal):
    code = "campaign_ends_before_it_starts"
    sentence = _("结束日期 %(ends_on)s 早于开始日期 %(starts_on)s，改结束日期。")


class NotInThisCounty(Refusal):
    code = "not_in_this_county"
    sentence = _("区划代码 %(codes)s 不在%(county)s，核对后再填。")


class QuotaIsNegative(Refusal):
    code = "quota_is_negative"
    sentence = _("「%(area)s」的任务数 %(people)d 小于 0，填 0 或更大的整数。")


class NotACounty(Refusal):
    code = "not_a_county"
    sentence = _("「%(area)s」不是县区。年度任务只下达给县区，再分解到乡镇和村。")


class TaskAlreadyPlanned(Refusal):
    code = "task_already_planned"
    sentence = _("%(year)d 年%(scheme)s的任务已经下达，在年度任务里打开它修改。")
