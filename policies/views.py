"""Pages of the policies: what is in force, one version in full, and its way into force."""

from datetime import date
from itertools import groupby

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from pension_portal.clock import today
from pension_portal.doors import needs
from policies.answers import ask, tiers_of, undecided_proxies
from policies.checking import understand
from policies.clauses import payers_words, sections_of
from policies.comparing import compare
from policies.errors import PolicyFileFaulty, PolicyOfOtherCounty
from policies.forms import PolicyFileForm, WithdrawalForm
from policies.loading import load_policy, newer_published, publish_policy, withdraw_policy
from policies.marking import marked_lines, readable_text
from policies.models import PolicyVersion
from policies.phrases import condition_words, document_words
from policies.reading import Fault
from policies.words import PAYER_CHOICES
from staff.models import Duty, DutyKind

# --- Reading ------------------------------------------------------------------------------------


@require_GET
@needs("view_policy")
def policies(request):
    """Scheme by scheme and year by year: what is in force, and what waits for whom."""
    versions = list(
        PolicyVersion.objects.visible_to(request.user)
        .select_related("scheme", "loaded_by", "published_by")
        .defer("source")
        .order_by("-year", "scheme", "-version")
    )
    publishers = _publishers(request.user.county_code)
    years = [
        (year, [_place(list(alike), publishers) for _scheme, alike in groupby(of_year, _scheme_of)])
        for year, of_year in groupby(versions, lambda version: version.year)
    ]
    context = {
        "years": years,
        "drafts": [version for version in versions if version.status == version.Status.DRAFT],
        "may_load": request.user.may("load_policy"),
    }
    return render(request, "policies/list.html", context)


def _scheme_of(version):
    return version.scheme_id


def _place(versions, publishers):
    """Return one line of the list: a scheme of a year, with its versions, newest first."""
    published = [version for version in versions if version.is_published]
    return {
        "scheme": versions[0].scheme,
        "in_force": published[0] if published else None,
        "drafts": [
            {"version": version, "publishers": _others(publishers, version)}
            for version in versions
            if version.status == PolicyVersion.Status.DRAFT
        ],
        "earlier": [
            version
            for version in versions
            if version not in published[:1] and version.status != PolicyVersion.Status.DRAFT
        ],
    }


def _publishers(county_code):
    """Return who may publish in a county today."""
    duties = Duty.objects.in_force_on(today()).filter(
        kind=DutyKind.COUNTY_APPROVER, area_id=county_code, staff__is_active=True
    )
    return [duty.staff for duty in duties.select_related("staff").order_by("staff__name")]


def _others(publishers, version):
    """Return the names of those who may publish this version: whoever loaded it may not."""
    return [person.name for person in publishers if person.pk != version.loaded_by_id]


@require_GET
@needs("view_policy")
def policy(request, policy_id):
    """One version as its document reads, the article beside each rule."""
    version = _visible_policy(request, policy_id)
    tiers, payers = _tiers_with_payers(version)
    may_publish = request.user.may("publish_policy")
    is_draft = version.status == PolicyVersion.Status.DRAFT
    is_own = version.loaded_by_id == request.user.pk
    newer = newer_published(version)
    context = {
        "policy": version,
        "tiers": tiers,
        "payers": payers,
        "sections": sections_of(version),
        "subsidy_payers": payers_words(version, "subsidy"),
        "proxy_payers": payers_words(version, "proxy"),
        "undecided_tiers": [tier for tier in tiers if not tier["decided"]],
        "undecided_proxies": [
            (condition_words(rule.condition), rule.source_article)
            for rule in undecided_proxies(version)
        ],
        "is_in_force": PolicyVersion.objects.in_force().filter(pk=version.pk).exists(),
        "publishers": _others(_publishers(version.county_code), version) if is_draft else [],
        "is_own": is_own,
        "newer": newer,
        "may_publish": may_publish and is_draft and not is_own and not newer,
        "may_withdraw": may_publish and version.is_published,
        "earlier": _version_before(version),
        "plan_url": _plan_url(version) if request.user.may("set_quotas") else "",
    }
    return render(request, "policies/version.html", context)


def _plan_url(version):
    """Return the form of the year's task with the policy's days and shares filled in, or empty."""
    stages = list(version.targets.filter(kind="progress").order_by("due_on"))
    if not stages or not version.is_published:
        return ""
    filled = {
        "scheme_id": version.scheme_id,
        "year": version.year,
        "starts_on": date(version.year, 1, 1),
        "ends_on": stages[-1].due_on,
        "document_no": version.document_no,
    }
    for place, stage in enumerate(stages):
        filled[f"stage-{place}-label"] = stage.label or _("阶段")
        filled[f"stage-{place}-due_on"] = stage.due_on
        filled[f"stage-{place}-share"] = f"{stage.rate * 100:.2f}"
    return f"{reverse('townships:new_plan')}?{urlencode(filled)}"


def _tiers_with_payers(version):
    """Return the tiers, each with its payers' parts, and the payers' names in their order.

    The parts are the engine's own answer, for somebody of whom nothing else is known.
    """
    tiers = tiers_of(version)
    questions = [
        {
            "policy_id": version.pk,
            "amount": tier["amount"],
            "source": "proxy" if tier["proxy_only"] else "own",
        }
        for tier in tiers
    ]
    shares = [
        {share["payer"]: share["amount"] for share in answer["shares"] or () if _is_subsidy(share)}
        for answer in (ask(questions) if questions else ())
    ]
    payers = {code: name for code, name in PAYER_CHOICES if any(code in parts for parts in shares)}
    for tier, parts in zip(tiers, shares, strict=True):
        tier["parts"] = [parts.get(code) for code in payers]
    return tiers, list(payers.values())


