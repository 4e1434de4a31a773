"""One person's 缴费记录 on paper: what the books hold; the tax bureau's receipt is the proof."""

from django.utils import timezone
from django.utils.translation import gettext as _

from contributions.models import Transfer
from pension_portal.masking import mask_id
from pension_portal.paper.tables import PaperColumn, PaperTable
from policies.models import Scheme


def paper_of(resident, *, place, entry):
    """Return the data of a person's record for `print_paper("list", …)`; `entry` of the trail gives
    its number.
    """
    transfers = Transfer.objects.filter(county_code=resident.county_code, resident=resident)
    schemes = dict(Scheme.objects.values_list("pk", "short_name"))
    rows = list(transfers.order_by("year", "id"))
    total = sum(row.signed_amount for row in rows)
    return PaperTable(
        title=_("社会保险费缴费记录（核对用）"),
        columns=[
            PaperColumn(_("缴费年度"), 13, "center"),
            PaperColumn(_("险种"), 20),
            PaperColumn(_("类型"), 16),
            PaperColumn(_("资金来源"), 16),
            PaperColumn(_("金额（元）"), 18, "right"),
            PaperColumn(_("缴款日期"), 20, "center"),
            PaperColumn(_("入库日期"), 20, "center"),
            PaperColumn(_("电子税票号码"), 36),
        ],
        rows=[
            [
                *(row.year, schemes.get(row.scheme_id, ""), row.get_kind_display()),
                *(row.get_source_display(), f"{row.signed_amount:,.2f}", row.paid_on),
                *(row.treasury_on, row.receipt),
            ]
            for row in rows
        ],
        total=[_("合计"), "", "", "", f"{total:,.2f}", "", "", ""],
        above=(
            _("姓名：%s") % resident.name,
            _("证件号码：%s") % mask_id(resident.id_number),
            _("参保地：%s") % place,
        ),
        foot=(
            _("本表由本系统按税务部门传来的缴费文件打印，仅供核对，以税务部门凭证为准。"),
            _("缴费凭证可在税务部门办税服务厅或电子税务局开具；退费和冲正以负数列示。"),
        ),
        signatures=(
            _("打印人：%s") % entry.staff,
            _("打印日期：%s") % timezone.localdate(entry.at).isoformat(),
            _("编号：%s") % entry.pk,
        ),
        is_landscape=True,
    ).paper()
