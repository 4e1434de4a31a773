"""The addresses under which something is submitted, reviewed, approved, returned and withdrawn.

    urlpatterns = [
        path("settlements/<int:settlement_id>/", settlements.settlement, name="settlement"),
        *approval_paths(Settlement, "settlements", page="benefits:settlement",
                        return_action="return_settlement", approve=settling.approve_settlement),
    ]

Every step does the same at the door: find the thing among what this person may see, take the step,
say so, show its page again. An app names only the deeds that do more than the step itself.
"""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from staff import approving
from staff.models import Approvable
from staff.permissions import needs

SAID = {
    "submit": gettext_lazy("已提交，等下一位办理。"),
    "review": gettext_lazy("已复核，等审批。"),
    "approve": gettext_lazy("已同意，即时生效。"),
    "return": gettext_lazy("已退回经办人补正。"),
    "withdraw": gettext_lazy("已撤回，留痕备查。"),
}


def approval_paths(
    model,
    prefix,
    *,
    page,
    return_action,
    submit=approving.submit,
    approve=approving.approve,
    withdraw=approving.withdraw,
):
    """Return the paths of the steps of a model with a `visible_to`; `page` is the URL name of what
    is shown afterwards, with the id of the thing. `return_action` is that of the matrix which
    reviewers and approvers have in common.
    """
    name = model._meta.model_name
    takes = {
        "submit": (model.make_action, lambda thing, request: submit(thing, by=request.user)),
        "review": (model.review_action, _review),
        "approve": (
            model.approve_action,
            lambda thing, request: approve(thing, by=request.user, seen=_seen(request)),
        ),
        "return": (return_action, _return),
        "withdraw": (
            model.make_action,
            lambda thing, request: withdraw(thing, by=request.user),
        ),
    }
    return [
        path(
            f"{prefix}/<int:{name}_id>/{step}/",
            _door(model, step, action, take, page),
            name=f"{step}_{name}",
        )
        for step, (action, take) in takes.items()
        if action
    ]


def _door(model, step, action, take, page):
    """Return the view of one step."""

    @needs(action)
    @require_POST
    def door(request, **which):
        (number,) = which.values()
        thing = get_object_or_404(model.objects.visible_to(request.user), pk=number)
        assert isinstance(thing, Approvable)
        take(thing, request)
        messages.success(request, _(str(SAID[step])))
        return redirect(page, thing.pk)

    return door


def _review(thing, request):
    return approving.review(thing, by=request.user, seen=_seen(request))


def _return(thing, request):
    reason, code = request.POST.get("reason", "")[:200], request.POST.get("code", "")[:20]
    return approving.return_to_maker(thing, by=request.user, reason=reason, code=code)


def _seen(request):
    return request.POST.get("seen", "")
