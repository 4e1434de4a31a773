"""Doors of the cases: the list, one of them with papers and steps, its form, its printed sheet."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from enrollment import case_items, cases, drafts
from enrollment.case_forms import SETTLEMENT, CaseFilter, CaseForm, PaperForm, initial_of
from enrollment.case_kinds import KINDS, PAPERS, CaseKind, missing_papers, required_papers
from enrollment.models import Case, CasePaper, Resident
from enrollment.papers import PDF_START
from enrollment.revealing import REASONS, SHOWN_SECONDS, reveal_text
from enrollment.views.registering import begin_anew
from enrollment.views.residents import names_of
from pension_portal.doors import refuse_unless_allowed
from pension_portal.files import read_file
from pension_portal.refusals import Refusal
from staff import approving
from staff.approval_panel import look_of, panel_of
from staff.audit import record
from staff.permissions import may, needs
from townships.models import TOWN_CODE_LENGTH

CASES_PER_PAGE = 30
LONGEST_DRAFT_NAME = 40


# --- The list -------------------------------------------------------------------------------------


@needs("view_case")
@require_GET
def case_list(request):
    """The cases of one's area: those that wait for me, mine, returned, by town and month."""
    form = CaseFilter(request.GET, staff=request.user)
    form.is_valid()
    asked = form.cleaned_data
    found = _filtered(Case.objects.visible_to(request.user), asked, request.user)
    found = found.select_related("made_by", "reviewed_by", "approved_by", "returned_by")
    page = Paginator(found.prefetch_related("items"), CASES_PER_PAGE).get_page(
        request.GET.get("page")
    )
    add_what_a_line_shows(page)
    context = {
        "form": form,
        "page": page,
        "is_narrowed": any(asked.values()),
        "may_make": may(request.user, "make_case"),
        "may_enrol": may(request.user, "enrol"),
    }
    return render(request, "enrollment/cases.html", context)


def _filtered(found, asked, staff):
    shows = {
        "waiting": lambda: found.waiting_for(staff),
        "mine": lambda: found.filter(made_by=staff),
        "returned": lambda: found.filter(state=Case.State.RETURNED),
        "open": found.open,
        "done": lambda: found.filter(state=Case.State.APPROVED),
    }
    if show := shows.get(asked.get("show")):
        found = show()
    if asked.get("kind"):
        found = found.filter(kind=asked["kind"])
    if asked.get("town"):
        found = found.filter(village_code__startswith=asked["town"])
    if month := asked.get("month"):
        found = found.filter(made_on__year=int(month[:4]), made_on__month=int(month[5:]))
    if words := asked.get("q", "").strip():
        number = words.rpartition("-")[2]
        by_number = {"pk": int(number)} if number.isdecimal() else {"pk": 0}
        found = found.filter(name__startswith=words) | found.filter(**by_number)
    return found.order_by("-id")


def add_what_a_line_shows(page):
    """Give each case of a page its look and its place, with one statement for all places."""
    codes = {case.village_code for case in page}
    names = names_of(codes | {code[:TOWN_CODE_LENGTH] for code in codes})
    for case in page:
        case.tone, case.icon = look_of(case)
        town, village = case.village_code[:TOWN_CODE_LENGTH], case.village_code
        case.place = f"{names.get(town, town)} {names.get(village, village)}"


def _kinds_for(staff, kinds):
    return [(kind.value, kind.label) for kind in kinds if may(staff, KINDS[kind].make_action)]


# --- One case -------------------------------------------------------------------------------------


@needs("view_case")
@require_GET
@never_cache
def case(request, case_id):
    """One case: what changes, its papers, its steps, and what whoever looks may do now."""
    found = _case_or_404(request, case_id)
    record("view_case", found, by=request.user, area_code=found.village_code)
    may_edit = found.state in (Case.State.DRAFT, Case.State.RETURNED) and may(
        request.user, found.make_action
    )
    others = Case.objects.visible_to(request.user).filter(resident=found.resident_id)
    context = {
        "case": found,
        "place": case_items.place_words(found.village_code),
        "lines": _lines_of(found),
        "papers": _papers_of(found),
        "missing": missing_papers(found),
        "may_edit": may_edit,
        "may_reveal": may(request.user, "reveal_person"),
        "panel": panel_of(found, request.user),
        "others": others.exclude(pk=found.pk)[:10] if found.resident_id else [],
    }
    return render(request, "enrollment/case.html", context)


