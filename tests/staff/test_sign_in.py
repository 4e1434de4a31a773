from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from staff.models import AuditEntry, Duty, Staff
from tests.townships import plans

pytestmark = pytest.mark.django_db

RIGHT, WRONG = "a long enough word", "a wrong password"
SIGN_IN = "/sign-in/"


@pytest.fixture(autouse=True)
def quick_passwords(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def known_zhao(zhao):
    """Zhao with a user name and a password."""
    zhao.username = "zhaoming"
    zhao.set_password(RIGHT)
    zhao.save()
    return zhao


def sign_in(client, password=RIGHT, username="zhaoming", **more):
    return client.post(SIGN_IN, {"username": username, "password": password, **more})


def is_signed_in(client):
    return client.get(reverse("staff:me")).status_code == 200


def actions():
    return list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))


def test_signing_in_opens_the_start_page_under_a_new_session(client, known_zhao):
    client.get(SIGN_IN)
    client.session["before"] = "kept by an attacker"
    before = client.session.session_key

    answer = sign_in(client)

    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert client.session.session_key not in (None, before)
    assert actions() == ["sign_in"]


def test_a_wrong_password_says_the_same_whether_the_account_exists_or_not(client, known_zhao):
    known = sign_in(client, WRONG).content.decode()
    unknown = sign_in(client, WRONG, username="nobody").content.decode()

    sentence = "用户名与密码不符。连续 5 次不符，账号锁定 15 分钟。"
    assert sentence in known
    assert known.replace("zhaoming", "nobody").count(sentence) == unknown.count(sentence)
    assert not is_signed_in(client)


def test_a_wrong_password_is_in_the_trail_of_the_account_alone(client, known_zhao):
    sign_in(client, WRONG)
    sign_in(client, WRONG, username="my-password-typed-here")

    assert [(e.action, e.subject) for e in AuditEntry.objects.all()] == [
        ("sign_in_failed", f"staff:{known_zhao.pk}")
    ]


def test_five_wrong_passwords_lock_the_account_for_fifteen_minutes(client, known_zhao):
    answers = [sign_in(client, WRONG) for _n in range(5)]

    assert [answer.status_code for answer in answers] == [422, 422, 422, 422, 429]
    right = sign_in(Client(REMOTE_ADDR="10.0.0.9"))
    assert right.status_code == 429
    assert "账号已锁定，15 分钟后再试" in right.content.decode()
    assert not is_signed_in(client)


def test_a_lock_counts_down_and_is_not_begun_anew_by_more_guesses(client, known_zhao):
    for _n in range(5):
        sign_in(client, WRONG)
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=11))

    assert "4 分钟后再试" in sign_in(client, WRONG).content.decode()
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=16))
    assert sign_in(client).status_code == 302


def test_a_lock_is_said_to_unknown_names_too(client, known_zhao):
    answers = [sign_in(client, WRONG, username="nobody") for _n in range(5)]

    assert "账号已锁定，15 分钟后再试" in answers[-1].content.decode()


def test_the_newest_sign_in_ends_the_one_before(client, known_zhao):
    other = Client()
    sign_in(other)

    sign_in(client)

    assert is_signed_in(client)
    assert not is_signed_in(other)
    assert Session.objects.count() == 1


def test_the_last_sign_in_is_shown(client, known_zhao):
    Staff.objects.filter(pk=known_zhao.pk).update(
        last_login=timezone.make_aware(timezone.datetime(2021, 3, 14, 18, 0))
    )

    page = client.get(sign_in(client)["Location"]).content.decode()

    assert "上次登录 2021-03-14 18:00" in page