def _is_subsidy(share):
    return share["item"] == "subsidy"


@require_GET
@needs("view_policy")
def tier_sheet(request, policy_id):
    """The tier table alone, to be printed and hung up: one A4 page with its source and dates."""
    version = _visible_policy(request, policy_id)
    tiers, payers = _tiers_with_payers(version)
    context = {
        "policy": version,
        "document": document_words(version),
        "tiers": tiers,
        "payers": payers,
        "windows": sections_of(version).get("windows", []),
        "today": today(),
        "is_in_force": PolicyVersion.objects.in_force().filter(pk=version.pk).exists(),
    }
    return render(request, "policies/tiers.html", context)


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


# --- One version beside another -----------------------------------------------------------------


@require_GET
@needs("view_policy")
def difference(request, policy_id):
    """What a version changes against another, in words; without a choice, the one before it."""
    version = _visible_policy(request, policy_id)
    others = _others_of_scheme(version)
    chosen = request.GET.get("with", "")
    before = _version_before(version)
    other = get_object_or_404(others, pk=chosen) if chosen.isdigit() else before
    context = {
        "policy": version,
        "other": other,
        "others": others,
        "differences": compare(other, version) if other else [],
    }
    return render(request, "policies/difference.html", context)


def _others_of_scheme(version):
    return (
        PolicyVersion.objects.filter(county_code=version.county_code, scheme=version.scheme_id)
        .exclude(pk=version.pk)
        .select_related("scheme")
        .defer("source")
        .order_by("-year", "-version")
    )


def _version_before(version):
    """Return the version before this one: of this year, or the newest of an earlier year."""
    others = _others_of_scheme(version)
    same_year = others.filter(year=version.year, version__lt=version.version)
    return same_year.first() or others.filter(year__lt=version.year).first()


# --- Loading ------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@needs("load_policy")
def load(request):
    """Take a policy file or its text; show each fault at its line, or go to the draft it became."""
    form = PolicyFileForm(request.POST or None, request.FILES or None)
    if request.method != "POST":
        return render(request, "policies/load.html", {"form": form, "faults": []})
    if not form.is_valid():
        return render(request, "policies/load.html", {"form": form, "faults": []}, status=422)
    raw = form.raw()
    try:
        version = _load_for_county(raw, request.user)
    except PolicyFileFaulty as refusal:
        return _faulty(request, raw, refusal.faults, status=422)
    except PolicyOfOtherCounty as refusal:
        return _faulty(request, raw, [_fault_of_other_county(raw, refusal)], status=403)
    messages.success(request, _("已录入，等另一位县级工作人员核对后发布"))
    return redirect("policies:version", version.pk)


def _faulty(request, raw, faults, *, status):
    """Show the text with every fault where it is, and give it back to be corrected."""
    text = readable_text(raw)
    context = {
        "form": PolicyFileForm(initial={"text": text}),
        "faults": faults,
        "lines": marked_lines(text, faults),
    }
    return render(request, "policies/load.html", context, status=status)


def _fault_of_other_county(raw, refusal):
    text, _rows = understand(raw)
    remedy = _("核对文件里的县区代码")
    return Fault(text.line_of(("县区",)), _("县区"), str(refusal), remedy)


def _load_for_county(raw, staff):
    """Load the file if it is for the staff member's own county."""
    _text, rows = understand(raw)
    if rows and rows.head["county_code"] != staff.county_code:
        raise PolicyOfOtherCounty(county=rows.head["county_name"])
    return load_policy(raw, by=staff)


# --- Into force and out of it -------------------------------------------------------------------


@require_POST
@needs("publish_policy")
def publish(request, policy_id):
    """Put a draft in force."""
    publish_policy(_visible_policy(request, policy_id), by=request.user)
    messages.success(request, _("已发布，从现在起按这一版核对缴费和补贴"))
    return redirect("policies:version", policy_id)


@require_http_methods(["GET", "POST"])
@needs("publish_policy")
def withdraw(request, policy_id):
    """Ask why, then take a version out of force."""
    version = _visible_policy(request, policy_id)
    form = WithdrawalForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        withdraw_policy(version, by=request.user, reason=form.cleaned_data["reason"])
        messages.success(request, _("已撤回，上一份已发布的版本重新生效"))
        return redirect("policies:version", policy_id)
    back_in_force = (
        PolicyVersion.objects.published()
        .filter(county_code=version.county_code, scheme=version.scheme_id, year=version.year)
        .exclude(pk=version.pk)
        .order_by("-version")
        .first()
    )
    context = {"policy": version, "form": form, "back_in_force": back_in_force}
    status = 422 if form.errors else 200
    return render(request, "policies/withdraw.html", context, status=status)


def _visible_policy(request, policy_id):
    return get_object_or_404(
        PolicyVersion.objects.visible_to(request.user).select_related(
            "scheme", "loaded_by", "published_by", "withdrawn_by"
        ),
        pk=policy_id,
    )
