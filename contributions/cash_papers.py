"""A receipt on paper (代收收据): who paid whom, for whom, how much, in words too."""

from django.utils.translation import gettext as _

from pension_portal.masking import mask_id
from pension_portal.money import capitals
from pension_portal.paper.tables import PaperColumn, PaperTable
from policies.schemes import SHORT_NAMES
from townships.models import Area


def receipt_paper(receipt):
    """Return what `print_paper("list", …)` takes of one receipt."""
    village = Area.objects.select_related("parent").get(pk=receipt.village_code)
    lines = receipt.lines.select_related("resident")
    unit = receipt.collector.unit or village.name
    return PaperTable(
        title=_("城乡居民养老保险费代收收据") + (_("（已作废）") if receipt.voided_at else ""),
        columns=[
            PaperColumn(_("姓名"), 18),
            PaperColumn(_("证件号码"), 34),
            PaperColumn(_("险种"), 30),
            PaperColumn(_("缴费年度"), 14, "center"),
            PaperColumn(_("金额（元）"), 20, "right"),
        ],
        rows=[
            [
                line.resident.name,
                mask_id(line.resident.id_number),
                str(SHORT_NAMES[receipt.scheme_id]),
                receipt.year,
                f"{line.amount:,.2f}",
            ]
            for line in lines
        ],
        total=[_("合计"), capitals(receipt.amount), "", "", f"{receipt.amount:,.2f}"],
        above=(
            _("收据号：%s") % receipt.number,
            _("交款人：%s") % receipt.payer_name,
            _("收款日期：%s") % receipt.received_on.isoformat(),
        ),
        foot=[_("本收据只证明代收单位收到现金；缴费是否到账，以税务部门凭证为准。")],
        signatures=(
            _("代收单位：%s") % f"{village.parent.name} {unit}",
            _("代收人：%s") % receipt.collector.name,
            _("交款人签字：%s") % "",
        ),
    ).paper()
