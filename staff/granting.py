"""Grant and end duties (授权), open and close accounts: who may do what, where, and until when.

One person has one duty at a time, so that the groups which must stay apart
(业务、财务、数据、审计、安全、系统) cannot meet in one account. Two accounts with the same phone
are one person and are held to the same rule.
"""

from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _

from pension_portal.clock import today
from pension_portal.refusals import Refusal
from staff.audit import record
from staff.models import LONGEST_DUTY, SYSTEM_DUTIES, Duty, DutyKind, Staff

BUSINESS, WATCHING = "business", "watching"
GROUPS = {
    DutyKind.VILLAGE_AGENT: BUSINESS,
    DutyKind.TOWN_CLERK: BUSINESS,
    DutyKind.TOWN_REVIEWER: BUSINESS,
    DutyKind.COUNTY_OFFICER: BUSINESS,
    DutyKind.COUNTY_APPROVER: BUSINESS,
    DutyKind.DATA_ADMIN: "data",
    DutyKind.FINANCE: "finance",
    DutyKind.AUDITOR: "audit",
    DutyKind.SECURITY_ADMIN: "security",
    DutyKind.SYSTEM_ADMIN: "system",
    DutyKind.LEADER: WATCHING,
    DutyKind.DEPARTMENT: WATCHING,
    DutyKind.SYSTEM_FIGURES: "systems",
    DutyKind.SYSTEM_PEOPLE: "systems",
}
COUNTY_DIGITS, TOWN_DIGITS, VILLAGE_DIGITS = 6, 9, 12
AREA_DIGITS = {
    DutyKind.VILLAGE_AGENT: VILLAGE_DIGITS,
    DutyKind.TOWN_CLERK: TOWN_DIGITS,
    DutyKind.TOWN_REVIEWER: TOWN_DIGITS,
}
LEVEL_WORDS = {
    COUNTY_DIGITS: _("县区"),
    TOWN_DIGITS: _("乡镇街道"),
    VILLAGE_DIGITS: _("村（社区）"),
}
TEMPORARY_PASSWORD_LENGTH = 16
# Without those that look alike on paper: 0 O, 1 l I.
PASSWORD_CHARACTERS = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # noqa: S105


class GrantToOneself(Refusal):
    code = "grant_to_oneself"
    sentence = _("不能给自己授权。请另一位安全管理员办理。")


class OutsideYourArea(Refusal):
    code = "outside_your_area"
    sentence = _("「%(area)s」不在本人负责的区域内，由当地的安全管理员办理。")


class DutyTooLong(Refusal):
    code = "duty_too_long"
    sentence = _("授权最长 12 个月。到期日期填 %(latest)s 或更早。")


class DutyAlreadyOver(Refusal):
    code = "duty_already_over"
    sentence = _("到期日期 %(day)s 已过，填今天或以后的日期。")


class DutyLevelMismatch(Refusal):
    code = "duty_level_mismatch"
    sentence = _("「%(duty)s」的负责区域应是一个%(level)s，「%(area)s」不是。")


class AreaNoLongerInForce(Refusal):
    code = "area_no_longer_in_force"
    sentence = _("「%(area)s」已停用，选现在的区划。")


class DutyStillInForce(Refusal):
    code = "duty_still_in_force"
    sentence = _("%(name)s 现任「%(duty)s」，到 %(day)s。先结束现有岗位，再授新岗位。")


class GroupsMustStayApart(Refusal):
    code = "groups_must_stay_apart"
    sentence = _(
        "%(name)s 的另一个账号（%(username)s）现任「%(duty)s」，与「%(wanted)s」不得由一人兼任。"
    )


class AccountIsClosed(Refusal):
    code = "account_is_closed"
    sentence = _("%(name)s 的账号已停用。先启用账号，再授权。")


class DutyHasEnded(Refusal):
    code = "duty_has_ended"
    sentence = _("这个岗位已于 %(day)s 结束，不用再办。")


class NotYourself(Refusal):
    code = "not_yourself"
    sentence = _("不能停用或重置本人的账号。请另一位安全管理员办理。")


@transaction.atomic
def grant_duty(staff, kind, area, expires_on, *, by):
    """Give a person a duty in an area from today until a day, both counted; return the Duty.

    The same duty in the same area is renewed, and one that has expired gives way; another one still
    in force must be ended first. `by` is None only where a county is being set up. Refuses every
    class above that concerns duties.
    """
    staff = Staff.objects.select_for_update().get(pk=staff.pk)
    if by is not None and by.pk == staff.pk:
        raise GrantToOneself()
    refuse_a_wrong_place(kind, area, by)
    refuse_a_wrong_end(expires_on)
    if not staff.is_active:
        raise AccountIsClosed(name=staff.name)
    _refuse_what_must_stay_apart(staff, kind)
    _make_room(staff, kind, area)
    duty = Duty.objects.create(
        staff=staff,
        kind=kind,
        area=area,
        starts_on=today(),
        expires_on=expires_on,
        granted_by=by,
    )
    record(
        "grant_duty",
        staff,
        by=by,
        area_code=area.code,
        kind=kind,
        area=area.code,
        expires_on=expires_on,
    )
    return duty


