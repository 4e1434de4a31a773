"""Made, reviewed and approved by three people, each of whom has one part in a thing for ever."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, models, transaction
from django.template.loader import render_to_string
from django.utils import timezone

from pension_portal.doors import NotAllowed
from staff import approving
from staff.approval_panel import panel_of
from staff.models import Approvable, ApprovalStep, AuditEntry, DutyKind
from tests import county as people


class Thing(Approvable):
    """An example: a text that three people agree on."""

    text = models.CharField(max_length=20)

    make_action, review_action, approve_action = "import_roster", "settle_exception", "approve_end"

    class Meta(Approvable.Meta):
        app_label = "staff"

    def content(self):
        return {"text": self.text}


class Word(Thing):
    """An example without a reviewer."""

    needs_review = False

    class Meta:
        proxy = True
        app_label = "staff"


@pytest.fixture(autouse=True)
def tables(db):
    """The example has a table for the length of a test; a temporary one, as the role may make."""
    with connection.schema_editor() as editor:
        editor.sql_create_table = "CREATE TEMPORARY TABLE %(table)s (%(definition)s) ON COMMIT DROP"
        editor.create_model(Thing)
        editor.deferred_sql.clear()


@pytest.fixture
def reviewer(county):
    return county.staff("韩复核", DutyKind.TOWN_REVIEWER, people.EAST_BAY)


def submitted(by, text="新账号", model=Thing):
    return approving.submit(approving.begin(model(text=text), by=by), by=by)


def state_of(thing):
    return Thing.objects.get(pk=thing.pk).state


@pytest.mark.requirement("Y39")
def test_three_people_make_review_and_approve(zhao, reviewer, qian):
    thing = submitted(zhao)

    approving.review(thing, by=reviewer)
    done = approving.approve(thing, by=qian, seen=thing.content_hash)

    assert done.state == "approved"
    steps = [(step.step, step.staff) for step in approving.steps_of(done)]
    assert steps == [("edit", zhao), ("submit", zhao), ("review", reviewer), ("approve", qian)]
    assert AuditEntry.objects.filter(subject=f"thing:{done.pk}", action="approve").count() == 1


def test_nothing_is_approved_before_its_review(zhao, qian):
    thing = submitted(zhao)

    with pytest.raises(approving.StepOutOfTurn):
        approving.approve(thing, by=qian)

    assert state_of(thing) == "submitted"


def test_where_no_review_is_asked_two_people_are_enough(zhao, qian):
    word = submitted(zhao, model=Word)

    assert approving.approve(word, by=qian).state == "approved"


def test_the_second_click_is_told_and_does_nothing(zhao, reviewer):
    thing = submitted(zhao)
    approving.review(thing, by=reviewer)

    with pytest.raises(approving.StepTakenAlready) as told:
        approving.review(thing, by=reviewer)

    assert "韩复核" in str(told.value)
    assert ApprovalStep.objects.filter(step="review").count() == 1


def test_whoever_once_made_it_never_reviews_it(county, zhao, reviewer):
    thing = submitted(zhao)
    approving.return_to_maker(thing, by=reviewer, reason="缺银行卡复印件")
    chen = county.staff("陈经办", DutyKind.TOWN_CLERK, people.EAST_BAY)
    approving.submit(thing, by=chen)
    zhao.duties.update(kind=DutyKind.TOWN_REVIEWER)
    promoted = type(zhao).objects.get(pk=zhao.pk)

    with pytest.raises(approving.SamePerson):
        approving.review(thing, by=promoted)

    assert state_of(thing) == "submitted"
    assert "经办" in str(panel_of(Thing.objects.get(), promoted).why_not)


def test_another_account_of_the_same_phone_is_the_same_person(county, zhao):
    zhao.phone = "13900000001"
    zhao.save()
    thing = submitted(zhao)
    other = county.staff("赵二", DutyKind.TOWN_REVIEWER, people.EAST_BAY, phone=zhao.phone)

    with pytest.raises(approving.SamePerson):
        approving.review(thing, by=other)

    assert state_of(thing) == "submitted"


@pytest.mark.parametrize("twice", ["reviewed_by", "approved_by"])
def test_the_database_refuses_the_maker_in_another_place(zhao, twice):
    thing = submitted(zhao)

    with pytest.raises(IntegrityError, match="maker_is_not"), transaction.atomic():
        Thing.objects.filter(pk=thing.pk).update(**{twice: zhao})


def test_the_database_refuses_the_reviewer_as_approver(zhao, reviewer):
    thing = approving.review(submitted(zhao), by=reviewer)

    with pytest.raises(IntegrityError, match="reviewer_is_not_approver"), transaction.atomic():
        Thing.objects.filter(pk=thing.pk).update(approved_by=reviewer)


def test_what_was_changed_behind_the_review_is_not_approved(zhao, reviewer, qian):
    thing = approving.review(submitted(zhao), by=reviewer)
    Thing.objects.filter(pk=thing.pk).update(text="另一个账号")

    with pytest.raises(approving.ContentChanged):
        approving.approve(thing, by=qian)

    assert state_of(thing) == "reviewed"


def test_a_click_on_an_old_page_does_not_approve_the_new_content(zhao, reviewer, qian):
    shown = approving.review(submitted(zhao), by=reviewer).content_hash
    thing = approving.edit(Thing.objects.get(), by=zhao)
    thing.text = "又一个"
    thing.save()
    thing = approving.review(approving.submit(thing, by=zhao), by=reviewer)

    with pytest.raises(approving.ContentChanged):
        approving.approve(thing, by=qian, seen=shown)


def test_an_edit_voids_the_review(zhao, reviewer):
    thing = approving.review(submitted(zhao), by=reviewer)

    edited = approving.edit(thing, by=zhao)

    assert (edited.state, edited.reviewed_by) == ("draft", None)


def test_what_waited_for_more_than_seven_days_is_submitted_again(zhao, reviewer):
    thing = submitted(zhao)
    Thing.objects.update(submitted_at=timezone.now() - timedelta(days=8))

    with pytest.raises(approving.ApprovalExpired):
        approving.review(thing, by=reviewer)
    again = approving.submit(thing, by=zhao)

    assert (again.round, approving.review(again, by=reviewer).state) == (2, "reviewed")


@pytest.mark.requirement("Y40")
def test_a_return_says_why_and_the_next_round_says_what_it_was(zhao, reviewer):
    thing = submitted(zhao)

    with pytest.raises(approving.ReturnNeedsReason):
        approving.return_to_maker(thing, by=reviewer, reason="  ")
    approving.return_to_maker(thing, by=reviewer, reason="缺银行卡复印件")
    again = approving.submit(thing, by=zhao)

    assert (again.state, again.round, again.return_reason) == ("submitted", 2, "缺银行卡复印件")


def test_what_was_withdrawn_is_over(zhao, reviewer):
    thing = submitted(zhao)
    approving.withdraw(thing, by=zhao)

    with pytest.raises(approving.StepOutOfTurn):
        approving.review(thing, by=reviewer)


def test_steps_stay_as_they_were_written(zhao):
    submitted(zhao)

    with pytest.raises(Exception, match="permission denied"), transaction.atomic():
        ApprovalStep.objects.all().delete()


def test_a_duty_that_the_matrix_does_not_name_takes_no_step(zhao, sun, reviewer):
    thing = approving.review(submitted(zhao), by=reviewer)

    with pytest.raises(NotAllowed):
        approving.approve(thing, by=sun)

    assert state_of(thing) == "reviewed"


def test_the_page_shows_the_steps_and_who_is_waited_for(zhao, reviewer):
    thing = approving.review(submitted(zhao), by=reviewer)

    html = render_to_string("staff/_approval.html", {"panel": panel_of(thing, zhao)})

    assert "等另一人审批" in html
    assert html.count("韩复核") == 1
    assert html.index("赵") < html.index("韩复核")
