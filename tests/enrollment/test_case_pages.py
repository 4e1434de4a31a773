"""The pages of the cases: filled in, proved, decided and printed by the people whose duty it is."""

from datetime import date

import pytest
from django.urls import reverse

from enrollment import cases
from enrollment.models import Case
from pension_portal.clock import today
from staff.models import AuditEntry
from tests import county as places
from tests.enrollment import casework


@pytest.fixture
def clerk(as_user, zhao):
    return as_user(zhao)


def address(name, *arguments):
    return reverse(f"enrollment:{name}", args=arguments)


def test_a_clerk_fills_in_a_change_adds_the_card_and_submits(clerk, gui_lan):
    form = {"name": "张桂蓝", "other_cover": ""}
    answer = clerk.post(address("new_case", gui_lan.pk, "change"), form)
    made = Case.objects.get()
    assert answer["Location"] == address("case", made.pk)

    clerk.post(address("add_paper", made.pk), {"kind": "id_card", "file": casework.photo()})
    clerk.post(address("submit_case", made.pk))

    assert casework.state_of(made) == "submitted"
    assert [item.item for item in made.items.all()] == ["name"]


def test_what_is_typed_into_a_case_is_kept_until_it_is_saved(clerk, gui_lan):
    form = {"happened_on": "2021-03-01", "schemes": ["1"], "note": "家属来办"}
    page = address("new_case", gui_lan.pk, "death")
    clerk.post(f"{address('keep_case_draft')}?form=death-{gui_lan.pk}", form)
    assert "家属来办" in clerk.get(page).content.decode()

    clerk.post(page, {"happened_on": "2021-03-01"})

    assert Case.objects.exists()
    assert "家属来办" not in clerk.get(page).content.decode()


def test_a_draft_that_is_put_away_is_not_given_back(clerk, gui_lan):
    kept = f"form=death-{gui_lan.pk}"
    clerk.post(f"{address('keep_case_draft')}?{kept}", {"note": "家属来办"})

    clerk.post(f"{address('clear_case_draft')}?{kept}")

    page = clerk.get(address("new_case", gui_lan.pk, "death")).content.decode()
    assert "家属来办" not in page


def test_a_submission_without_papers_says_which_are_missing(clerk, gui_lan, zhao):
    made = cases.open_case("change", gui_lan, {"name": "张桂蓝"}, by=zhao)

    answer = clerk.post(address("submit_case", made.pk))

    assert answer.status_code == 409
    assert "居民身份证或社会保障卡" in answer.content.decode()


def test_the_form_of_a_death_wants_its_day_and_names_the_settlement(clerk, gui_lan):
    answer = clerk.post(address("new_case", gui_lan.pk, "death"), {"balance_amount": "100"})

    words = answer.content.decode()
    assert answer.status_code == 422
    assert "死亡时间没有填" in words
    assert "收款人和收款账号都要填" in words
    assert not Case.objects.exists()


def test_a_death_takes_all_enrolments_along(clerk, gui_lan):
    places.enrol(gui_lan, places.SUPPLEMENTARY)

    clerk.post(address("new_case", gui_lan.pk, "death"), {"happened_on": "2021-03-01"})

    made = Case.objects.get()
    after = {item.item: item.after for item in made.items.all()}
    assert after == {
        "status_1": "terminated",
        "status_2": "terminated",
        "life_status": "dead",
    }
    assert made.reason_words == "6401 死亡"


def test_another_name_beside_another_number_is_both_at_once(clerk, gui_lan):
    number = places.id_number(date(1976, 4, 5))

    clerk.post(
        address("new_case", gui_lan.pk, "id_change"), {"id_number": number, "name": "张桂蓝"}
    )

    assert Case.objects.get().kind == "name_and_id"


def test_a_bad_number_is_said_and_nothing_is_made(clerk, gui_lan):
    answer = clerk.post(
        address("new_case", gui_lan.pk, "id_change"), {"id_number": "990101197503020014"}
    )

    assert answer.status_code == 422
    assert "最后一位对不上" in answer.content.decode()
    assert not Case.objects.exists()


def test_a_newcomer_is_filled_in_on_one_page(clerk, county):
    places.policy(year=today().year)
    form = {
        "id_number": places.id_number(date(1990, 5, 6)),
        "name": "单小梅",
        "village": places.LI_VILLAGE,
        "schemes": ["1"],
        "tier_1": "300.00",
        "happened_on": "2021-03-01",
    }

    clerk.post(address("register_newcomer"), form)

    made = Case.objects.get()
    after = {item.item: item.after for item in made.items.all()}
    assert (made.name, made.resident) == ("单小梅", None)
    assert (after["status_1"], after["tier_1"]) == ("active", "300.00")


def test_a_clerk_cannot_register_into_another_town(clerk, county):
    form = {
        "id_number": places.id_number(),
        "name": "单小梅",
        "village": places.STONE_VILLAGE,
        "schemes": ["1"],
        "happened_on": "2021-03-01",
    }

    answer = clerk.post(address("register_newcomer"), form)

    assert answer.status_code == 422
    assert not Case.objects.exists()