@transaction.atomic
def end_duty(duty, *, by, reason=""):
    """End a duty at once; return it. Refuses DutyHasEnded."""
    duty = Duty.objects.select_for_update().get(pk=duty.pk)
    if duty.ended_on:
        raise DutyHasEnded(day=duty.ended_on)
    duty.ended_on = today()
    duty.save(update_fields=["ended_on"])
    record(
        "end_duty",
        duty.staff,
        by=by,
        area_code=duty.area_id,
        reason=reason,
        kind=duty.kind,
        area=duty.area_id,
    )
    return duty


@transaction.atomic
def open_account(username, name, *, phone="", by):
    """Make an account without a duty; return (staff, password to be shown once)."""
    password = get_random_string(TEMPORARY_PASSWORD_LENGTH, PASSWORD_CHARACTERS)
    staff = Staff.objects.create_user(
        username=username,
        password=password,
        name=name,
        phone=phone,
        home_county_code=by.county_code,
        has_temporary_password=True,
    )
    record("open_account", staff, by=by)
    return staff, password


@transaction.atomic
def reset_password(staff, *, by):
    """Give an account a temporary password and end its session; return the password."""
    if by.pk == staff.pk:
        raise NotYourself()
    password = get_random_string(TEMPORARY_PASSWORD_LENGTH, PASSWORD_CHARACTERS)
    staff.set_password(password)
    staff.has_temporary_password = True
    staff.password_changed_at = timezone.now()
    staff.save(update_fields=["password", "has_temporary_password", "password_changed_at"])
    record("reset_password", staff, by=by, area_code=_place_of(staff, by))
    return password


@transaction.atomic
def close_account(staff, *, by, reason=""):
    """Shut an account: no sign-in, and the session it has ends with its next click."""
    if by.pk == staff.pk:
        raise NotYourself()
    _set_active(staff, False)
    record("close_account", staff, by=by, reason=reason, area_code=_place_of(staff, by))


@transaction.atomic
def reopen_account(staff, *, by, reason=""):
    """Let a shut account sign in again; its duties are as they were."""
    _set_active(staff, True)
    record("reopen_account", staff, by=by, reason=reason, area_code=_place_of(staff, by))


def group_of(kind):
    """Return the group of a duty; groups are never held by one person together."""
    return GROUPS[kind]


def area_digits_of(kind):
    """Return how many digits the code of a duty's area has: 12, 9 or 6."""
    return AREA_DIGITS.get(kind, COUNTY_DIGITS)


def latest_expiry(day):
    """Return the last day a duty may run to when it begins on a day: twelve months less a day."""
    try:
        anniversary = day.replace(year=day.year + 1)
    except ValueError:  # 29 February
        anniversary = date(day.year + 1, 3, 1)
    return anniversary - timedelta(days=1)


def refuse_a_wrong_place(kind, area, by):
    """Refuse an area that is not this giver's, not of the duty's level, or no longer in force."""
    digits = area_digits_of(kind)
    if by is not None and not (by.area_code and area.code.startswith(by.area_code)):
        raise OutsideYourArea(area=area.name)
    if kind not in SYSTEM_DUTIES and len(area.code) != digits:
        raise DutyLevelMismatch(
            duty=DutyKind(kind).label, level=LEVEL_WORDS[digits], area=area.name
        )
    if area.valid_to and area.valid_to < today():
        raise AreaNoLongerInForce(area=area.name)


def refuse_a_wrong_end(expires_on):
    """Refuse a last day that is over already or more than twelve months away."""
    latest = latest_expiry(today())
    if expires_on > latest:
        raise DutyTooLong(latest=latest)
    if expires_on < today():
        raise DutyAlreadyOver(day=expires_on)
    assert expires_on - today() <= LONGEST_DUTY


def _refuse_what_must_stay_apart(staff, kind):
    """Look at the person's other accounts: the same phone is the same person."""
    if not staff.phone:
        return
    held = (
        Duty.objects.in_force_on(today())
        .filter(staff__phone=staff.phone, staff__is_active=True)
        .exclude(staff=staff)
        .select_related("staff")
    )
    for duty in held:
        if group_of(duty.kind) != group_of(kind):
            raise GroupsMustStayApart(
                name=staff.name,
                username=duty.staff.username,
                duty=duty.get_kind_display(),
                wanted=DutyKind(kind).label,
            )


def _make_room(staff, kind, area):
    """End the duty that is renewed or has expired; refuse another one still in force."""
    for duty in staff.duties.filter(ended_on=None):
        is_renewed = (duty.kind, duty.area_id) == (kind, area.pk)
        if duty.expires_on >= today() and not is_renewed:
            raise DutyStillInForce(
                name=staff.name, duty=duty.get_kind_display(), day=duty.expires_on
            )
        duty.ended_on = min(duty.expires_on, today())
        duty.save(update_fields=["ended_on"])


def _set_active(staff, is_active):
    staff.is_active = is_active
    staff.save(update_fields=["is_active"])


def _place_of(staff, by):
    """Return the area whose trail an account belongs to: its duty's, else its county."""
    last = staff.last_duty
    return last.area_id if last else (staff.home_county_code or by.area_code)