@pytest.mark.parametrize(
    ("asked", "goes_to"),
    [
        ("/areas/", "/areas/"),
        ("https://elsewhere.example/", "/"),
        ("//elsewhere.example/", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
    ],
)
def test_only_a_page_of_the_portal_is_gone_to_afterwards(client, known_zhao, asked, goes_to):
    assert sign_in(client, next=asked)["Location"] == goes_to


def test_the_page_asked_for_is_kept_through_signing_in(client, known_zhao):
    answer = client.get("/areas/?q=%E4%B8%9C%E6%B9%BE")
    page = client.get(answer["Location"])

    assert page.context["next"] == "/areas/?q=%E4%B8%9C%E6%B9%BE"


def test_somebody_who_is_signed_in_is_not_asked_again(client, known_zhao):
    sign_in(client)

    assert client.get(SIGN_IN)["Location"] == "/"


def test_county_officers_land_on_the_progress_page_once_there_is_a_task(client, lin):
    lin.set_password(RIGHT)
    lin.save()
    assert sign_in(client, username=lin.username)["Location"] == "/"
    client.logout()
    plans.plan(1000)

    assert sign_in(client, username=lin.username)["Location"].startswith("/progress/")


def test_signing_out_ends_the_session_and_takes_a_post(client, known_zhao):
    sign_in(client)

    assert client.get("/sign-out/").status_code == 405
    assert is_signed_in(client)
    assert client.post("/sign-out/")["Location"] == SIGN_IN
    assert not is_signed_in(client)
    assert not Session.objects.exists()
    assert actions() == ["sign_in", "sign_out"]


def test_a_closed_account_is_out_with_its_next_click(client, known_zhao):
    sign_in(client)
    Staff.objects.filter(pk=known_zhao.pk).update(is_active=False)

    assert not is_signed_in(client)
    assert sign_in(client).status_code == 422


def test_an_expired_duty_opens_nothing_and_says_what_to_do(client, known_zhao):
    sign_in(client)
    yesterday = timezone.localdate() - timedelta(days=1)
    Duty.objects.filter(staff=known_zhao).update(
        starts_on=yesterday - timedelta(days=9), expires_on=yesterday
    )

    start, areas = client.get("/"), client.get("/areas/")

    assert f"已于 {yesterday} 到期" in start.content.decode()
    assert areas.status_code == 403
    assert "联系县级安全管理员续期" in areas.content.decode()


def test_an_account_without_any_duty_is_told_so(client, known_zhao):
    sign_in(client)
    Duty.objects.all().delete()

    assert "还没有授过岗位" in client.get("/").content.decode()
    assert "还没有岗位" in client.get("/areas/").content.decode()


def test_a_half_filled_page_is_not_replaced_when_the_session_has_ended(client, known_zhao):
    answer = client.get("/areas/", headers={"HX-Request": "true"})

    assert answer.status_code == 403
    assert "登录已过期，本页填的内容还在" in answer.content.decode()


# --- Passwords ------------------------------------------------------------------------------


def change(client, new, old=RIGHT, again=None):
    fields = {"old_password": old, "new_password1": new, "new_password2": again or new}
    return client.post("/staff/me/password/", fields)


def test_a_changed_password_keeps_this_session_and_is_noted(client, known_zhao):
    sign_in(client)

    assert change(client, "another long enough word").status_code == 302

    assert is_signed_in(client)
    known_zhao.refresh_from_db()
    assert known_zhao.check_password("another long enough word")
    assert known_zhao.session_key == client.session.session_key
    assert actions() == ["sign_in", "change_password"]


@pytest.mark.parametrize(
    ("new", "old", "again"),
    [
        ("elevenchars", RIGHT, None),
        ("123456789012345", RIGHT, None),
        ("zhaoming2021", RIGHT, None),
        (RIGHT, RIGHT, None),
        ("another long enough word", WRONG, None),
        ("another long enough word", RIGHT, "another long enough wurd"),
    ],
)
def test_a_poor_or_unproved_password_is_not_taken(client, known_zhao, new, old, again):
    sign_in(client)

    assert change(client, new, old, again).status_code == 422
    known_zhao.refresh_from_db()
    assert known_zhao.check_password(RIGHT)


def test_a_password_given_by_somebody_else_must_be_changed_first(client, known_zhao):
    Staff.objects.filter(pk=known_zhao.pk).update(has_temporary_password=True)
    sign_in(client)

    assert client.get("/areas/")["Location"] == "/staff/me/password/"
    assert client.get("/staff/me/password/").status_code == 200
    change(client, "another long enough word")
    assert client.get("/areas/").status_code == 200


def test_a_password_older_than_the_county_allows_must_be_changed(client, known_zhao, settings):
    settings.PASSWORD_DAYS = 90
    Staff.objects.update(password_changed_at=timezone.now() - timedelta(days=89))
    sign_in(client)
    assert client.get("/areas/").status_code == 200

    Staff.objects.update(password_changed_at=timezone.now() - timedelta(days=91))
    assert client.get("/areas/")["Location"] == "/staff/me/password/"


def test_passwords_of_a_demonstration_are_shown_only_there(client, known_zhao, settings):
    settings.DEMO_PASSWORD = "shown-on-purpose"
    assert "shown-on-purpose" in client.get(SIGN_IN).content.decode()

    settings.PRODUCTION = True
    assert "shown-on-purpose" not in client.get(SIGN_IN).content.decode()


def test_an_officer_who_asked_for_the_portal_begins_on_the_dashboard(client, lin):
    plans.plan(1000)
    lin.username = "linqiu"
    lin.set_password(RIGHT)
    lin.save()

    answer = sign_in(client, username="linqiu", next="/")

    assert answer["Location"] == reverse("oversight:own_progress")
