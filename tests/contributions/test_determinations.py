"""A back payment is posted by what two people determined: one proposes, another approves."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from contributions import determining
from contributions.errors import (
    DeterminationDecidedAlready,
    DeterminationNumberTaken,
    MakerMayNotDetermine,
    RejectionReasonMissing,
    YearsDeterminedAlready,
    YearsPaidAlready,
)
from contributions.models import Determination
from staff.models import AuditEntry, DutyKind

pytestmark = pytest.mark.django_db


@pytest.fixture
def fang(county):
    """The county's approver."""
    return county.staff("方审批", DutyKind.COUNTY_APPROVER)


def propose(person, by, **changes):
    said = {
        "scheme_id": 1,
        "number": "HD2021-7",
        "amounts": {2018: 300, 2019: 500},
        "basis": "示人社〔2021〕3号",
    } | changes
    return determining.propose_determination(person, by=by, **said)


def form(person, **changes):
    return {
        "id_number": person.id_number,
        "scheme": "1",
        "number": "HD2021-7",
        "years": "2016-2018 500\n2019 300",
        "basis": "示人社〔2021〕3号",
    } | changes


def back_payment(county, person, **changes):
    said = {"type": "31", "determination_no": "HD2021-7", "year": "2019", "amount": "500"}
    return county.payment_row(person, **said | changes)


def test_a_second_account_of_the_same_phone_does_not_approve_either(county, gui_lan):
    maker = county.staff("林核定", phone="13900000001")
    again = county.staff("林审批", DutyKind.COUNTY_APPROVER, phone="13900000001")
    made = propose(gui_lan, maker)

    with pytest.raises(MakerMayNotDetermine):
        determining.approve_determination(made, by=again)

    made.refresh_from_db()
    assert made.is_waiting


def test_a_year_paid_while_the_proposal_waited_is_not_approved(
    open_county, lin, fang, mei, gui_lan
):
    made = propose(gui_lan, lin, amounts={2021: 300})
    open_county.process(open_county.payment_row(gui_lan), by=mei)

    with pytest.raises(YearsPaidAlready, match="2021 年已有入账的缴费"):
        determining.approve_determination(made, by=fang)

    made.refresh_from_db()
    assert made.is_waiting


@pytest.mark.requirement("Y25")
def test_only_an_approved_determination_lets_a_back_payment_in(
    open_county, lin, fang, mei, gui_lan
):
    made = propose(gui_lan, lin, amounts={2019: 500})
    before = open_county.process(back_payment(open_county, gui_lan), by=mei)
    assert open_county.verdicts(before) == ["E07"]

    determining.approve_determination(made, by=fang)
    after = open_county.process(back_payment(open_county, gui_lan), by=mei, name="二.csv")

    assert open_county.verdicts(after) == [""]
    assert open_county.transfers(kind="back").get().amount == 500


def test_who_proposes_does_not_approve(county, lin, gui_lan):
    made = propose(gui_lan, lin)

    with pytest.raises(MakerMayNotDetermine):
        determining.approve_determination(made, by=lin)

    made.refresh_from_db()
    assert made.is_waiting
    with pytest.raises(IntegrityError), transaction.atomic():
        Determination.objects.update(approved_by=lin)


def test_what_was_sent_back_is_kept_and_its_number_free_again(county, lin, fang, gui_lan):
    made = propose(gui_lan, lin)
    with pytest.raises(RejectionReasonMissing):
        determining.reject_determination(made, by=fang, reason="  ")
    determining.reject_determination(made, by=fang, reason="年度与档案不符")

    again = propose(gui_lan, lin)

    assert Determination.objects.rejected().get().rejection_reason == "年度与档案不符"
    assert again.is_waiting
    with pytest.raises(DeterminationDecidedAlready):
        determining.approve_determination(made, by=fang)


def test_a_number_stands_once(county, lin, gui_lan):
    propose(gui_lan, lin)

    with pytest.raises(DeterminationNumberTaken):
        propose(county.enrolled("李四海"), lin)

    assert Determination.objects.count() == 1


def test_a_year_is_determined_once_for_a_person(county, lin, gui_lan):
    propose(gui_lan, lin)

    with pytest.raises(YearsDeterminedAlready, match="2019 年已在核定 HD2021-7 中"):
        propose(gui_lan, lin, number="HD2", amounts={2019: 300, 2020: 300})

    assert Determination.objects.count() == 1


def test_a_year_that_is_paid_is_no_missed_year(open_county, lin, mei, gui_lan):
    open_county.process(open_county.payment_row(gui_lan), by=mei)

    with pytest.raises(YearsPaidAlready, match="2021 年已有入账的缴费"):
        propose(gui_lan, lin, amounts={2020: 300, 2021: 300})

    assert not Determination.objects.exists()


@pytest.mark.requirement("A28")
def test_year_and_sum_stand_in_figures_and_in_capitals_before_anybody_agrees(
    client, county, lin, fang, gui_lan
):
    client.force_login(lin)
    answer = client.post(reverse("contributions:new_determination"), form(gui_lan))
    made = Determination.objects.get()
    assert answer.url == reverse("contributions:determination", args=[made.pk])
    client.force_login(fang)

    page = client.get(answer.url).content.decode()

    for shown in ("2016", "2017", "2018", "2019", "1,800.00", "壹仟捌佰元整", "同意核定"):
        assert shown in page
    assert gui_lan.id_number not in page
    client.post(reverse("contributions:approve_determination", args=[made.pk]))
    made.refresh_from_db()
    assert (made.approved_by, made.made_by) == (fang, lin)
    actions = AuditEntry.objects.filter(subject=f"determination:{made.pk}").order_by("id")
    assert [(entry.action, entry.staff) for entry in actions] == [
        ("propose_determination", lin),
        ("approve_determination", fang),
    ]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"years": "2016到2018"}, "第 1 行看不懂"),
        ({"years": "2018-2016 500"}, "先小后大"),
        ({"years": "2016 500\n2016 300"}, "2016 年写了两次"),
        ({"years": "2016 0"}, "第 1 行的金额是 0"),
        ({"years": "2031 500"}, "第 1 行的年度要在"),
        ({"id_number": "990101197503020011"}, "最后一位对不上"),
        ({"id_number": "99010119850302421X"}, "本县档案里没有此人"),
        ({"basis": ""}, "还没有填"),
    ],
)
def test_a_form_says_what_to_mend_and_keeps_what_was_typed(
    client, county, lin, gui_lan, changes, words
):
    client.force_login(lin)
    if "本县" in words:
        changes = {"id_number": county.id_number()}

    answer = client.post(reverse("contributions:new_determination"), form(gui_lan, **changes))

    assert answer.status_code == 422
    page = answer.content.decode()
    assert words in page
    assert "HD2021-7" in page
    assert not Determination.objects.exists()


def test_the_list_is_narrowed_by_state_number_and_name(client, county, lin, fang, gui_lan):
    determining.approve_determination(propose(gui_lan, lin), by=fang)
    propose(county.enrolled("李四海"), lin, number="HD2021-8")
    client.force_login(lin)

    def listed(**query):
        page = client.get(reverse("contributions:determinations"), query).content.decode()
        return ["HD2021-7" in page, "HD2021-8" in page]

    assert listed() == [True, True]
    assert listed(state="waiting") == [False, True]
    assert listed(state="approved") == [True, False]
    assert listed(state="rejected") == [False, False]
    assert listed(q="李四") == [False, True]
    assert listed(q="HD2021-7") == [True, False]
