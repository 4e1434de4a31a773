"""Take cash in a village, void a receipt, hand the cash in (代收、作废、上解).

    take_cash            a receipt with a number of its own, for people who are still to pay
    void_receipt         it stands in the list with its reason; the number is never given again
    remit_cash           what was handed in by one voucher; a second person confirms it
    withdraw_remittance  its receipts are in the village's hands again

None of these touches the ledger: whether the money came, the tax bureau's export says.
"""

from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contributions.models import CashLine, CashReceipt, CashSettings
from contributions.unpaid import unpaid
from pension_portal.clock import today
from pension_portal.refusals import Refusal
from policies.answers import tier_table
from policies.models import PolicyVersion, Window
from staff import approving
from staff.audit import record
from staff.permissions import may
from townships.models import Area


class NobodyToTakeFrom(Refusal):
    code = "nobody_to_take_from"
    sentence = _("没有选要收谁的钱。勾选至少一人并选好档次，再开收据。")
    status = 400


class NotToPay(Refusal):
    code = "not_to_pay"
    sentence = _("%(name)s 不在本村 %(year)s 年未缴名单里（已到账或不用缴），不收现金。")


class ReceiptStands(Refusal):
    code = "receipt_stands"
    sentence = _("%(name)s 今年已开收据 %(number)s，不重复收。开错的先作废那一张。")


class NotATierToCollect(Refusal):
    code = "not_a_tier_to_collect"
    sentence = _("%(amount)s 元不是 %(year)s 年的缴费档次，改选一个档次。")
    status = 400


class ReceiptVoided(Refusal):
    code = "receipt_voided"
    sentence = _("收据 %(number)s 已由 %(name)s 作废，不用再办。")


class ReceiptRemitted(Refusal):
    code = "receipt_remitted"
    sentence = _("收据 %(number)s 已列入上解，不能作废。上解还没确认的，先撤回上解。")


class VoidNotYours(Refusal):
    code = "void_not_yours"
    sentence = _("本人当天开的收据可以自己作废；其余的由乡镇另一人作废。")
    status = 403


class NothingToRemit(Refusal):
    code = "nothing_to_remit"
    sentence = _("没有勾选可上解的收据。收据可能刚被作废或列入别的上解，刷新后再选。")


class RemittedBeforeTaken(Refusal):
    code = "remitted_before_taken"
    sentence = _("上解日期早于收据 %(number)s 的收款日期 %(day)s，核对日期。")
    status = 400


class VoucherUsed(Refusal):
    code = "voucher_used"
    sentence = _("凭证号 %(voucher)s 已登记过一次上解，核对凭证号。")


@transaction.atomic
def take_cash(receipt, amounts, *, by):
    """Number a new receipt and save it with a line for each person; return it.

    `receipt` is unsaved and says village, scheme, year, collector, payer and day; `amounts` is
    {resident: yuan}. Refuses NobodyToTakeFrom, NotATierToCollect, ReceiptStands and NotToPay.
    """
    if not amounts:
        raise NobodyToTakeFrom()
    _lock_village(receipt.village_code)
    _refuse_other_sums(receipt, amounts)
    _refuse_who_need_not_pay(receipt, amounts)
    receipt.county_code = receipt.village_code[:6]
    receipt.number = _next_number(receipt)
    receipt.amount = sum(amounts.values(), Decimal(0))
    receipt.made_by = by
    receipt.save(force_insert=True)
    CashLine.objects.bulk_create(
        CashLine(
            receipt=receipt,
            county_code=receipt.county_code,
            village_code=receipt.village_code,
            scheme_id=receipt.scheme_id,
            year=receipt.year,
            resident=resident,
            amount=amount,
        )
        for resident, amount in amounts.items()
    )
    record(
        "take_cash",
        receipt,
        by=by,
        area_code=receipt.village_code,
        amount=str(receipt.amount),
        people=len(amounts),
    )
    return receipt


@transaction.atomic
def void_receipt(receipt, *, reason, by):
    """Void a receipt whose money is still in the village; return it.

    One's own of today, or another's by who confirms remittances. Refuses ReceiptVoided,
    ReceiptRemitted and VoidNotYours.
    """
    _lock_village(receipt.village_code)
    receipt = CashReceipt.objects.select_related("voided_by").get(pk=receipt.pk)
    if receipt.voided_at:
        raise ReceiptVoided(number=receipt.number, name=receipt.voided_by)
    if receipt.remittance_id:
        raise ReceiptRemitted(number=receipt.number)
    if not may_void(receipt, by):
        raise VoidNotYours()
    receipt.voided_at, receipt.voided_by = timezone.now(), by
    receipt.void_reason = " ".join(reason.split())[:200]
    receipt.save(update_fields=["voided_at", "voided_by", "void_reason"])
    receipt.lines.update(is_void=True)
    record(
        "void_receipt",
        receipt,
        by=by,
        reason=receipt.void_reason,
        area_code=receipt.village_code,
        amount=str(receipt.amount),
    )
    return receipt


