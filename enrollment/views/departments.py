"""The doors of what a county has agreed with its departments: who certifies what, what is due."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from enrollment import departments as deeds
from enrollment.forms import (
    CertifiersForm,
    DepartmentForm,
    ExpectedListForm,
    IdentityWordForm,
)
from enrollment.models import Department, ExpectedList, IdentityWord
from staff.permissions import may, needs

PAGE = "enrollment:departments"


@needs("view_department_list")
@require_GET
def departments_page(request):
    """Departments, what each certifies, which lists are due when, and words of the county's own."""
    return _page_with(request)


def _page_with(request, status=200, **forms):
    county_code = request.user.county_code
    departments = Department.objects.visible_to(request.user)
    context = {
        "departments": departments.prefetch_related("certified", "expected"),
        "expected": ExpectedList.objects.visible_to(request.user).select_related("department"),
        "words": IdentityWord.objects.visible_to(request.user),
        "may_change": may(request.user, "change_departments"),
        "certifiers": CertifiersForm(county_code=county_code),
        "department_form": DepartmentForm(prefix="department"),
        "expected_form": ExpectedListForm(county_code=county_code, prefix="expected"),
        "word_form": IdentityWordForm(prefix="word"),
        "form": next(iter(forms.values()), None),
        **forms,
    }
    return render(request, "enrollment/departments.html", context, status=status)


@needs("change_departments")
@require_POST
def set_up(request):
    made = deeds.set_up_departments(request.user.county_code, by=request.user)
    words = _("已建立 %(count)d 个部门，与本县不同的在下面改。")
    messages.success(request, words % {"count": made})
    return redirect(PAGE)


@needs("change_departments")
@require_POST
def name_certifiers(request):
    form = CertifiersForm(request.POST, county_code=request.user.county_code)
    if not form.is_valid():
        return _page_with(request, 422, certifiers=form)
    deeds.name_certifiers(request.user.county_code, form.cleaned_data, by=request.user)
    messages.success(request, _("已保存各身份的认定部门。"))
    return redirect(PAGE)


@needs("change_departments")
@require_POST
def add_department(request):
    form = DepartmentForm(request.POST, prefix="department")
    if not form.is_valid():
        return _page_with(request, 422, department_form=form)
    deeds.add_department(request.user.county_code, form.cleaned_data["name"], by=request.user)
    return redirect(PAGE)


@needs("change_departments")
@require_POST
def remove_department(request, department_id):
    department = get_object_or_404(Department.objects.visible_to(request.user), pk=department_id)
    deeds.remove_department(department, by=request.user)
    return redirect(PAGE)


@needs("change_departments")
@require_POST
def expect_list(request):
    form = ExpectedListForm(request.POST, county_code=request.user.county_code, prefix="expected")
    if not form.is_valid():
        return _page_with(request, 422, expected_form=form)
    deeds.expect_list(by=request.user, **form.cleaned_data)
    return redirect(PAGE)


@needs("change_departments")
@require_POST
def stop_expecting(request, expected_id):
    expected = get_object_or_404(ExpectedList.objects.visible_to(request.user), pk=expected_id)
    deeds.stop_expecting(expected, by=request.user)
    return redirect(PAGE)


@needs("change_departments")
@require_POST
def add_word(request):
    form = IdentityWordForm(request.POST, prefix="word")
    if not form.is_valid():
        return _page_with(request, 422, word_form=form)
    deeds.add_word(request.user.county_code, by=request.user, **form.cleaned_data)
    return redirect(PAGE)


@needs("change_departments")
@require_POST
def remove_word(request, word_id):
    word = get_object_or_404(IdentityWord.objects.visible_to(request.user), pk=word_id)
    deeds.remove_word(word, by=request.user)
    return redirect(PAGE)