def test_an_edit_begins_with_what_was_filled_in(clerk, gui_lan, zhao):
    made = cases.open_case("change", gui_lan, {"name": "张桂蓝", "phone": "13900002222"}, by=zhao)

    page = clerk.get(address("edit_case", made.pk)).content.decode()
    clerk.post(address("edit_case", made.pk), {"name": "张贵兰", "other_cover": ""})

    assert 'value="张桂蓝"' in page
    assert [(item.item, item.after) for item in made.items.all()] == [("name", "张贵兰")]


def test_only_the_next_person_sees_the_button(as_user, gui_lan, zhao, qian):
    made = casework.submitted("change", gui_lan, {"name": "张桂蓝"}, by=zhao)
    han = casework.reviewer()

    pages = {
        who: as_user(who).get(address("case", made.pk)).content.decode()
        for who in (zhao, han, qian)
    }

    assert address("review_case", made.pk) in pages[han]
    assert address("review_case", made.pk) not in pages[zhao]
    assert address("approve_case", made.pk) not in pages[qian]
    assert address("withdraw_case", made.pk) in pages[zhao]


def test_a_reviewer_sends_back_and_the_clerk_reads_why(as_user, clerk, gui_lan, zhao):
    made = casework.submitted("change", gui_lan, {"name": "张桂蓝"}, by=zhao)
    han = as_user(casework.reviewer())

    han.post(address("return_case", made.pk), {"reason": "照片看不清，重拍", "code": "unclear"})

    assert "照片看不清，重拍" in clerk.get(address("case", made.pk)).content.decode()
    listed = clerk.get(address("cases"), {"show": "waiting"}).content.decode()
    assert made.number in listed


def test_a_picture_is_given_back_as_it_was_and_looking_is_on_record(clerk, gui_lan, zhao):
    made = cases.open_case("change", gui_lan, {"name": "张桂蓝"}, by=zhao)
    paper = cases.add_paper(made, "id_card", by=zhao, upload=casework.photo())

    answer = clerk.get(address("paper", made.pk, paper.pk))

    assert answer.content.startswith(b"\xff\xd8\xff")
    assert answer["Content-Type"] == "image/jpeg"
    assert AuditEntry.objects.filter(action="view_paper").count() == 1


def test_a_new_account_is_masked_until_somebody_asks(as_user, gui_lan, zhao):
    made = casework.submitted("change", gui_lan, {"bank_account": "6222000011112222"}, by=zhao)
    han = as_user(casework.reviewer())

    page = han.get(address("case", made.pk)).content.decode()
    shown = han.post(address("reveal_item", made.pk, "bank_account")).content.decode()

    assert "6222000011112222" not in page
    assert "6222000011112222" in shown
    assert AuditEntry.objects.filter(action="reveal_person").count() == 1


def test_the_sheet_bears_the_opinions_in_their_order(as_user, gui_lan, zhao, qian):
    made = casework.approved("change", gui_lan, {"name": "张桂蓝"}, by=zhao, approver=qian)

    sheet = as_user(qian).get(address("print_case", made.pk)).content.decode()

    assert "变更登记表" in sheet
    assert gui_lan.id_number in sheet
    places_of = [sheet.index(words) for words in ("村协办员意见", "乡镇经办人意见", "县复核人意见")]
    assert places_of == sorted(places_of)


def test_a_persons_page_tells_their_cases_and_what_can_be_done(clerk, gui_lan, zhao, qian):
    made = casework.approved("change", gui_lan, {"name": "张桂蓝"}, by=zhao, approver=qian)

    part = clerk.get(address("resident_cases", gui_lan.pk)).content.decode()

    assert made.number in part
    assert address("new_case", gui_lan.pk, "death") in part
    assert address("new_case", gui_lan.pk, "resumption") not in part


def test_the_list_takes_the_same_statements_for_one_case_and_for_many(
    clerk, zhao, county, django_assert_max_num_queries
):
    for number in range(8):
        person = places.enrolled(f"张{number}")
        cases.open_case("change", person, {"phone": f"1390000111{number}"}, by=zhao)

    with django_assert_max_num_queries(14):
        page = clerk.get(address("cases")).content.decode()

    assert page.count("data-href") == 8


def test_a_tier_that_is_not_open_cannot_be_chosen(clerk, county):
    places.policy(year=today().year)
    form = {"id_number": places.id_number(), "name": "单小梅", "village": places.LI_VILLAGE}

    answer = clerk.post(address("register_newcomer"), {**form, "schemes": ["1"], "tier_1": "350"})

    assert answer.status_code == 422
    assert not Case.objects.exists()


def test_a_shown_number_hides_itself_again(as_user, gui_lan, zhao):
    made = casework.submitted("change", gui_lan, {"bank_account": "6222000011112222"}, by=zhao)
    han = as_user(casework.reviewer())

    hidden = han.get(address("hidden_item", made.pk, "bank_account")).content.decode()

    assert "622*********2222" in hidden


def test_who_begins_a_case_that_is_under_way_goes_on_with_it(clerk, gui_lan, zhao):
    made = cases.open_case("change", gui_lan, {"name": "张桂蓝"}, by=zhao)

    answer = clerk.get(address("new_case", gui_lan.pk, "change"))

    assert answer["Location"] == address("case", made.pk)
