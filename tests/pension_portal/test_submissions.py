"""A form that is sent twice has one effect, and whoever sent it sees the first answer."""

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection, connections, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from pension_portal.models import Submission
from pension_portal.secrecy import blind_index
from pension_portal.submissions import FIELD, forget_old_submissions, new_key
from staff.models import AuditEntry, DutyKind
from tests import access_objects
from tests.access_routes import PUBLIC, ROUTES
from tests.test_access import KEPT_BY_EVERY_REQUEST, World, address, area_of, ask, is_allowed
from tests.test_access import places_of as places_in
from townships.models import AreaContact

pytestmark = pytest.mark.django_db

PEOPLE_AT_ONCE, TIMES = 50, 2
MANY_TIMES = 200
PHONE = "13855580001"


@pytest.fixture
def lin(client, lin):
    """Lin, signed in."""
    client.force_login(lin)
    return lin


def send(client, county, key, town=None, headers=None, **changes):
    """Send the form that notes a contact of a town; it is answered with an address."""
    fields = {"role": "cadre", "name": "郑干部", "phone": PHONE} | changes
    if key:
        fields[FIELD] = key
    url = reverse("townships:set_contact", args=[town or county.EAST_BAY])
    return client.post(url, fields, headers=headers)


def times_done(action="set_contact"):
    """Return how often a deed was done, by the trail it leaves each time."""
    return AuditEntry.objects.filter(action=action).count()


@pytest.fixture
def officer(client, county):
    """An, who gives out passwords, signed in."""
    officer = county.staff("安主任", DutyKind.SECURITY_ADMIN)
    client.force_login(officer)
    return officer


def reset(client, person, key):
    """Send the form that gives somebody a new password, each time another, and shows it."""
    url = reverse("staff:reset_password", args=[person.pk])
    return client.post(url, {FIELD: key} if key else {})


def password_in(answer):
    return re.search(r'id="password">([^<]+)', answer.content.decode())[1]


def words_of(client, answer):
    """Return what the page that an answer leads to says about what was done."""
    page = client.get(answer["Location"]).content.decode()
    return re.findall(r'class="alert-words">([^<]+)', page)


# --- The same again -------------------------------------------------------------------------


def test_a_form_sent_twice_is_done_once_and_answered_alike(client, county, lin):
    key = new_key()
    first = send(client, county, key)
    said = words_of(client, first)

    second = send(client, county, key)

    assert (second.status_code, second["Location"]) == (302, first["Location"])
    assert words_of(client, second) == said != []
    assert times_done() == 1


def test_two_forms_with_the_same_contents_are_two_deeds(client, officer, zhao):
    reset(client, zhao, new_key())
    reset(client, zhao, new_key())

    assert times_done("reset_password") == 2


def test_a_form_without_a_key_works_as_ever(client, officer, zhao):
    reset(client, zhao, None)
    reset(client, zhao, None)

    assert times_done("reset_password") == 2
    assert not Submission.objects.exists()


def test_the_same_key_with_other_contents_is_refused(client, county, lin):
    key = new_key()
    send(client, county, key)

    answers = [
        send(client, county, key, name="钱干部"),
        send(client, county, key, county.WEST_RIDGE),
    ]

    assert [answer.status_code for answer in answers] == [422, 422]
    assert "这次内容不同，没有办理" in answers[0].content.decode()
    assert list(AreaContact.objects.values_list("name", flat=True)) == ["郑干部"]


def test_a_file_is_part_of_the_contents(client, county, mei):
    client.force_login(mei)
    county.policy()
    key, url = new_key(), reverse("contributions:upload_feed")
    contents = [county.payment_file(county.payment_row(county.enrolled())) for _n in range(2)]

    first, other, again = (
        client.post(url, {"file": county.upload(content), "year": county.YEAR, FIELD: key})
        for content in [contents[0], contents[1], contents[0]]
    )

    assert (first.status_code, other.status_code, again.status_code) == (302, 422, 302)
    assert again["Location"] == first["Location"]


def test_a_form_that_was_told_no_may_be_mended_and_sent_again(client, county, lin):
    key = new_key()

    assert send(client, county, key, name="").status_code == 422
    assert send(client, county, key).status_code == 302

    assert times_done() == 1


def test_a_key_is_known_for_the_person_alone(client, county, officer, zhao):
    key = new_key()
    reset(client, zhao, key)
    client.force_login(county.staff("石主任", DutyKind.SECURITY_ADMIN))

    reset(client, zhao, key)

    assert times_done("reset_password") == 2


