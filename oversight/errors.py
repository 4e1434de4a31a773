"""The refusals of notices and bulletins, each with what to do next."""

from django.utils.translation import gettext_lazy as _

from pension_portal.refusals import Refusal


class NoticeIsThere(Refusal):
    code = "notice_is_there"
    sentence = _(
        "%(area)s %(period)s的%(kind)s已于 %(day)s 生成，同一人不公示两次。"
        "打开原有的，或另选期间、由其余乡镇分别生成。"
    )


class HotlineMissing(Refusal):
    code = "hotline_missing"
    sentence = _("%(towns)s没有登记监督电话，公示表不能没有电话。先在「行政区划」里登记监督电话。")


class NobodyToPublish(Refusal):
    code = "nobody_to_publish"
    sentence = _("%(area)s %(period)s没有新的公示内容：没有人缴费，或都已公示过。")


class NoticeIsNotReady(Refusal):
    code = "notice_is_not_ready"
    sentence = _("公示表还在生成，完成后再办。")


class PostedAlready(Refusal):
    code = "posted_already"
    sentence = _("%(village)s已由%(name)s登记于 %(day)s 张贴，不用再登记。")


class NotPostedYet(Refusal):
    code = "not_posted_yet"
    sentence = _("%(village)s还没有登记张贴，先登记张贴日期。")


class TakenDownAlready(Refusal):
    code = "taken_down_already"
    sentence = _("%(village)s已由%(name)s登记于 %(day)s 撤下，不用再登记。")


class TooEarlyToTakeDown(Refusal):
    code = "too_early_to_take_down"
    sentence = _("公示期 %(days)d 天，%(village)s自 %(posted)s 张贴，%(until)s 起才可撤下。")


class DayToCome(Refusal):
    code = "day_to_come"
    sentence = _("%(day)s 还没有到，按实际日期登记。")
    status = 400


class NoSuchLine(Refusal):
    code = "no_such_line"
    sentence = _("这张表只有 %(people)d 行，没有第 %(number)d 行。不针对某一行的，序号留空。")
    status = 400


class AnsweredAlready(Refusal):
    code = "answered_already"
    sentence = _("这条异议已由%(name)s答复，刷新页面看结果。")


class NotAPhoto(Refusal):
    code = "not_a_photo"
    sentence = _("「%(name)s」不是照片。选 .jpg、.png 或 .webp 照片再传。")
    status = 400


class NothingToReport(Refusal):
    code = "nothing_to_report"
    sentence = _(
        "%(county)s %(year)d 年没有任务也没有缴费，没有可通报的数据。先下达任务或上传缴费文件。"
    )


class TemplateBroken(Refusal):
    code = "template_broken"
    sentence = _("这个模板填不出通报：%(why)s。下载现用模板，照着改后再传。")
    status = 400