def _case_or_404(request, case_id):
    found = Case.objects.visible_to(request.user).select_related(
        "resident", "report", "made_by", "reviewed_by", "approved_by", "returned_by"
    )
    return get_object_or_404(found, pk=case_id)


def _lines_of(found):
    return [
        {
            "item": item,
            "label": case_items.label(item.item),
            "before": case_items.shown(item.item, item.before),
            "after": case_items.shown(item.item, item.after),
            "is_secret": item.item in case_items.MASKS and bool(item.after),
        }
        for item in found.all_items
    ]


def _papers_of(found):
    """Return a line for each paper that is asked for, with those that are there, and the others."""
    there = list(found.standing_papers)
    wanted = [[kind for kind in PAPERS if kind in one] for one in required_papers(found)]
    lines = [
        {
            "kind": kinds[0],
            "choices": [(kind, PAPERS[kind]) for kind in kinds],
            "words": _("或").join(str(PAPERS[kind]) for kind in kinds),
            "papers": [paper for paper in there if paper.kind in kinds],
            "is_required": True,
        }
        for kinds in wanted
    ]
    if lacking := next((line for line in lines if not line["papers"]), None):
        lacking["is_next"] = True
    asked = {kind for kinds in wanted for kind in kinds}
    further = {
        "kind": "",
        "choices": [(kind, words) for kind, words in PAPERS.items() if kind not in asked],
        "words": _("其他材料"),
        "papers": [paper for paper in there if paper.kind not in asked],
        "is_required": False,
    }
    return [*lines, further]


@needs("reveal_person")
@require_POST
@never_cache
def reveal_item(request, case_id, item):
    """Show one hidden number of a case in full, for whoever compares it with the paper."""
    found, line = _secret_or_404(request, case_id, item)
    text = reveal_text(
        found.resident or found,
        line.after,
        what=item,
        reason=REASONS["change"],
        area_code=found.village_code,
        by=request.user,
        address=request.META.get("REMOTE_ADDR"),
    )
    context = {
        "case": found,
        "item": item,
        "masked": "",
        "text": text,
        "seconds": SHOWN_SECONDS,
    }
    return render(request, "enrollment/_case_secret.html", context)


@needs("view_case")
@require_GET
@never_cache
def hidden_item(request, case_id, item):
    """The hidden form of a number again."""
    found, line = _secret_or_404(request, case_id, item)
    context = {
        "case": found,
        "item": item,
        "masked": case_items.shown(item, line.after),
        "may_reveal": may(request.user, "reveal_person"),
    }
    return render(request, "enrollment/_case_secret.html", context)


def _secret_or_404(request, case_id, item):
    found = _case_or_404(request, case_id)
    line = get_object_or_404(found.items, item=item)
    if item not in case_items.MASKS or not line.after:
        raise Http404
    return found, line


# --- Its form -------------------------------------------------------------------------------------


@needs("make_case")
@require_http_methods(["GET", "POST"])
def new_case(request, resident_id, kind):
    """Open a case about somebody registered."""
    people = Resident.objects.visible_to(request.user)
    person = get_object_or_404(people, pk=resident_id)
    return _fill_in(request, _kind_or_404(kind), person)


@needs("make_case")
@require_http_methods(["GET", "POST"])
def register_newcomer(request):
    """Open the registration of somebody who is not in the county's registry yet."""
    return _fill_in(request, CaseKind.REGISTRATION, None)


@needs("make_case")
@require_http_methods(["GET", "POST"])
def move_newcomer_in(request):
    """Open the case of somebody who comes from another county with their enrolment."""
    return _fill_in(request, CaseKind.MOVE_IN, None)


@needs("make_case")
@require_http_methods(["GET", "POST"])
def edit_case(request, case_id):
    """Change what a case says; a review it had is void."""
    found = _case_or_404(request, case_id)
    kind = CaseKind.ID_CHANGE if found.kind == CaseKind.NAME_AND_ID else CaseKind(found.kind)
    return _fill_in(request, kind, found.resident, editing=found)


