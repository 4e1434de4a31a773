"""Why a file is not read: each refusal says what the file is like and what to do with it."""

from django.utils.translation import gettext_lazy as _

from pension_portal.refusals import Refusal


class SheetRefusal(Refusal):
    """A file that cannot be read as a table; every one of them knows the file's `name`."""

    status = 422


class EmptyFile(SheetRefusal):
    code = "empty_file"
    sentence = _("「%(name)s」是空文件。回到导出的系统重新导出后再传。")


class TooBig(SheetRefusal):
    code = "too_big"
    sentence = _("「%(name)s」超过 %(most)d MB。按乡镇或日期拆成几个文件后再传。")
    status = 413


class UnpacksTooBig(SheetRefusal):
    code = "unpacks_too_big"
    sentence = _("「%(name)s」解开后过大，不像数据表。只把数据区复制到新表格，另存后再传。")
    status = 413


class TooSpread(SheetRefusal):
    code = "too_spread"
    sentence = _(
        "「%(name)s」的内容散到第 %(row)d 行、第 %(column)d 列。删掉表格以外的内容，另存后再传。"
    )


class WrongKind(SheetRefusal):
    code = "wrong_kind"
    sentence = _("「%(name)s」是%(kind)s，不是表格。另存为 .xlsx、.xls 或 .csv 后再传。")
    status = 415


class Protected(SheetRefusal):
    code = "protected"
    sentence = _("「%(name)s」设了打开密码。用 WPS 或 Excel 打开，去掉密码，另存后再传。")


class HasMacros(SheetRefusal):
    code = "has_macros"
    sentence = _("「%(name)s」带有宏。用 WPS 或 Excel 另存为不带宏的 .xlsx 后再传。")


class HasLinks(SheetRefusal):
    code = "has_links"
    sentence = _("「%(name)s」引用了别的工作簿，数字可能不是最新。把公式粘贴为数值，另存后再传。")


class HasEntities(SheetRefusal):
    code = "has_entities"
    sentence = _("「%(name)s」里夹带了表格不需要的定义，没有读取。回到导出的系统重新导出后再传。")


class LyingArchive(SheetRefusal):
    code = "lying_archive"
    sentence = _(
        "「%(name)s」内部标注与内容对不上，可能被改动过。用 WPS 或 Excel 打开，另存后再传。"
    )


class BrokenFile(SheetRefusal):
    code = "broken_file"
    sentence = _(
        "「%(name)s」打不开，可能没有下载完整。用 WPS 或 Excel 打开看看，或重新导出后再传。"
    )


class UnreadableText(SheetRefusal):
    code = "unreadable_text"
    sentence = _(
        "「%(name)s」第 %(line)d 行的文字编码认不出。用 WPS 或 Excel 打开，另存为 .xlsx 后再传。"
    )


class UnpairedQuote(SheetRefusal):
    code = "unpaired_quote"
    sentence = _("「%(name)s」第 %(row)d 行的引号没有成对，会与后面的行连成一格。改正后再传。")


class NoRows(SheetRefusal):
    code = "no_rows"
    sentence = _("「%(name)s」里没有数据行。核对是否导出了空表，或数据在另一个文件里。")