def may_void(receipt, staff):
    """Whether somebody may void a receipt: one's own today, another's as who confirms."""
    if receipt.made_by_id == staff.pk:
        return timezone.localdate(receipt.made_at) == timezone.localdate()
    return may(staff, "confirm_cash")


@transaction.atomic
def remit_cash(remittance, receipts, *, by):
    """Note that the cash of some receipts was handed in; return it, waiting to be confirmed.

    `remittance` is unsaved and says village, day, voucher and where. Refuses NothingToRemit,
    RemittedBeforeTaken and VoucherUsed.
    """
    _lock_village(remittance.village_code)
    held = CashReceipt.objects.in_hand().inside(remittance.village_code)
    found = list(held.filter(pk__in=[one.pk for one in receipts]))
    if not found or len(found) != len(receipts):
        raise NothingToRemit()
    latest = max(found, key=lambda one: one.received_on)
    if remittance.remitted_on < latest.received_on:
        raise RemittedBeforeTaken(number=latest.number, day=latest.received_on)
    _refuse_a_used_voucher(remittance)
    remittance.county_code = remittance.village_code[:6]
    remittance.amount = sum((one.amount for one in found), Decimal(0))
    remittance = _begin(remittance, by=by)
    CashReceipt.objects.filter(pk__in=[one.pk for one in found]).update(remittance=remittance)
    return approving.submit(remittance, by=by)


@transaction.atomic
def withdraw_remittance(remittance, *, by):
    """Let its maker give a remittance up: its receipts are owed and in hand again."""
    remittance = approving.withdraw(remittance, by=by)
    remittance.receipts.update(remittance=None)
    return remittance


@transaction.atomic
def set_overdue_days(county_code, days, *, by):
    """Set after how many days a county calls cash overdue."""
    before = CashSettings.days_of(county_code)
    CashSettings.objects.update_or_create(
        county_code=county_code, defaults={"overdue_days": days, "changed_by": by}
    )
    record(
        "set_cash", f"area:{county_code}", by=by, area_code=county_code, days={"": [before, days]}
    )


def year_to_take(county_code, scheme_id):
    """Return the year that cash taken today is for: this one, or the next where that one's window
    has opened and this one's is closed, as for medical insurance in autumn (M19).
    """

    def windows_of(year):
        policies = PolicyVersion.objects.in_force(county_code, scheme_id, year)
        return Window.objects.filter(policy__in=policies, from_on__lte=today())

    year = today().year
    is_next = windows_of(year + 1).exists() and not windows_of(year).filter(to_on__gte=today())
    return year + bool(is_next)


def _lock_village(code):
    """Receipts of a village are numbered, voided and handed in one after the other."""
    Area.objects.select_for_update(no_key=True).get(pk=code)


def _refuse_other_sums(receipt, amounts):
    tiers = tier_table(receipt.village_code[:6], receipt.scheme_id, receipt.year)
    sums = {tier["amount"] for tier in tiers if not tier["proxy_only"]}
    for amount in amounts.values():
        if amount not in sums:
            raise NotATierToCollect(amount=f"{amount:,.2f}", year=receipt.year)


def _refuse_who_need_not_pay(receipt, amounts):
    campaign = {"scheme_id": receipt.scheme_id, "year": receipt.year}
    lines = CashLine.objects.standing().filter(resident__in=amounts, **campaign)
    if known := lines.select_related("receipt", "resident").first():
        raise ReceiptStands(name=known.resident.name, number=known.receipt.number)
    people = unpaid(receipt.village_code, **campaign).filter(resident__in=amounts)
    to_pay = set(people.values_list("resident_id", flat=True))
    for resident in amounts:
        if resident.pk not in to_pay:
            raise NotToPay(name=resident.name, year=receipt.year)


def _next_number(receipt):
    """Receipts of a village and year are numbered without a gap: 101201-2021-0007."""
    same = CashReceipt.objects.inside(receipt.village_code).filter(
        number__contains=f"-{today().year}-"
    )
    return f"{receipt.village_code[6:]}-{today().year}-{same.count() + 1:04d}"


def _begin(remittance, *, by):
    """Save a new remittance; of two villages with one voucher at once the database stops one."""
    try:
        with transaction.atomic():
            return approving.begin(remittance, by=by)
    except IntegrityError as clash:
        if "one_remittance_of_a_voucher" in str(clash):
            raise VoucherUsed(voucher=remittance.voucher) from clash
        raise


def _refuse_a_used_voucher(remittance):
    same = type(remittance).objects.filter(
        county_code=remittance.village_code[:6],
        paid_to=remittance.paid_to,
        voucher=remittance.voucher,
    )
    if same.exclude(state=type(remittance).State.WITHDRAWN).exists():
        raise VoucherUsed(voucher=remittance.voucher)