def test_who_was_signed_out_sends_the_same_form_after_signing_in(client, county, lin):
    key = new_key()
    client.logout()
    assert "sign-in" in send(client, county, key)["Location"]
    client.force_login(lin)

    assert send(client, county, key)["Location"].startswith("/areas/")
    assert times_done() == 1


def test_a_language_is_chosen_again_by_the_first_answer(client, lin):
    sent = {"language": "en", "next": "/areas/", FIELD: new_key()}
    client.post(reverse("set_language"), sent)
    name = settings.LANGUAGE_COOKIE_NAME
    del client.cookies[name]

    answer = client.post(reverse("set_language"), sent)

    assert answer.cookies[name].value == "en"


# --- Pages as answers -----------------------------------------------------------------------


def test_a_page_is_shown_again_for_a_double_click(client, officer, zhao):
    key = new_key()

    first, second = (reset(client, zhao, key) for _click in range(2))

    assert second.status_code == 200
    assert password_in(second) == password_in(first)
    assert second["Cache-Control"] == "no-store"
    assert times_done("reset_password") == 1


def test_a_page_is_forgotten_after_minutes_and_still_not_done_twice(client, officer, zhao):
    key = new_key()
    reset(client, zhao, key)
    Submission.objects.update(sent_at=timezone.now() - timedelta(minutes=3))

    answers = [reset(client, zhao, key)]
    forget_old_submissions()
    answers.append(reset(client, zhao, key))

    assert Submission.objects.get().sealed_body is None
    assert [answer.status_code for answer in answers] == [409, 409]
    assert "没有再办一次" in answers[1].content.decode()
    assert times_done("reset_password") == 1


def test_submissions_are_kept_for_thirty_days_and_more(client, county, lin):
    key = new_key()
    send(client, county, key)

    Submission.objects.update(sent_at=timezone.now() - timedelta(days=39))
    forget_old_submissions()
    assert send(client, county, key).status_code == 302
    assert times_done() == 1

    Submission.objects.update(sent_at=timezone.now() - timedelta(days=41))
    forget_old_submissions()
    assert not Submission.objects.exists()


def test_what_is_kept_says_nothing_of_what_was_sent(client, county, lin):
    key = new_key()
    send(client, county, key)

    with connection.cursor() as cursor:
        cursor.execute(
            "select key_index, fingerprint, sealed_head, sealed_body, route"
            " from pension_portal_submission"
        )
        *sealed, route = cursor.fetchone()

    kept = b" ".join(map(bytes, sealed))
    assert route == "townships:set_contact"
    for plain in [key, PHONE, "郑干部", "/areas/", county.EAST_BAY]:
        assert plain.encode() not in kept


# --- At once --------------------------------------------------------------------------------


def all_at_once(people, deed):
    """Let so many threads do the same at the same moment; return what each got."""
    gate = threading.Barrier(people)

    def wait_and_do(_number):
        try:
            gate.wait()
            return deed()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(people) as pool:
        return list(pool.map(wait_and_do, range(people)))


def click_at_once(client, person, times):
    """Let fifty send one form at the same moment, so many forms one after another."""

    def click():
        another = Client()
        another.cookies = deepcopy(client.cookies)
        return reset(another, person, key)

    for time in range(1, times + 1):
        key = new_key()
        answers = all_at_once(PEOPLE_AT_ONCE, click)
        shown = [password_in(answer) for answer in answers if answer.status_code == 200]
        # On a machine that is busy, some are told after ten seconds that it is still at work.
        assert {answer.status_code for answer in answers} <= {200, 409}
        assert len(set(shown)) == 1
        assert times_done("reset_password") == time


def test_fifty_clicks_at_once_are_one_deed(committed, client, officer, zhao):
    click_at_once(client, zhao, TIMES)


@pytest.mark.faults
def test_fifty_clicks_at_once_are_one_deed_two_hundred_times(committed, client, officer, zhao):
    click_at_once(client, zhao, MANY_TIMES)


@pytest.fixture
def at_work(committed, county, lin):
    """A key whose form is just being done by somebody else's hand, until the test ends."""
    key = new_key()
    taken, done = threading.Event(), threading.Event()

    def work():
        with transaction.atomic():
            Submission.objects.create(
                staff=lin, key_index=blind_index(f"{FIELD} {key}"), fingerprint=b""
            )
            taken.set()
            done.wait(timeout=30)
            transaction.set_rollback(True)
        connections.close_all()

    thread = threading.Thread(target=work)
    thread.start()
    taken.wait(timeout=30)
    yield key
    done.set()
    thread.join()


