"""Doors of the preview: whom a version of a policy affects, and by how much (影响谁)."""

from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_POST

from policies.models import PolicyVersion
from staff.permissions import may, needs
from subsidies.affected import (
    HOW,
    UNKNOWN_TIER,
    count_affected,
    list_affected,
    payer_name,
    version_to_compare,
)
from subsidies.forms import AffectedFilter
from subsidies.previewing import begin_preview, preview_of, stale_because
from subsidies.views.matrix import area_names, page_of, towns_of, with_people


@needs("view_policy")
@require_GET
def affected(request, policy_id):
    """The figures of the newest preview, and how far one that is being worked out has come."""
    frame = _frame(request, policy_id)
    preview, under_way = frame["preview"], frame["under_way"]
    if preview and not frame["is_running"]:
        frame |= {"stale_because": stale_because(preview)}
        frame |= _figures(preview, request.user.area_code)
    is_part = request.htmx and not request.htmx.boosted
    template = "subsidies/_affected.html" if is_part else "subsidies/affected.html"
    return render(request, template, frame | {"job": under_way and under_way.job})


@needs("preview_policy")
@require_POST
def begin_affected(request, policy_id):
    """Have a draft's preview worked out, for the first time or anew."""
    begin_preview(_policy_or_404(request, policy_id), by=request.user)
    return redirect("subsidies:affected", policy_id)


@needs("view_person")
@require_GET
def affected_people(request, policy_id):
    """One page of those whose answer differs, numbers masked."""
    frame = _frame(request, policy_id)
    preview = frame["preview"]
    if preview is None:
        return redirect("subsidies:affected", policy_id)
    # A town outside one's own area is no choice.
    form = AffectedFilter(request.GET, towns=towns_of(request.user))
    chosen = form.chosen()
    town = chosen.pop("town")
    area_code = town or request.user.area_code
    lines = list_affected(preview, area_code=area_code, **chosen).select_related("answer")
    page = page_of(request, lines)
    listed = [
        {
            "resident_id": line.resident_id,
            "village_code": line.village_code,
            "answer": line.answer,
            "how_words": HOW[line.answer.how],
        }
        for line in page
    ]
    chosen = {name: value for name, value in chosen.items() if value not in ("", None)}
    export = {"kind": "affected", "area": area_code, "preview": preview.pk, **chosen}
    context = frame | {
        "form": form,
        "page": page,
        "lines": with_people(request.user, listed),
        "export_query": urlencode(export) if may(request.user, "export_people") else "",
    }
    return render(request, "subsidies/affected_people.html", context)


def _policy_or_404(request, policy_id):
    versions = PolicyVersion.objects.visible_to(request.user).select_related("scheme")
    return get_object_or_404(versions.defer("source"), pk=policy_id)


def _frame(request, policy_id):
    policy = _policy_or_404(request, policy_id)
    preview, under_way = preview_of(policy)
    is_draft = policy.status == PolicyVersion.Status.DRAFT
    return {
        "policy": policy,
        "preview": preview,
        "under_way": under_way,
        "is_running": bool(under_way and not under_way.job.is_finished),
        "base": preview.base if preview else version_to_compare(policy),
        "may_list": may(request.user, "view_person"),
        "may_begin": is_draft and may(request.user, "preview_policy"),
    }


def _figures(preview, area_code):
    """Return what the page shows of an area: as a whole, each town, each tier, each payer."""
    found = count_affected(preview, area_code=area_code)
    names = area_names(found.towns)
    return {
        "whole": found.whole,
        "how": [(name, found.whole.how.get(code, 0), code) for code, name in HOW.items()],
        "towns": [
            (code, names.get(code, code), tally) for code, tally in sorted(found.towns.items())
        ],
        "tiers": [
            (base, base != UNKNOWN_TIER, tally, *found.answers[base])
            for base, tally in sorted(found.tiers.items())
        ],
        "funders": [(payer_name(code), tally) for code, tally in sorted(found.funders.items())],
    }
