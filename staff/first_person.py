"""Let the first person of a county in (第一个账号): everybody else is given their duty by somebody.

Once only: where anybody has ever been security administrator of the county, that person, or one
they appoint, lets the next ones in.
"""

from django.db import transaction
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _

from pension_portal.clock import today
from pension_portal.refusals import Refusal
from staff.granting import (
    COUNTY_DIGITS,
    PASSWORD_CHARACTERS,
    TEMPORARY_PASSWORD_LENGTH,
    grant_duty,
    latest_expiry,
)
from staff.models import Duty, DutyKind, Staff
from townships.loading import AreaRow, load_areas
from townships.models import Area


class CountyCodeNeeded(Refusal):
    code = "county_code_needed"
    sentence = _("「%(said)s」不是县区代码。写 6 位数字，如 341202")


class SomebodyIsThereAlready(Refusal):
    code = "first_person_there_already"
    sentence = _("%(county)s已经有过安全管理员，新账号由安全管理员在「人员与岗位」里开")


class UsernameTaken(Refusal):
    code = "first_person_username_taken"
    sentence = _("用户名「%(username)s」已经有人用，换一个")


@transaction.atomic
def let_first_person_in(county_code, county_name, username, name):
    """Make a county and its first security administrator; return (staff, password, shown once).

    Raises CountyCodeNeeded, SomebodyIsThereAlready, UsernameTaken.
    """
    if len(county_code) != COUNTY_DIGITS or not county_code.isdecimal():
        raise CountyCodeNeeded(said=county_code)
    duties = Duty.objects.filter(kind=DutyKind.SECURITY_ADMIN, area_id=county_code)
    if duties.exists():
        raise SomebodyIsThereAlready(county=county_name)
    if Staff.objects.filter(username=username).exists():
        raise UsernameTaken(username=username)
    load_areas([AreaRow(county_code, county_name)], by=None)
    password = get_random_string(TEMPORARY_PASSWORD_LENGTH, PASSWORD_CHARACTERS)
    staff = Staff.objects.create_user(
        username=username,
        password=password,
        name=name,
        home_county_code=county_code,
        has_temporary_password=True,
    )
    county = Area.objects.get(code=county_code)
    grant_duty(staff, DutyKind.SECURITY_ADMIN, county, latest_expiry(today()), by=None)
    return staff, password
