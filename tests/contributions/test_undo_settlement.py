"""What was done to an exception is taken back by transfers the other way, and leaves its trail."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from contributions.claiming import claim_exceptions, release_exception, take_over_exception
from contributions.errors import (
    ExceptionAlreadySettled,
    ExceptionInOtherHands,
    LargeUndoNotYours,
    NothingToRefund,
    NothingToUndo,
    RefundUnderWay,
    SettlementWaits,
    UndoNotYours,
)
from contributions.judging import strip_of
from contributions.models import (
    Determination,
    FeedRow,
    FeedSettings,
    Handling,
    PaidDay,
    PaymentException,
    RefundRequest,
    SettlementProposal,
)
from contributions.refunding import approve_refund, refund_exception
from contributions.settling import (
    accept_exception,
    approve_settlement,
    mark_other_county,
    set_aside_exception,
)
from contributions.undoing import last_to_undo, undo_settlement
from enrollment import drafts
from enrollment.models import Case, Resident
from staff import approving
from staff.models import AuditEntry, DutyKind
from tests import county as people

pytestmark = pytest.mark.django_db


@pytest.fixture
def misnamed(open_county, mei, gui_lan):
    """A payment of 张桂兰 under another name, held."""
    open_county.process(open_county.payment_row(gui_lan, name="张桂花"), by=mei)
    return PaymentException.objects.get()


@pytest.fixture
def li(open_county):
    """A second clerk of 东湾镇."""
    return open_county.staff("李经办", DutyKind.TOWN_CLERK, people.EAST_BAY)


@pytest.fixture
def wu(open_county):
    """The reviewer of 东湾镇."""
    return open_county.staff("吴复核", DutyKind.TOWN_REVIEWER, people.EAST_BAY)


def rows(feed):
    return {outcome: part["rows"] for outcome, part in strip_of(feed).items() if part["rows"]}


def as_it_stands(exception):
    """Everything a deed may change: the exception, its row, the strip."""
    exception.refresh_from_db()
    row = FeedRow.objects.filter(feed_id=exception.feed_id, row_no=exception.row_no).values().get()
    kept = {name: value for name, value in vars(exception).items() if name[0] != "_"}
    return kept, row, rows(exception.feed)


def test_an_accepted_row_is_taken_back_and_can_be_accepted_again(open_county, zhao, misnamed):
    before = as_it_stands(misnamed)
    accept_exception(misnamed, by=zhao)

    undone = undo_settlement(misnamed, by=zhao)

    assert as_it_stands(undone) == before
    kinds = list(open_county.transfers().order_by("id").values_list("kind", flat=True))
    assert kinds == ["normal", "reversal"]
    assert sum(PaidDay.objects.filter(area_code="990100").values_list("people", flat=True)) == 0
    entry = AuditEntry.objects.get(action="undo_settlement")
    assert (entry.staff, entry.subject) == (zhao, f"paymentexception:{misnamed.pk}")
    assert accept_exception(misnamed, by=zhao).state == "posted"
    assert open_county.balance() == 0
    assert open_county.transfers().count() == 3


def test_a_match_is_taken_back_with_the_number_it_gave(open_county, mei, zhao, gui_lan):
    other = open_county.enrolled("张桂华")
    row = open_county.payment_row(gui_lan, id=open_county.damaged(gui_lan.id_number))
    open_county.process(row, by=mei)
    exception = PaymentException.objects.get()
    before = as_it_stands(exception)

    settled = accept_exception(exception, by=zhao, resident=other)

    assert (settled.state, settled.resident, settled.matched_by) == ("posted", other, zhao)
    assert open_county.transfers().get().resident == other
    assert Handling.objects.get().deed == "match"
    assert as_it_stands(undo_settlement(exception, by=zhao)) == before
    assert open_county.balance() == 0


def test_an_objection_that_was_waived_stands_again(open_county, mei, zhao, gui_lan):
    open_county.process(open_county.payment_row(gui_lan), by=mei)
    open_county.process(open_county.payment_row(gui_lan, name="张桂花"), by=mei, name="二.csv")
    exception = PaymentException.objects.get()
    accept_exception(exception, by=zhao)
    exception.refresh_from_db()
    assert (exception.code, exception.state) == ("E06", "open")

    undo_settlement(exception, by=zhao)

    exception.refresh_from_db()
    assert (exception.code, exception.waived) == ("E02", [])
    with pytest.raises(NothingToUndo):
        undo_settlement(exception, by=zhao)


def test_only_ones_own_deed_of_today_is_undone_alone(open_county, zhao, li, wu, misnamed):
    accept_exception(misnamed, by=zhao)

    with pytest.raises(UndoNotYours):
        undo_settlement(misnamed, by=li)
    Handling.objects.update(done_at=timezone.now() - timedelta(days=2))
    with pytest.raises(UndoNotYours):
        undo_settlement(misnamed, by=zhao)
    assert open_county.transfers().count() == 1

    assert undo_settlement(misnamed, by=wu).state == "open"
    assert open_county.balance() == 0


def test_the_last_deed_is_the_one_to_undo(open_county, mei, zhao, gui_lan):
    other = open_county.enrolled("李满仓")
    for person in (gui_lan, other):
        row = open_county.payment_row(person, name=f"{person.name}儿")
        open_county.process(row, by=mei, name=f"{person.name}.csv")
    first, second = PaymentException.objects.order_by("pk")
    accept_exception(first, by=zhao)
    set_aside_exception(second, by=zhao, reason="重复传来")

    assert last_to_undo(zhao).exception == second
    undo_settlement(second, by=zhao)
    assert last_to_undo(zhao).exception == first
    undo_settlement(first, by=zhao)
    assert last_to_undo(zhao) is None
    assert PaymentException.objects.open().count() == 2


# --- In whose hands ---------------------------------------------------------------------------


def test_what_one_clerk_holds_another_is_told_of(open_county, zhao, li, misnamed):
    assert claim_exceptions(PaymentException.objects.all(), by=zhao) == 1
    assert claim_exceptions(PaymentException.objects.all(), by=li) == 0

    with pytest.raises(ExceptionInOtherHands, match="赵明"):
        accept_exception(misnamed, by=li)
    assert not open_county.transfers().exists()

    take_over_exception(misnamed, by=li)
    assert accept_exception(misnamed, by=li).state == "posted"
    with pytest.raises(ExceptionAlreadySettled, match="李经办"):
        accept_exception(misnamed, by=zhao)


def test_a_claim_lapses(zhao, li, misnamed):
    claim_exceptions(PaymentException.objects.all(), by=zhao)
    PaymentException.objects.update(claimed_at=timezone.now() - timedelta(hours=9))

    assert accept_exception(misnamed, by=li).state == "posted"
    assert not release_exception(misnamed, by=li)


# --- A second person above a sum --------------------------------------------------------------


@pytest.fixture
def large(open_county, misnamed):
    FeedSettings.objects.update(review_above=Decimal(200))
    return misnamed


def test_a_large_sum_waits_for_a_second_person(open_county, zhao, large):
    assert accept_exception(large, by=zhao).state == "open"

    proposal = SettlementProposal.objects.get()
    assert (proposal.state, proposal.made_by) == ("submitted", zhao)
    with pytest.raises(SettlementWaits, match="赵明"):
        accept_exception(large, by=zhao)
    assert not open_county.transfers().exists()


def test_who_proposed_a_large_sum_never_reviews_it(open_county, wu, large):
    accept_exception(large, by=wu)

    with pytest.raises(approving.SamePerson):
        approving.review(SettlementProposal.objects.get(), by=wu)

    assert not open_county.transfers().exists()


def test_an_approved_proposal_posts_and_only_an_approver_undoes_it(
    open_county, zhao, wu, qian, large
):
    accept_exception(large, by=zhao)
    proposal = SettlementProposal.objects.get()
    with pytest.raises(approving.StepOutOfTurn):
        approve_settlement(proposal, by=qian)
    approving.review(proposal, by=wu)

    settled = approve_settlement(proposal, by=qian)

    assert (settled.state, settled.settled_by) == ("posted", zhao)
    with pytest.raises(LargeUndoNotYours):
        undo_settlement(settled, by=zhao)
    assert undo_settlement(settled, by=qian).state == "open"
    assert open_county.balance() == 0


def test_a_returned_proposal_is_made_anew(open_county, zhao, wu, qian, large):
    accept_exception(large, by=zhao)
    proposal = SettlementProposal.objects.get()
    approving.return_to_maker(proposal, by=wu, reason="再核对姓名")

    accept_exception(large, by=zhao, reason="已看户口簿")

    proposal.refresh_from_db()
    assert (proposal.round, proposal.state, proposal.reason) == (2, "submitted", "已看户口簿")


# --- Money that goes back ---------------------------------------------------------------------


def test_a_refund_is_asked_of_the_treasury_and_withdrawn_with_the_deed(open_county, zhao, misnamed):
    settled = refund_exception(misnamed, by=zhao, reason="交错人")

    request = RefundRequest.objects.get()
    assert (settled.state, request.payer, request.amount) == ("set_aside", "treasury", 300)
    assert rows(misnamed.feed) == {"set_aside": 1}
    undo_settlement(misnamed, by=zhao)
    request.refresh_from_db()
    assert request.state == "withdrawn"
    assert rows(misnamed.feed) == {"held": 1}
    refund_exception(misnamed, by=zhao)
    assert RefundRequest.objects.standing().count() == 1


def test_a_refund_under_way_is_not_undone(county, zhao, qian, misnamed):
    refund_exception(misnamed, by=zhao)
    reviewer = county.staff("吴复核", DutyKind.TOWN_REVIEWER, people.EAST_BAY)
    request = approving.review(RefundRequest.objects.get(), by=reviewer)
    approve_refund(request, by=qian)

    with pytest.raises(RefundUnderWay):
        undo_settlement(misnamed, by=zhao)

    misnamed.refresh_from_db()
    assert misnamed.state == "set_aside"


def test_nothing_is_refunded_of_no_sum(zhao, misnamed):
    PaymentException.objects.update(amount=None)

    with pytest.raises(NothingToRefund):
        refund_exception(misnamed, by=zhao)

    assert not RefundRequest.objects.exists()


def test_a_payment_for_another_county_says_so(zhao, misnamed):
    settled = mark_other_county(misnamed, by=zhao)

    assert (settled.state, settled.reason) == ("set_aside", "外县区参保")
    assert Handling.objects.get().deed == "other_county"


# --- At the door ------------------------------------------------------------------------------


def test_the_next_case_comes_in_the_place_of_the_last(client, open_county, mei, zhao, gui_lan):
    other = open_county.enrolled("李满仓")
    for person in (gui_lan, other):
        row = open_county.payment_row(person, name=f"{person.name}儿")
        open_county.process(row, by=mei, name=f"{person.name}.csv")
    first, second = PaymentException.objects.order_by("pk")
    client.force_login(zhao)
    address = reverse("contributions:accept", args=[first.pk]) + "?remedy=match"

    answer = client.post(address, {"resident": gui_lan.pk}, headers={"HX-Request": "true"})

    page = answer.content.decode()
    following = reverse("contributions:exception", args=[second.pk])
    assert answer["HX-Push-Url"] == f"{following}?remedy=match"
    assert "李满仓儿" in page
    assert "<html" not in page
    assert "张桂兰儿 的 1 笔：已入账" in page
    assert reverse("contributions:undo_settlement", args=[first.pk]) in page
    second.refresh_from_db()
    assert second.claimed_by == zhao
    assert Handling.objects.get().was_suggested


def test_of_two_clerks_on_one_case_the_second_is_told(client, open_county, zhao, li, misnamed):
    accept_exception(misnamed, by=zhao)
    client.force_login(li)

    answer = client.post(
        reverse("contributions:accept", args=[misnamed.pk]), headers={"HX-Request": "true"}
    )

    assert answer.status_code == 422
    assert "这笔异常已由 赵明" in answer.content.decode()
    assert open_county.transfers().count() == 1


def test_an_id_alone_opens_nobody(client, open_county, zhao, misnamed):
    far = open_county.enrolled("石大山", people.STONE_VILLAGE)
    client.force_login(zhao)

    answer = client.post(reverse("contributions:accept", args=[misnamed.pk]), {"resident": far.pk})

    assert answer.status_code == 409
    assert not open_county.transfers().exists()


def test_filters_go_on_from_case_to_case(client, open_county, zhao, misnamed):
    client.force_login(zhao)
    listed = client.get(reverse("contributions:exceptions"), {"remedy": "match", "age": "fresh"})
    page = listed.content.decode()
    case = reverse("contributions:exception", args=[misnamed.pk])
    assert f"{case}?remedy=match&amp;age=fresh" in page
    none = client.get(reverse("contributions:exceptions"), {"remedy": "enrol"}).content.decode()
    assert "没有符合条件的异常" in none
    assert (
        "没有符合"
        in client.get(reverse("contributions:exceptions"), {"age": "old"}).content.decode()
    )


# --- Where what is missing gets mended --------------------------------------------------------


def test_an_unregistered_payer_is_enrolled_and_then_posted(client, open_county, mei, zhao):
    number = open_county.id_number()
    stranger = Resident(name="新来的", id_number=number, village_code=people.LI_VILLAGE)
    open_county.process(open_county.payment_row(stranger), by=mei)
    exception = PaymentException.objects.get()
    client.force_login(zhao)
    case = client.get(reverse("contributions:exception", args=[exception.pk])).content.decode()
    address = reverse("contributions:enrol_payer", args=[exception.pk])
    assert address in case

    answer = client.post(address, follow=True)

    form = answer.context["form"]
    assert (form["id_number"].value(), form["name"].value()) == (number, "新来的")
    drafts.save_draft("registration", {"id_number": "typed"}, by=zhao)
    client.post(address)
    assert drafts.fields_of(drafts.draft_of("registration", by=zhao))["id_number"] == "typed"
    open_county.enrolled("新来的", number=number)
    assert accept_exception(exception, by=zhao).state == "posted"


def test_a_misspelt_name_of_the_registry_opens_its_change(client, misnamed, zhao, sun):
    client.force_login(zhao)
    address = reverse("contributions:correct_name", args=[misnamed.pk])
    page = client.get(reverse("contributions:exception", args=[misnamed.pk])).content.decode()
    assert address in page

    answer = client.post(address)

    case = Case.objects.get()
    assert answer.url == reverse("enrollment:case", args=[case.pk])
    assert (case.kind, case.state, case.resident) == ("change", "draft", misnamed.resident)
    assert [(item.item, item.after) for item in case.items.all()] == [("name", misnamed.name)]
    client.force_login(sun)
    assert client.post(address).status_code == 404


def test_a_back_payment_opens_its_determination_filled_in(client, open_county, mei, lin, gui_lan):
    row = open_county.payment_row(gui_lan, year="2019", type="31", determination_no="HD7")
    open_county.process(row, by=mei)
    exception = PaymentException.objects.get()
    assert exception.code == "E07"
    client.force_login(lin)
    address = f"{reverse('contributions:new_determination')}?exception={exception.pk}"

    form = client.get(address).context["form"]

    assert (form["number"].value(), form["years"].value()) == ("HD7", "2019 300.00")
    said = {"scheme": 1, "number": "HD7", "years": "2019 300", "basis": "申请表 7"}
    client.post(address, said)
    assert Determination.objects.get().resident == gui_lan