def _kind_or_404(kind):
    if kind not in CaseKind.values or kind == CaseKind.NAME_AND_ID:
        raise Http404
    return CaseKind(kind)


def _fill_in(request, kind, person, editing=None):
    refuse_unless_allowed(request.user, KINDS[kind].make_action)
    if request.method == "GET" and person and not editing:
        found = Case.objects.visible_to(request.user).open().filter(resident=person, kind=kind)
        if open_one := found.first():
            messages.info(request, _("此人已有在办的这一件，接着办就可以。"))
            return redirect("enrollment:case", open_one.pk)
    name = f"{kind}-{editing.number if editing else person.pk if person else 'new'}"
    draft = drafts.draft_of(name, by=request.user)
    kept = drafts.fields_of(draft)
    form = CaseForm(
        request.POST or None,
        kind=kind,
        person=person,
        staff=request.user,
        initial={**(initial_of(editing) if editing else {}), **kept},
    )
    if request.method == "POST" and form.is_valid():
        try:
            made = _save(form, person, editing, request.user)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            drafts.drop_draft(name, by=request.user)
            messages.success(request, _("已存为草稿，材料齐了就可以提交。"))
            return redirect("enrollment:case", made.pk)
    context = {
        "form": form,
        "kind": kind,
        "person": person,
        "editing": editing,
        "draft_name": name,
        "restored": draft if kept and request.method == "GET" else None,
        "place": case_items.place_words(person.village_code) if person else "",
        "settlement": [form[name] for name in form.fields if name in SETTLEMENT],
        "main": [form[name] for name in form.fields if name not in SETTLEMENT],
    }
    status = 422 if form.errors else 200
    return render(request, "enrollment/case_form.html", context, status=status)


@needs("make_case")
@require_POST
@never_cache
@sensitive_post_parameters()
def keep_case_draft(request):
    """Keep the form of a case (`form` says which) as it stands; nothing is checked."""
    drafts.save_draft(_draft_name(request), request.POST, by=request.user)
    return HttpResponse(status=204)


@needs("make_case")
@require_POST
def clear_case_draft(request):
    """Forget what was typed; the page begins anew."""
    drafts.drop_draft(_draft_name(request), by=request.user)
    return begin_anew()


def _draft_name(request):
    return request.GET.get("form", "")[:LONGEST_DRAFT_NAME]


def _save(form, person, editing, by):
    kind, after, fields = form.parts()
    if editing:
        return cases.change_case(editing, after, by=by, kind=kind, **fields)
    return cases.open_case(kind, person, after, by=by, **fields)


# --- Papers ---------------------------------------------------------------------------------------


@needs("make_case")
@require_POST
def add_paper(request, case_id):
    found = _case_or_404(request, case_id)
    form = PaperForm(request.POST, request.FILES)
    if form.is_valid():
        said = form.cleaned_data
        cases.add_paper(
            found, said["kind"], by=request.user, upload=said["file"], source=said["source"]
        )
        messages.success(request, _("已添加「%(kind)s」。") % {"kind": PAPERS[said["kind"]]})
    else:
        messages.error(request, form.errors.as_data()["__all__"][0].message)
    return redirect("enrollment:case", found.pk)


@needs("make_case")
@require_POST
def remove_paper(request, case_id, paper_id):
    found = _case_or_404(request, case_id)
    cases.remove_paper(get_object_or_404(found.standing_papers, pk=paper_id), by=request.user)
    messages.success(request, _("已撤下这份材料，原件留痕备查。"))
    return redirect("enrollment:case", found.pk)


@needs("view_case")
@require_GET
@never_cache
def paper(request, case_id, paper_id):
    """One paper as it was handed in; who opened it is on record."""
    found = _case_or_404(request, case_id)
    papers = CasePaper.objects.filter(case=found, file__isnull=False).select_related("file")
    one = get_object_or_404(papers, pk=paper_id)
    record("view_paper", found, by=request.user, area_code=found.village_code, kind=one.kind)
    content = read_file(one.file)
    kind = "application/pdf" if content.startswith(PDF_START) else "image/jpeg"
    answer = HttpResponse(content, content_type=kind)
    answer["Content-Disposition"] = "inline"
    return answer


# --- Steps ----------------------------------------------------------------------------------------


