"""The parts of a person's account (账户资金来源)."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Source(models.TextChoices):
    """Where a part of an account came from; the first two are those of the ledger."""

    OWN = "own", _("个人缴费")
    PROXY = "proxy", _("政府代缴")
    SUBSIDY = "subsidy", _("缴费补贴")
    COLLECTIVE = "collective", _("集体补助")
    DONATION = "donation", _("社会资助")


# What goes back to the person where months were paid twice; what the state added does not.
OF_THE_PERSON = (Source.OWN, Source.COLLECTIVE, Source.DONATION)
