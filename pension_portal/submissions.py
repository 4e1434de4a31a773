"""Let a form that is sent twice have one effect, and show its first answer again (重复提交).

Every form carries a key that its page gave out: `{% csrf_token %}` writes it. The row that knows
the key is written in one transaction with whatever the form does:

    the same key again              the first answer, read from the row; nothing is done
    the same key, other contents    refused, 422
    while the first is at work      waits some seconds for its answer, then refused, 409
    the website dies in the midst   the row and the effect are gone together

Who comes second waits at the row's unique index, so no lease or clock is needed. A program gives
its key in the header Idempotency-Key and is not kept waiting. An answer that says no (400 and
more) is not kept: the same form may be sent again. Nothing can be read from a row: the key is known
by its blind index alone, which makes that of the contents unguessable, and answers are sealed.
"""

import hashlib
import json
import secrets
from datetime import timedelta

from django.db import OperationalError, connection, transaction
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from psycopg2.errors import LockNotAvailable

from pension_portal.models import Submission
from pension_portal.refusals import Refusal, show_refusal
from pension_portal.secrecy import blind_index, seal, unseal
from pension_portal.templatetags.figures import moment

FIELD, HEADER = "once", "Idempotency-Key"
KEY_BYTES = 16
# Said by each page anew, whatever the person wrote.
NOT_CONTENTS = {FIELD, "csrfmiddlewaretoken"}
FORMS = {"application/x-www-form-urlencoded", "multipart/form-data"}
READING = {"GET", "HEAD", "OPTIONS", "TRACE"}
# How long who comes second waits: a person for the answer, a program hardly.
PERSON_WAITS, PROGRAM_WAITS = "10s", "50ms"
ROWS_KEPT = timedelta(days=40)
# An answer that is a page, not an address, may show a number in full: kept for a double click.
BODY_KEPT = timedelta(minutes=2)
MOST_BODY_BYTES = 1024 * 1024
SAYS_NO, IS_BROKEN = 400, 500


class SentBefore(Refusal):
    code = "sent_before"
    sentence = _("这一步已于 %(at)s 办完，没有再办一次。刷新页面看现在的情况。")


class StillAtWork(Refusal):
    code = "still_at_work"
    sentence = _("这一步正在办理，没有再办一次。稍后刷新页面看结果。")


class OtherContents(Refusal):
    code = "other_contents"
    sentence = _("这张表已提交过一次，这次内容不同，没有办理。刷新页面后重填。")
    status = 422


def new_key():
    """Return a key for one form of one page."""
    return secrets.token_hex(KEY_BYTES)


class AnswerOnce:
    """Middleware: whatever a form with a key does is done once, and its answer is kept.

    It stands around the messages, so that what they say is part of the answer.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.submission_key = _key_of(request)
        request.submission = None
        if not request.submission_key:
            return self.get_response(request)
        with transaction.atomic():
            response = self.get_response(request)
            if response.status_code >= IS_BROKEN:
                transaction.set_rollback(True)
            elif request.submission:
                _settle(request.submission, response)
        return response

    def process_view(self, request, view, args, kwargs):
        """Return the first answer where there is one; note the submission where there is none."""
        if not request.submission_key:
            return None
        try:
            submission, is_new = _find_or_note(request, request.submission_key)
            if not is_new:
                return _first_answer(submission, fingerprint_of(request, request.submission_key))
        except Refusal as refusal:
            return show_refusal(request, refusal)
        request.submission = submission
        return None


def _key_of(request):
    """Return the key of somebody's form; empty where nothing changes or nobody is signed in."""
    if request.method in READING or not request.user.is_authenticated:
        return ""
    return request.headers.get(HEADER) or request.POST.get(FIELD, "")


def fingerprint_of(request, key):
    """Return the blind index of all that was sent: the address, the fields, the files' bytes."""
    sent = [request.method, request.get_full_path()]
    if request.content_type in FORMS:
        fields = {name: request.POST.getlist(name) for name in request.POST.keys() - NOT_CONTENTS}
        sent += [sorted(fields.items()), [_about(*file) for file in request.FILES.items()]]
    else:
        sent += [hashlib.sha256(request.body).hexdigest()]
    digest = hashlib.sha256(json.dumps(sent).encode()).hexdigest()
    return blind_index(f"{FIELD} {key} {digest}")


def _about(name, file):
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    return [name, file.name, digest.hexdigest()]


def _find_or_note(request, key):
    """Return (submission, whether it is new); refuses StillAtWork."""
    is_program = HEADER in request.headers
    with connection.cursor() as cursor:
        cursor.execute("select set_config('lock_timeout', %s, true)", [_patience(is_program)])
    try:
        found = Submission.objects.get_or_create(
            staff=request.user,
            key_index=blind_index(f"{FIELD} {key}"),
            defaults={
                "fingerprint": fingerprint_of(request, key),
                "route": request.resolver_match.view_name,
            },
        )
    except OperationalError as error:
        if isinstance(error.__cause__, LockNotAvailable):
            raise StillAtWork() from error
        raise
    with connection.cursor() as cursor:
        cursor.execute("set local lock_timeout to default")
    return found


def _patience(is_program):
    return PROGRAM_WAITS if is_program else PERSON_WAITS


# --- Answers ----------------------------------------------------------------------------------


def _settle(submission, response):
    """Keep what a submission was answered; forget one that was told no."""
    if response.status_code >= SAYS_NO:
        submission.delete()
        return
    head = {
        "status": response.status_code,
        "headers": dict(response.headers),
        "cookies": [cookie.OutputString() for cookie in response.cookies.values()],
    }
    submission.sealed_head = seal(json.dumps(head).encode())
    if not response.streaming and len(response.content) <= MOST_BODY_BYTES:
        submission.sealed_body = seal(response.content)
    submission.is_page = not 300 <= response.status_code < SAYS_NO
    submission.save(update_fields=["sealed_head", "sealed_body", "is_page"])


def _first_answer(submission, fingerprint):
    """Return what a submission was answered; refuses OtherContents and SentBefore."""
    if bytes(submission.fingerprint) != fingerprint:
        raise OtherContents()
    is_old = submission.is_page and submission.sent_at < timezone.now() - BODY_KEPT
    if is_old or submission.sealed_body is None:
        raise SentBefore(at=moment(submission.sent_at))
    head = json.loads(unseal(submission.sealed_head))
    body = unseal(submission.sealed_body)
    response = HttpResponse(body, status=head["status"], headers=head["headers"])
    for cookie in head["cookies"]:
        response.cookies.load(cookie)
    return response


def forget_old_submissions():
    """Forget pages after minutes and submissions after weeks; a chore, done as often as can be."""
    now = timezone.now()
    pages = Submission.objects.filter(is_page=True, sealed_body__isnull=False)
    pages.filter(sent_at__lt=now - BODY_KEPT).update(sealed_body=None)
    Submission.objects.filter(sent_at__lt=now - ROWS_KEPT).delete()