def test_a_program_is_told_that_the_first_is_still_at_work(client, county, at_work):
    headers = {"Idempotency-Key": at_work, "Accept": "application/json"}

    answer = send(client, county, None, headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (409, "still_at_work")
    assert times_done() == 0


def test_a_person_waits_for_the_first_answer_but_not_for_ever(client, county, at_work, monkeypatch):
    monkeypatch.setattr("pension_portal.submissions.PERSON_WAITS", "200ms")

    answer = send(client, county, at_work)

    assert answer.status_code == 409
    assert "这一步正在办理" in answer.content.decode()
    assert times_done() == 0


def test_a_form_that_broke_off_has_no_effect_and_may_be_sent_again(
    client, county, lin, monkeypatch
):
    def fail(*arguments):
        raise RuntimeError("nobody thought of this")

    client.raise_request_exception = False
    key = new_key()
    with monkeypatch.context() as patch:
        patch.setattr("townships.views.areas.redirect", fail)
        assert send(client, county, key).status_code == 500
    assert times_done() == 0

    assert send(client, county, key).status_code == 302
    assert times_done() == 1


# --- Every form -----------------------------------------------------------------------------


@pytest.fixture
def world(county):
    access_objects.forget()
    yield World()
    access_objects.forget()


def deeds_of(world):
    """Yield (name, client, url) of every address that changes something, for one who may."""
    for name, route in ROUTES.items():
        if "post" not in route.methods or route.action == PUBLIC:
            continue
        kind = next(kind for kind in DutyKind.values if is_allowed(route, kind))
        code = places_in(route, area_of(kind))["own"]
        yield name, world.clients[kind], address(name, route, code)


def test_every_deed_is_done_once_for_a_key(world):
    """The first answer stands for whatever the deed may be: it need not know of keys."""
    faults, done = [], 0
    for name, client, url in deeds_of(world):
        key = new_key()
        with transaction.atomic():
            first = client.post(url, {FIELD: key})
            if first.status_code < 400:
                done += 1
                again, written = ask(client, "post", url, data={FIELD: key})
                if (again.status_code, again.content) != (first.status_code, first.content):
                    faults.append(f"{name}: another answer, {again.status_code}")
                if written - KEPT_BY_EVERY_REQUEST:
                    faults.append(f"{name}: done again, in {written}")
            elif Submission.objects.exists():
                faults.append(f"{name}: kept an answer of {first.status_code}")
            transaction.set_rollback(True)

    assert faults == []
    assert done > 10


def test_every_deed_refuses_a_key_used_for_other_contents(world):
    faults = []
    for name, client, url in deeds_of(world):
        key = new_key()
        Submission.objects.create(
            staff_id=client.session["_auth_user_id"],
            key_index=blind_index(f"{FIELD} {key}"),
            fingerprint=b"of other contents",
        )
        answer, written = ask(client, "post", url, data={FIELD: key})
        if answer.status_code != 422 or "这次内容不同" not in answer.content.decode():
            faults.append(f"{name}: {answer.status_code}")
        if written - KEPT_BY_EVERY_REQUEST - {"pension_portal_submission"}:
            faults.append(f"{name}: done, in {written}")

    assert faults == []


FORM = re.compile(r"<form\b(?P<tag>(?:[^>{]|{[%{].*?[%}]})*)>(?P<inside>.*?)</form>", re.DOTALL)


def test_every_form_that_changes_something_carries_a_key():
    without, forms = [], 0
    for path in sorted((settings.BASE_DIR / "templates").rglob("*.html")):
        text = path.read_text(encoding="utf-8")
        for form in FORM.finditer(text):
            if re.search(r'method="post"|hx-(post|put|patch|delete)=', form["tag"], re.IGNORECASE):
                forms += 1
                if "{% csrf_token %}" not in form["inside"]:
                    without.append(f"{path.name}: {form['tag'].strip()}")
        assert len(FORM.findall(text)) == len(re.findall(r"<form\b", text)), path

    assert without == []
    assert forms > 40


def test_each_form_of_a_page_has_a_key_of_its_own(client, county, lin):
    page = client.get(reverse("townships:area", args=[county.EAST_BAY])).content.decode()

    keys = re.findall(rf'name="{FIELD}" value="([0-9a-f]{{32}})"', page)

    assert len(keys) == len(set(keys)) == page.count('method="post"') > 3
