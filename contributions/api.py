"""The API's payment files: how far each is, its rows by verdict, and the rows, masked."""

from django.shortcuts import get_object_or_404
from rest_framework import serializers

from contributions.judging import strip_of
from contributions.models import FeedRow, FeedTally, PaymentFeed
from contributions.verdicts import CODE_CHOICES, POSTED, VERDICTS
from pension_portal.api import PageQuestion, api_door, page_of
from pension_portal.masking import mask_name
from staff.audit import record

POSTED_WORD = "posted"
CODES = [POSTED_WORD, *(code for code, _name in CODE_CHOICES if code != POSTED)]


class FeedLine(serializers.Serializer):
    """One payment file; its figures know payments up to data_until (数据截至)."""

    id = serializers.IntegerField()
    file_name = serializers.CharField(source="file.name")
    year = serializers.IntegerField()
    state = serializers.CharField(source="job.state", allow_null=True, default=None)
    rows = serializers.IntegerField()
    amount = serializers.DecimalField(16, 2)
    data_until = serializers.DateField(allow_null=True)
    uploaded_at = serializers.DateTimeField()
    judged_at = serializers.DateTimeField(allow_null=True)
    posted_at = serializers.DateTimeField(allow_null=True)
    reversed_at = serializers.DateTimeField(allow_null=True)


class FeedsAnswer(serializers.Serializer):
    feeds = FeedLine(many=True)
    next = serializers.IntegerField(allow_null=True, help_text="`after` of the next page")


class TallyAnswer(serializers.Serializer):
    """How many rows and yuan took one verdict."""

    verdict = serializers.CharField(help_text="posted, or a code such as E02")
    name = serializers.CharField()
    outcome = serializers.CharField(help_text="posted, known, set_aside, held")
    rows = serializers.IntegerField()
    amount = serializers.DecimalField(16, 2)


class StripAnswer(serializers.Serializer):
    """Rows and yuan by outcome; over the four they are the file's."""

    outcome = serializers.CharField()
    rows = serializers.IntegerField()
    amount = serializers.DecimalField(16, 2)


class FeedAnswer(FeedLine):
    strip = StripAnswer(many=True)
    tallies = TallyAnswer(many=True, source="verdicts")


class RowsQuestion(PageQuestion):
    verdict = serializers.ChoiceField(required=False, choices=CODES)


class RowAnswer(serializers.Serializer):
    """One row with its verdict; the name and the number are masked."""

    row_no = serializers.IntegerField()
    sheet_row = serializers.IntegerField()
    name = serializers.SerializerMethodField()
    id_last4 = serializers.CharField()
    scheme_id = serializers.IntegerField(allow_null=True)
    contribution_year = serializers.IntegerField(allow_null=True)
    amount = serializers.DecimalField(12, 2, allow_null=True)
    paid_on = serializers.DateField(allow_null=True)
    town = serializers.CharField(source="town_text")
    verdict = serializers.SerializerMethodField()
    verdict_name = serializers.CharField(source="ruling.name")
    remedy = serializers.CharField(source="ruling.remedy")

    def get_name(self, row) -> str:
        return mask_name(row.name)

    def get_verdict(self, row) -> str:
        return row.verdict or POSTED_WORD


class RowsAnswer(serializers.Serializer):
    rows = RowAnswer(many=True)
    next = serializers.IntegerField(allow_null=True, help_text="`after` of the next page")


@api_door("view_feed", asks=PageQuestion, answers=FeedsAnswer)
def feeds(request, asked):
    """Payment files of one's county, newest first."""
    found = _feeds_of(request).order_by("-pk")
    if "after" in asked:
        found = found.filter(pk__lt=asked["after"])
    page, following = page_of(found, asked["limit"], lambda feed: feed.pk)
    return {"feeds": page, "next": following}


@api_door("view_feed", answers=FeedAnswer)
def feed(request, asked, feed_id):
    """One payment file: how many rows and yuan took which verdict."""
    found = get_object_or_404(_feeds_of(request), pk=feed_id)
    found.strip = [{"outcome": outcome, **part} for outcome, part in strip_of(found).items()]
    tallies = FeedTally.objects.filter(feed=found, rows__gt=0).order_by("code")
    found.verdicts = [
        {
            "verdict": tally.code or POSTED_WORD,
            "name": VERDICTS[tally.code].name,
            "outcome": tally.outcome,
            "rows": tally.rows,
            "amount": tally.amount,
        }
        for tally in tallies
    ]
    return found


@api_door("view_feed", asks=RowsQuestion, answers=RowsAnswer)
def feed_rows(request, asked, feed_id):
    """Rows of one payment file in the file's order, each with its verdict."""
    found = get_object_or_404(_feeds_of(request), pk=feed_id)
    rows = FeedRow.objects.filter(
        county_code=found.county_code, year=found.year, feed_id=found.pk
    ).order_by("row_no")
    if "verdict" in asked:
        rows = rows.filter(verdict=POSTED if asked["verdict"] == POSTED_WORD else asked["verdict"])
    if "after" in asked:
        rows = rows.filter(row_no__gt=asked["after"])
    page, following = page_of(rows, asked["limit"], lambda row: row.row_no)
    if page:
        seen = f"{page[0].row_no}–{page[-1].row_no}"
        record("view_rows", found, by=request.user, row=seen, rows=len(page))
    return {"rows": page, "next": following}


def _feeds_of(request):
    return PaymentFeed.objects.visible_to(request.user).select_related("file", "job")
