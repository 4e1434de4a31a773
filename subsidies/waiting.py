"""What waits at the start page for the state's money: claims and proxy rosters on their way."""

from django.urls import reverse
from django.utils.translation import gettext as _

from staff.models import Approvable
from staff.waiting import State, Waiting
from subsidies.models import AidList, ProxyRoster, SubsidyClaim

STATES = Approvable.State


def waiting_items(staff):
    """Yield what this person has to review, approve, mend or pay of claims and rosters."""
    for model, what, words, page in (
        (SubsidyClaim, "claim", _("补贴资金申请"), "subsidies:claims"),
        (ProxyRoster, "proxy", _("代缴名册"), "subsidies:rosters"),
        (AidList, "aid", _("补助资助名单"), "subsidies:aids"),
    ):
        found, url = model.objects.visible_to(staff), reverse(page)
        if staff.may(f"review_{what}"):
            count = found.filter(state=STATES.SUBMITTED).count()
            yield Waiting(_("%(what)s待复核") % {"what": words}, count, url, _("件"))
        if staff.may(f"approve_{what}"):
            count = found.filter(state=STATES.REVIEWED).count()
            yield Waiting(_("%(what)s待审批") % {"what": words}, count, url, _("件"))
        if staff.may(f"make_{what}"):
            mine = found.filter(made_by=staff)
            count = mine.filter(state=STATES.RETURNED).count()
            yield Waiting(_("%(what)s被退回") % {"what": words}, count, url, _("件"))
            drafts = mine.filter(state=STATES.DRAFT).count()
            yield Waiting(str(words), drafts, url, _("件"), State.DRAFT)
    if staff.may("pay_proxy"):
        unpaid = ProxyRoster.objects.visible_to(staff).approved().filter(paid_on=None)
        yield Waiting(_("代缴名册待拨付"), unpaid.count(), reverse("subsidies:rosters"), _("件"))
