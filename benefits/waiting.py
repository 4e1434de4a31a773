"""What waits at the start page for accounts: settlements, moves and interest on their way."""

from django.urls import reverse
from django.utils.translation import gettext as _

from benefits.models import AccountMove, InterestRun, InterestTerms, Settlement
from staff.models import Approvable
from staff.waiting import State, Waiting

STATES = Approvable.State


def waiting_items(staff):
    """Yield what this person has to review, approve, mend or pay about accounts."""
    for model, what, words, page in (
        (Settlement, "settlement", _("账户清算"), "benefits:settlements"),
        (AccountMove, "settlement", _("外地转入"), "benefits:settlements"),
        (InterestTerms, "interest", _("年度利率"), "benefits:interest"),
        (InterestRun, "interest", _("年度结息"), "benefits:interest"),
    ):
        url = reverse(page)
        found = model.objects.visible_to(staff)
        if staff.may(f"review_{what}"):
            count = found.filter(state=STATES.SUBMITTED).count()
            yield Waiting(_("%(what)s待复核") % {"what": words}, count, url, _("件"))
        if staff.may(f"approve_{what}"):
            count = found.filter(state=STATES.REVIEWED).count()
            yield Waiting(_("%(what)s待审批") % {"what": words}, count, url, _("件"))
        if staff.may(f"make_{what}"):
            mine = found.filter(made_by=staff)
            yield Waiting(
                _("%(what)s被退回") % {"what": words},
                mine.filter(state=STATES.RETURNED).count(),
                url,
                _("件"),
            )
            drafts = mine.filter(state=STATES.DRAFT).count()
            yield Waiting(str(words), drafts, url, _("件"), State.DRAFT)
    if staff.may("pay_settlement"):
        unpaid = Settlement.objects.visible_to(staff).approved().filter(paid_on=None)
        url = reverse("benefits:settlements")
        yield Waiting(_("账户清算待支付"), unpaid.count(), url, _("件"))
