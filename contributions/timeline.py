"""What payments and reminding add to one person's timeline (`enrollment.timeline`)."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contributions.models import CashLine, CashReceipt, Contact, Transfer
from enrollment.timeline import Happening
from pension_portal.money import yuan
from policies.schemes import SHORT_NAMES

PAYMENT, CONTACT, CASH = gettext_lazy("缴费"), gettext_lazy("联系"), gettext_lazy("代收")


def happenings(resident, staff):
    """Give a person's transfers, the contacts that stand, and the receipts for cash."""
    may_open = staff.may("view_transfer")
    transfers = Transfer.objects.filter(county_code=resident.county_code, resident=resident)
    for one in transfers:
        words = _("%(scheme)s %(year)d 年 %(amount)s 元 %(source)s") % {
            "scheme": SHORT_NAMES[one.scheme_id],
            "year": one.year,
            "amount": yuan(one.signed_amount),
            "source": one.get_source_display(),
        }
        kind = PAYMENT if one.kind == Transfer.Kind.NORMAL else one.get_kind_display()
        url = reverse("contributions:transfer", args=[one.county_code, one.year, one.id])
        yield Happening(one.paid_on, kind, words, url=url if may_open else "")
    contacts = Contact.objects.visible_to(staff).standing().filter(resident=resident)
    for one in contacts.select_related("made_by"):
        told = (one.get_outcome_display(), one.promised_on and str(one.promised_on), one.note)
        yield Happening(
            one.contacted_at, CONTACT, " ".join(part for part in told if part), one.made_by.name
        )
    yield from _cash(resident, staff)


def _cash(resident, staff):
    if not staff.may("view_receipt"):
        return
    receipts = CashReceipt.objects.visible_to(staff)
    lines = CashLine.objects.standing().filter(resident=resident, receipt__in=receipts)
    for one in lines.select_related("receipt__made_by"):
        words = _("收据 %(number)s %(amount)s 元") % {
            "number": one.receipt.number,
            "amount": yuan(one.amount),
        }
        url = reverse("contributions:cash_receipt", args=[one.receipt_id])
        yield Happening(one.receipt.received_on, CASH, words, one.receipt.made_by.name, url)
