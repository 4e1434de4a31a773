"""What a roster does to the registry: who is new, who has changed, and who is sent back."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from enrollment.models import (
    Enrolment,
    Household,
    PayableCounter,
    Resident,
    RosterRow,
    SpecialIdentity,
)
from enrollment.rosters import job_of, read_again
from pension_portal.jobs import run_job
from pension_portal.models import Job
from pension_portal.secrecy import blind_index
from tests import county as sample
from tests.county import BASIC, LI_VILLAGE, SUPPLEMENTARY, id_number
from tests.enrollment.rosters import (
    HEADERS,
    as_csv,
    as_xls,
    as_xlsx,
    faults,
    load,
    people,
    receive,
    row,
    warnings,
)
from townships.models import Area, AreaAlias


def test_a_good_row_becomes_a_person_with_household_group_and_enrolment(zhao):
    number = id_number(date(1975, 3, 2))

    roster = load(zhao, [row(证件号码=number)])

    person = Resident.objects.get(id_index=blind_index(number))
    assert (roster.rows, roster.rows_new, roster.rows_bad) == (1, 1, 0)
    assert (person.name, person.initials, person.born_on) == ("张桂兰", "zgl", date(1975, 3, 2))
    assert person.village_code == LI_VILLAGE
    assert person.id_number == number
    assert person.phone == "13800000011"
    assert Area.objects.get(code=person.group_code).name == "3组"
    assert person.household.head_name == "张大海"
    enrolment = Enrolment.objects.get(resident=person)
    assert (enrolment.scheme_id, enrolment.status, enrolment.registered_tier) == (
        BASIC,
        "active",
        500,
    )
    assert enrolment.started_on == date(2015, 6, 1)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("花名册.csv", as_csv),
        ("花名册.xlsx", as_xlsx),
        ("花名册.xls", as_xls),
    ],
)
def test_a_roster_is_read_from_whatever_the_office_saves(zhao, name, content):
    roster = load(zhao, content(people(3)), name=name)

    assert (roster.rows, roster.rows_new) == (3, 3)
    assert Resident.objects.count() == 3


def test_titles_notes_and_totals_are_no_people(zhao):
    rows = [*people(2), ["合计", "", "", "", "", "", "2"] + [""] * 18]
    content = as_xlsx(rows, titles=["东湾镇居民养老保险参保花名册", "填报单位：东湾镇"])

    roster = load(zhao, content, name="花名册.xlsx")

    assert (roster.rows, roster.rows_new, roster.rows_bad) == (2, 2, 0)
    assert roster.rows_noise > 0


def test_every_row_is_new_changed_same_further_or_sent_back(zhao):
    known, changed = id_number(), id_number()
    load(zhao, [row(证件号码=known), row(证件号码=changed, 姓名="李小花", 银行账号="")])

    roster = load(
        zhao,
        [
            row(证件号码=known),
            row(证件号码=changed, 姓名="李小花", 缴费档次="1000"),
            row(证件号码=id_number(), 姓名="新来者"),
            row(证件号码=known, 参保险种="补充", 补充缴费档次="200"),
            row(证件号码="99010119750302001X", 姓名="号码错"),
        ],
    )

    assert (roster.rows, roster.rows_new, roster.rows_bad, roster.rows_repeated) == (5, 1, 1, 1)
    assert (roster.rows_changed, roster.rows_same) == (2, 0)


@pytest.mark.requirement("A09")
def test_the_same_rows_again_change_nothing(zhao):
    rows = people(20)
    load(zhao, rows)
    before = list(Resident.objects.order_by("id").values_list("id", "changed_at"))

    roster = load(zhao, [*rows, row(姓名="另一人", 证件号码=id_number())])

    assert (roster.rows_new, roster.rows_changed, roster.rows_same) == (1, 0, 20)
    assert list(Resident.objects.order_by("id").values_list("id", "changed_at"))[:20] == before


def test_what_a_row_leaves_empty_stays_as_it_was(zhao):
    number = id_number()
    load(zhao, [row(证件号码=number)])

    load(zhao, [row(证件号码=number, 联系电话="", 缴费档次="", 参保日期="", 户编号="")])

    person = Resident.objects.get()
    assert person.phone == "13800000011"
    assert person.household is not None
    assert Enrolment.objects.get().registered_tier == 500
    assert Enrolment.objects.get().started_on == date(2015, 6, 1)


def test_who_pays_again_has_no_end_any_more(zhao):
    number = id_number()
    load(zhao, [row(证件号码=number, 参保状态="终止", 终止原因="参保其他社会保险")])
    assert Enrolment.objects.get().end_reason == "参保其他社会保险"

    load(zhao, [row(证件号码=number, 参保状态="正常缴费")])

    assert (Enrolment.objects.get().status, Enrolment.objects.get().end_reason) == ("active", "")


def test_a_village_is_found_by_alias_by_short_name_and_by_its_full_name(zhao):
    AreaAlias.objects.create(
        county_code="990100", source="roster", text="老李庄", area_id=LI_VILLAGE
    )
    names = ["李家村", "老李庄", "李家村委会", "李家", "东湾镇李家村", LI_VILLAGE]

    roster = load(zhao, [row(**{"村（社区）": name, "证件号码": id_number()}) for name in names])

    assert faults(roster) == []
    assert Resident.objects.filter(village_code=LI_VILLAGE).count() == len(names)


def test_a_village_merged_away_leads_to_the_one_that_took_its_place(zhao):
    Area.objects.filter(code=LI_VILLAGE).update(
        valid_to=date(2020, 12, 31), successor_id=sample.WANG_VILLAGE
    )

    load(zhao, [row()])

    assert Resident.objects.get().village_code == sample.WANG_VILLAGE


@pytest.mark.parametrize(
    ("changes", "column", "code"),
    [
        ({"姓名": ""}, "name", "name_missing"),
        ({"证件号码": "99010119750302"}, "id_number", "id_length"),
        ({"证件号码": "990101197503020000"}, "id_number", "id_damaged"),
        ({"证件号码": "9.90101E+17"}, "id_number", "id_damaged"),
        ({"村（社区）": "没有这个村"}, "village", "village_unknown"),
        ({"村（社区）": ""}, "village", "village_missing"),
        ({"乡镇（街道）": "没有这个镇"}, "town", "town_unknown"),
        ({"乡镇（街道）": "西岭镇", "村（社区）": "石桥村"}, "town", "town_outside"),
        ({"性别": "不详"}, "sex", "sex_unknown"),
        ({"出生日期": "1975-03-03"}, "born_on", "born_differs"),
        ({"出生日期": "三月"}, "born_on", "born_unreadable"),
        ({"参保险种": "商业"}, "scheme", "scheme_unknown"),
        ({"缴费档次": "高档"}, "tier", "tier_unreadable"),
        ({"参保日期": "去年"}, "started_on", "day_unreadable"),
        ({"参保状态": "走了"}, "status", "status_unknown"),
        ({"人员状态": "不明"}, "life_status", "life_status_unknown"),
        ({"特殊身份": "劳模"}, "identity", "identity_unknown"),
        (
            {"特殊身份": "低保", "身份起": "2021-02-01", "身份止": "2021-01-01"},
            "identity_to",
            "identity_days_crossed",
        ),
    ],
)
def test_a_row_that_cannot_be_taken_says_which_cell_and_why(zhao, changes, column, code):
    number = id_number(date(1975, 3, 2))

    roster = load(zhao, [row(**({"证件号码": number} | changes)), row(姓名="王好人")])

    assert faults(roster) == [(2, column, code)]
    assert (roster.rows_bad, roster.rows_new) == (1, 1)
    assert not Resident.objects.filter(name="张桂兰").exists()
    fault = roster.faults.get()
    assert fault.reason
    assert fault.remedy
    assert number not in fault.reason + fault.remedy


def test_a_row_shows_all_its_faults_at_once(zhao):
    roster = load(zhao, [row(姓名="", 参保状态="走了", **{"村（社区）": "没有"})])

    assert {code for _row, _column, code in faults(roster)} == {
        "name_missing",
        "status_unknown",
        "village_unknown",
    }
    assert roster.rows_bad == 1


def test_a_woman_with_a_mans_number_is_sent_back(zhao):
    number = id_number(date(1975, 3, 2), 11)

    roster = load(zhao, [row(证件号码=number, 性别="女")])

    assert faults(roster) == [(2, "sex", "sex_differs")]


def test_one_number_under_two_names_sends_the_later_row_back(zhao):
    number = id_number()

    roster = load(zhao, [row(证件号码=number), row(证件号码=number, 姓名="李小花")])

    assert faults(roster) == [(3, "id_number", "repeated_with_other_name")]
    assert roster.faults.get().reason == "与第 2 行证件号码相同，姓名不同"
    assert Resident.objects.get().name == "张桂兰"


def test_a_dot_in_a_name_is_no_other_name(zhao):
    number = id_number()

    roster = load(
        zhao,
        [
            row(证件号码=number, 姓名="买买提·艾力"),
            row(证件号码=number, 姓名="买买提•艾力", 参保险种="补充"),
        ],
    )

    assert faults(roster) == []
    assert Enrolment.objects.count() == 2


@pytest.mark.requirement("A03")
@pytest.mark.parametrize(
    ("joined_on", "is_taken"), [("2021-03-19", False), ("2021-03-20", True), ("2021-03-21", True)]
)
def test_somebody_may_join_from_the_sixteenth_birthday_on(zhao, settings, joined_on, is_taken):
    settings.PORTAL_TODAY = "2021-03-25"
    number = id_number(date(2005, 3, 20))

    roster = load(zhao, [row(证件号码=number, 参保日期=joined_on)])

    assert Resident.objects.exists() == is_taken
    if not is_taken:
        assert faults(roster) == [(2, "born_on", "rule_min_age")]
        assert roster.faults.get().reason == "按出生日期未满 16 周岁，2021-03-20 起可参保"


@pytest.mark.requirement("A06")
def test_somebody_covered_by_the_employees_scheme_is_marked_as_perhaps_covered_twice(zhao):
    roster = load(zhao, [row(其他参保情况="职工")])

    assert Resident.objects.get().other_cover == "employees"
    assert warnings(roster) == [(2, "other_cover", "covered_elsewhere")]
    assert roster.faults.get().reason == "已登记「职工养老保险」，疑似重复参保"


@pytest.mark.requirement("A07")
def test_the_supplementary_scheme_asks_for_the_basic_one(zhao):
    alone, member = id_number(), id_number()
    load(zhao, [row(证件号码=member)])

    roster = load(
        zhao,
        [
            row(证件号码=alone, 姓名="李单独", 参保险种="补充"),
            row(证件号码=member, 参保险种="补充", 补充缴费档次="500"),
            row(证件号码=id_number(), 姓名="王两样", 参保险种="基本+补充", 补充缴费档次="200"),
        ],
    )

    assert faults(roster) == [(2, "scheme", "rule_enrolled_in")]
    assert not Resident.objects.filter(name="李单独").exists()
    joined = Enrolment.objects.filter(scheme_id=SUPPLEMENTARY)
    assert {enrolment.registered_tier for enrolment in joined} == {500, 200}


def test_a_tier_that_is_not_open_this_year_is_a_warning_only(zhao, settings):
    settings.PORTAL_TODAY = "2021-03-20"
    sample.policy(tiers=(200, 300, 500))

    roster = load(zhao, [row(缴费档次="350"), row(姓名="李二", 缴费档次="2档")])

    assert warnings(roster) == [(2, "tier", "tier_not_open")]
    assert roster.faults.get().reason.startswith("350 元不是 2021 年的档次")
    assert roster.rows_new == 2
    tiers = Enrolment.objects.order_by("resident__name").values_list("registered_tier", flat=True)
    assert list(tiers) == [350, 300]


def test_identities_come_with_grade_and_validity(zhao):
    load(
        zhao,
        [row(特殊身份="低保、残疾", 残疾等级="二级", 身份起="2019-01-01", 身份止="2022-12-31")],
    )

    held = SpecialIdentity.objects.order_by("identity")
    assert [(i.identity, i.grade) for i in held] == [("disabled", 2), ("low_income", None)]
    assert {(i.valid_from, i.valid_to) for i in held} == {(date(2019, 1, 1), date(2022, 12, 31))}


def test_an_identity_without_days_is_not_noted_twice(zhao, settings):
    settings.PORTAL_TODAY = "2021-03-20"
    number = id_number()
    load(zhao, [row(证件号码=number, 特殊身份="低保")])
    assert SpecialIdentity.objects.get().valid_from == date(2021, 1, 1)
    settings.PORTAL_TODAY = "2022-03-20"

    roster = load(zhao, [row(证件号码=number, 特殊身份="低保"), row(姓名="李二")])

    assert SpecialIdentity.objects.count() == 1
    assert roster.rows_same == 1


def test_a_town_cannot_take_over_anothers_people(zhao, sun):
    neighbour = sample.enrolled("石大山", sample.STONE_VILLAGE)

    roster = load(zhao, [row(证件号码=neighbour.id_number, 姓名="石大山")])

    assert faults(roster) == [(2, "id_number", "registered_in_other_town")]
    neighbour.refresh_from_db()
    assert neighbour.village_code == sample.STONE_VILLAGE


@pytest.mark.requirement("A08")
def test_the_county_moves_a_person_with_all_enrolments(lin):
    person = sample.enrolled("石大山", sample.STONE_VILLAGE)
    sample.enrol(person, SUPPLEMENTARY)
    sample.identity(person)

    roster = load(lin, [row(证件号码=person.id_number, 姓名="石大山")])

    assert roster.rows_changed == 1
    person.refresh_from_db()
    assert person.village_code == LI_VILLAGE
    assert {e.village_code for e in person.enrolments.all()} == {LI_VILLAGE}
    assert {i.village_code for i in person.identities.all()} == {LI_VILLAGE}


def test_a_roster_never_renames_a_person(zhao, gui_lan):
    roster = load(zhao, [row(证件号码=gui_lan.id_number, 姓名="张贵兰")])

    assert faults(roster) == [(2, "name", "registered_under_other_name")]
    gui_lan.refresh_from_db()
    assert gui_lan.name == "张桂兰"


@pytest.mark.requirement("Y74", "Y19")
def test_one_bank_account_on_two_people_is_warned_of(zhao):
    roster = load(
        zhao,
        [
            row(证件号码=id_number(), 银行账号="6217000000000000011"),
            row(证件号码=id_number(), 姓名="李小花", 银行账号="6217000000000000011"),
            row(证件号码=id_number(), 姓名="王五", 银行账号="6217000000000000022"),
        ],
    )

    assert warnings(roster) == [
        (2, "bank_account", "shared_account"),
        (3, "bank_account", "shared_account"),
    ]
    assert roster.faults.first().reason == "此银行账号也登记在另外 1 人名下"
    assert roster.rows_new == 3


def test_a_roster_does_not_swap_a_bank_account(zhao):
    number = id_number()
    load(zhao, [row(证件号码=number, 银行账号="6217000000000000011")])

    roster = load(zhao, [row(证件号码=number, 银行账号="6217000000000000099")])

    assert warnings(roster) == [(2, "bank_account", "other_account")]
    assert Resident.objects.get().bank_account == "6217000000000000011"


def test_nothing_secret_stands_in_the_database_in_plain_text(zhao):
    number = id_number()
    load(zhao, [row(证件号码=number, 银行账号="6217000000000000011")])

    with connection.cursor() as cursor:
        cursor.execute("select r::text from enrollment_resident r")
        ((text,),) = cursor.fetchall()
    assert number not in text
    assert "13800000011" not in text
    assert "6217000000000000011" not in text


def test_payers_are_counted_by_village_and_scheme(zhao, settings):
    settings.PORTAL_TODAY = "2021-03-20"
    load(
        zhao,
        [
            row(证件号码=id_number(date(1975, 3, 2)), 参保险种="基本+补充"),
            row(证件号码=id_number(date(1961, 3, 21)), 姓名="差一天"),
            row(证件号码=id_number(date(1961, 3, 20)), 姓名="满六十"),
            row(证件号码=id_number(), 姓名="已故", 人员状态="死亡"),
            row(证件号码=id_number(), 姓名="停了", 参保状态="暂停缴费"),
        ],
    )

    counted = PayableCounter.objects.values_list("village_code", "scheme_id", "people")
    assert set(counted) == {(LI_VILLAGE, BASIC, 2), (LI_VILLAGE, SUPPLEMENTARY, 1)}


def test_200_rows_take_as_many_statements_as_one(zhao):
    def statements_for(rows):
        roster = receive(zhao, as_csv(rows))
        with CaptureQueriesContext(
            connection,
        ) as queries:
            run_job(job_of(roster).pk)
        assert job_of(roster).state == Job.State.DONE
        return len(queries)

    # A registry that holds nobody is not asked whom it knows.
    statements_for([row(证件号码=id_number(), 姓名="先来的人")])
    one = statements_for([row(证件号码=id_number(), 姓名="只一人")])
    many = statements_for(people(200))

    assert many == one


def test_a_file_without_names_or_numbers_is_refused_with_words(zhao):
    roster = load(zhao, as_csv([["东湾镇", "李家村"]], headers=["乡镇", "村"]))

    job = job_of(roster)
    assert (job.state, job.refusal_code) == ("refused", "roster_without_columns")
    assert "「姓名」「证件号码」" in job.message
    assert Resident.objects.count() == 0


def test_reading_twice_leaves_one_copy(zhao):
    roster = receive(zhao, as_csv(people(5)))
    job = job_of(roster)
    run_job(job.pk)
    Job.objects.filter(pk=job.pk).update(state="queued", steps_done=0, finished_at=None)

    run_job(job.pk)

    roster.refresh_from_db()
    assert (Resident.objects.count(), RosterRow.objects.count()) == (5, 0)
    assert roster.faults.count() == 0


def test_reading_again_finds_a_village_that_was_named_since(zhao):
    roster = load(zhao, [row(**{"村（社区）": "新李庄"})])
    assert faults(roster) == [(2, "village", "village_unknown")]
    AreaAlias.objects.create(
        county_code="990100", source="roster", text="新李庄", area_id=LI_VILLAGE
    )

    read_again(roster, by=zhao)
    run_job(job_of(roster).pk)

    roster.refresh_from_db()
    assert (roster.rows_new, roster.rows_bad) == (1, 0)
    assert faults(roster) == []


def test_households_of_one_number_in_two_villages_are_two(lin):
    load(
        lin,
        [
            row(证件号码=id_number()),
            row(
                证件号码=id_number(),
                姓名="石大山",
                **{"乡镇（街道）": "西岭镇", "村（社区）": "石桥村"},
            ),
        ],
    )

    assert Household.objects.count() == 2


def test_columns_are_known_by_the_names_other_offices_use(zhao):
    headers = [
        {"证件号码": "身份证号", "联系电话": "手机号码", "村（社区）": "行政村"}.get(header, header)
        for header in HEADERS
    ]

    roster = load(zhao, as_csv(people(2), headers=headers))

    assert roster.rows_new == 2
