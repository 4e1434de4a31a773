"""The pages of payment files and exceptions: who may open them, and what they show."""

import pytest
from django.urls import reverse

from contributions.models import PaymentException, PaymentFeed
from pension_portal.models import StoredFile

pytestmark = pytest.mark.django_db


@pytest.fixture
def posted(open_county, mei, gui_lan):
    """A feed with one posted row, one under another name, one medical row."""
    return open_county.process(
        open_county.payment_row(gui_lan),
        open_county.payment_row(gui_lan, name="张桂花"),
        open_county.payment_row(gui_lan, item="城乡居民基本医疗保险费", amount="280"),
        by=mei,
    )


def get(client, person, name, *args, **query):
    client.force_login(person)
    return client.get(reverse(f"contributions:{name}", args=args), query)


def test_a_data_admin_uploads_and_sees_what_became_of_the_file(client, open_county, mei, gui_lan):
    client.force_login(mei)
    content = open_county.payment_file(open_county.payment_row(gui_lan))

    answer = client.post(
        reverse("contributions:upload_feed"), {"file": open_county.upload(content), "year": 2021}
    )

    feed = PaymentFeed.objects.get()
    assert answer.status_code == 302
    assert "排队中" in get(client, mei, "feed", feed.pk).content.decode()


def test_the_control_strip_stands_on_the_page(client, lin, posted):
    page = get(client, lin, "feed", posted.pk).content.decode()

    assert "580.00" in page or "880.00" in page
    assert "E02" in page
    assert "差额" in page


def test_a_row_can_be_seen_as_it_was_without_its_full_number(client, lin, posted, gui_lan):
    page = get(client, lin, "feed_row", posted.pk, 2).content.decode()

    assert "张桂花" in page
    assert gui_lan.id_number not in page
    assert gui_lan.id_number[-4:] in page


def test_rows_are_listed_by_verdict(client, lin, posted):
    page = get(client, lin, "feed_rows", posted.pk, verdict="S01").content.decode()

    assert "医疗保险" in page
    assert "张桂花" not in page


def test_a_town_sees_its_own_exceptions_only(client, zhao, sun, posted):
    exception = PaymentException.objects.get()

    assert get(client, zhao, "exception", exception.pk).status_code == 200
    assert get(client, sun, "exception", exception.pk).status_code == 404
    assert "张桂花" not in get(client, sun, "exceptions").content.decode()


def test_a_town_clerk_does_not_open_the_countys_files(client, zhao, posted):
    assert get(client, zhao, "feed", posted.pk).status_code == 403


def test_an_exception_is_accepted_on_its_page(client, open_county, zhao, posted):
    exception = PaymentException.objects.get()
    client.force_login(zhao)

    client.post(reverse("contributions:set_aside", args=[exception.pk]), {"reason": "不是本人"})

    exception.refresh_from_db()
    assert (exception.state, exception.reason) == ("set_aside", "不是本人")


def test_the_faulty_rows_come_back_as_a_workbook(client, lin, posted):
    answer = get(client, lin, "feed_faults", posted.pk)

    assert answer.status_code == 200
    assert b"".join(answer.streaming_content)[:2] == b"PK"


def test_a_figure_opens_down_to_the_row_of_its_file(client, open_county, lin, posted):
    transfer = open_county.transfers().get()

    page = get(client, lin, "transfer", "990100", 2021, transfer.id).content.decode()

    assert reverse("contributions:feed_row", args=[posted.pk, transfer.row_no]) in page


def test_a_file_that_is_no_table_is_refused_at_the_field_and_not_kept(client, open_county, mei):
    client.force_login(mei)

    answer = client.post(
        reverse("contributions:upload_feed"),
        {"file": open_county.upload(b"%PDF-1.4 something", "x.xlsx"), "year": 2021},
    )

    assert answer.status_code == 415
    # Above the form and beside its field, in the same words.
    assert answer.content.decode().count("「x.xlsx」是PDF，不是表格") == 2
    assert not PaymentFeed.objects.exists()
    assert not StoredFile.objects.exists()


def test_a_way_of_writing_a_town_that_nobody_knows_is_listed(
    client, open_county, mei, lin, gui_lan
):
    open_county.process(open_county.payment_row(gui_lan, town="税务东湾分局"), by=mei)

    page = get(client, lin, "unmatched_towns").content.decode()

    assert "税务东湾分局" in page
