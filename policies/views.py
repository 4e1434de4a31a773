"""Pages of the policies: what is in force, one version in full, and its way into force."""

from itertools import groupby

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from pension_portal.doors import needs
from policies.answers import tiers_of, undecided_proxies
from policies.checking import understand
from policies.errors import PolicyFileFaulty, PolicyOfOtherCounty
from policies.forms import PolicyFileForm
from policies.loading import load_policy, publish_policy, withdraw_policy
from policies.models import PolicyVersion


@require_GET
@needs("view_policy")
def policies(request):
    """Every version of the reader's county, the newest year first."""
    versions = (
        PolicyVersion.objects.visible_to(request.user)
        .select_related("scheme", "loaded_by", "published_by")
        .defer("source")
        .order_by("-year", "scheme", "-version")
    )
    in_force = set(
        PolicyVersion.objects.visible_to(request.user).in_force().values_list("pk", flat=True)
    )
    years = [
        (year, list(of_year)) for year, of_year in groupby(versions, lambda policy: policy.year)
    ]
    context = {
        "years": years,
        "in_force": in_force,
        "may_load": request.user.may("load_policy"),
    }
    return render(request, "policies/list.html", context)


@require_GET
@needs("view_policy")
def policy(request, policy_id):
    """One version as citizens and officers read it: tiers and subsidies first, sources beside."""
    version = _visible_policy(request, policy_id)
    tiers = tiers_of(version)
    may_publish = request.user.may("publish_policy")
    context = {
        "policy": version,
        "tiers": tiers,
        "undecided_tiers": [tier for tier in tiers if not tier["decided"]],
        "undecided_proxies": undecided_proxies(version),
        "proxies": version.rules.on("proxy"),
        "shares": version.rules.on("share"),
        "back_payment": getattr(version, "back_payment_rule", None),
        "is_in_force": PolicyVersion.objects.in_force().filter(pk=version.pk).exists(),
        "may_publish": may_publish and version.status == PolicyVersion.Status.DRAFT,
        "may_withdraw": may_publish and version.is_published,
    }
    return render(request, "policies/version.html", context)


@require_GET
@needs("view_policy")
def source(request, policy_id):
    """The very text that was loaded, to be kept, compared or corrected."""
    version = _visible_policy(request, policy_id)
    name = f"{version.county_code}-{version.year}-{version.scheme.code}-v{version.version}.yaml"
    return HttpResponse(
        version.source,
        content_type="application/yaml; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@require_http_methods(["GET", "POST"])
@needs("load_policy")
def load(request):
    """Take a policy file; show every fault of a wrong one, or go to the draft it became."""
    form = PolicyFileForm(request.POST or None, request.FILES or None)
    faults = []
    if request.method == "POST" and form.is_valid():
        raw = form.cleaned_data["file"].read()
        try:
            version = _load_for_county(raw, request.user)
        except PolicyFileFaulty as refusal:
            faults = refusal.faults
        else:
            messages.success(request, _("已录入，等另一位县级工作人员核对后发布"))
            return redirect("policies:version", version.pk)
    context = {"form": form, "faults": faults}
    status = 422 if faults or form.errors else 200
    return render(request, "policies/load.html", context, status=status)


@require_POST
@needs("publish_policy")
def publish(request, policy_id):
    """Put a draft in force."""
    publish_policy(_visible_policy(request, policy_id), by=request.user)
    messages.success(request, _("已发布，从现在起按这一版核对缴费和补贴"))
    return redirect("policies:version", policy_id)


@require_POST
@needs("publish_policy")
def withdraw(request, policy_id):
    """Take a version out of force."""
    withdraw_policy(_visible_policy(request, policy_id), by=request.user)
    messages.success(request, _("已撤回，上一份已发布的版本重新生效"))
    return redirect("policies:version", policy_id)


def _visible_policy(request, policy_id):
    return get_object_or_404(
        PolicyVersion.objects.visible_to(request.user).select_related(
            "scheme", "loaded_by", "published_by", "withdrawn_by"
        ),
        pk=policy_id,
    )


def _load_for_county(raw, staff):
    """Load the file if it is for the staff member's own county."""
    _text, rows = understand(raw)
    if rows and rows.head["county_code"] != staff.county_code:
        raise PolicyOfOtherCounty(county=rows.head["county_name"])
    return load_policy(raw, by=staff)