@needs("make_case")
@require_POST
def submit_case(request, case_id):
    found = cases.submit_case(_case_or_404(request, case_id), by=request.user)
    messages.success(request, _("已提交 %(number)s，等另一人复核。") % {"number": found.number})
    return redirect("enrollment:case", found.pk)


@needs("review_case")
@require_POST
def review_case(request, case_id):
    seen = request.POST.get("seen", "")
    found = cases.review_case(_case_or_404(request, case_id), by=request.user, seen=seen)
    messages.success(request, _("已复核 %(number)s，等县级审批。") % {"number": found.number})
    return redirect("enrollment:case", found.pk)


@needs("approve_case")
@require_POST
def approve_case(request, case_id):
    seen = request.POST.get("seen", "")
    found = cases.approve_case(_case_or_404(request, case_id), by=request.user, seen=seen)
    messages.success(request, _("已同意 %(number)s，档案已更新。") % {"number": found.number})
    return redirect("enrollment:case", found.pk)


@needs("return_case")
@require_POST
def return_case(request, case_id):
    found = approving.return_to_maker(
        _case_or_404(request, case_id),
        by=request.user,
        reason=request.POST.get("reason", ""),
        code=request.POST.get("code", "")[:20],
    )
    messages.success(request, _("已退回 %(number)s，等经办人补正。") % {"number": found.number})
    return redirect("enrollment:case", found.pk)


@needs("make_case")
@require_POST
def withdraw_case(request, case_id):
    found = approving.withdraw(_case_or_404(request, case_id), by=request.user)
    messages.success(request, _("已撤回 %(number)s。") % {"number": found.number})
    return redirect("enrollment:case", found.pk)


# --- Elsewhere ------------------------------------------------------------------------------------


@needs("view_case")
@require_GET
@never_cache
def print_case(request, case_id):
    """The sheet that is printed, signed and filed; numbers in full for those who may see them."""
    found = _case_or_404(request, case_id)
    is_full = may(request.user, "reveal_person")
    record("print_case", found, by=request.user, area_code=found.village_code)
    context = {
        "case": found,
        "town": case_items.place_words(found.village_code),
        "lines": [
            (
                case_items.label(item.item),
                *(_printed(item.item, value, is_full) for value in (item.before, item.after)),
            )
            for item in found.all_items
        ],
        "number": _printed("id_number", _number_of(found), is_full),
        "account": _printed("bank_account", found.payee_account, is_full),
        "papers": found.standing_papers,
    }
    return render(request, "enrollment/case_print.html", context)


def _number_of(found):
    if found.resident_id:
        return found.resident.id_number
    return found.items.get(item="id_number").after


def _printed(item, value, is_full):
    return (
        value if is_full and item in case_items.MASKS and value else case_items.shown(item, value)
    )


@needs("view_case")
@require_GET
def resident_cases(request, resident_id):
    """The part of a person's page that says what was ever done, and what can be done now."""
    person = get_object_or_404(Resident.objects.visible_to(request.user), pk=resident_id)
    found = person.cases.select_related("made_by", "approved_by")
    for one in found:
        one.tone, one.icon = look_of(one)
    context = {"resident": person, "cases": found, "kinds": _kinds_now(person, request.user)}
    return render(request, "enrollment/_resident_cases.html", context)


def _kinds_now(person, staff):
    """Return the kinds of cases that fit a person as they are, and that staff may make."""
    statuses = set(person.enrolments.values_list("status", flat=True))
    if person.life_status == Resident.LifeStatus.DEAD:
        return []
    if person.life_status == Resident.LifeStatus.MOVED:
        return _kinds_for(staff, [CaseKind.MOVE_IN])
    kinds = [CaseKind.CHANGE, CaseKind.ID_CHANGE, CaseKind.MOVE_WITHIN]
    if not may(staff, "enrol") and not statuses & {"active", "drawing", "suspended"}:
        kinds.append(CaseKind.REGISTRATION)
    if statuses & {"active", "drawing"}:
        kinds.append(CaseKind.SUSPENSION)
    if "suspended" in statuses:
        kinds.append(CaseKind.RESUMPTION)
    if statuses & {"active", "drawing", "suspended"}:
        kinds += [CaseKind.TERMINATION, CaseKind.MOVE_OUT]
    return _kinds_for(staff, [*kinds, CaseKind.DEATH])
