"""The made-up county is the same every time, and its oracle agrees with what was planted."""

import json
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest
import python_calamine
import yaml

from demo import exports, payments
from demo.__main__ import Demo
from demo.bench import feed_for_bench
from demo.county import make_county
from demo.exports import EXTENSIONS, LAYOUTS, ODDITIES, Pen, write_export
from demo.faults import spoil
from demo.names import check_character
from demo.oracle import Books, Registry, judge_export, read_id, tally
from demo.payments import EXPORT_PLANS, NEXT_PLAN, SHARES, Campaign, earlier_year
from demo.policies import (
    BASIC,
    BASIC_2021,
    SUPPLEMENTARY,
    SUPPLEMENTARY_2021,
    PolicyTable,
    demo_policies,
    write_demo_policies,
)
from demo.rosters import HEADERS, REFUSALS, write_roster

POLICIES = Path(__file__).parents[2] / "policies" / "counties"
IDENTITY_CODES = {
    "低保对象": "low_income",
    "特困人员": "destitute",
    "残疾人": "disabled",
    "独生子女死亡或伤残父母": "bereaved_parent",
    "节育手术并发症人员": "procedure_injury",
}
SCHEME_NAMES = {"城乡居民基本养老保险": BASIC, "城乡居民补充养老保险": SUPPLEMENTARY}
SCALE, VILLAGES = 0.004, 30
CODES = {code.split()[0] for code in SHARES if code[0] in "SE"}


@pytest.fixture(scope="module")
def county():
    return small_county()


def small_county(seed=2021):
    return make_county(scale=SCALE, seed=seed, villages=VILLAGES)


class Year:
    """A small county's books: last year posted, then as many exports as are asked for."""

    def __init__(self, county, folder):
        self.county, self.folder = county, folder
        self.registry, self.books = Registry(county), Books()
        self.policies = demo_policies()
        rows = earlier_year(county, 2020)
        self.judge(self.write(rows, "plain", "csv-gb", "2020"), 2020)
        self.campaign = Campaign(county, rows)

    def write(self, rows, layout, form, name, **habits):
        path = self.folder / f"{name}.{EXTENSIONS[form]}"
        pen = Pen(name, **habits)
        return write_export(path, rows, LAYOUTS[layout], form, county=self.county, pen=pen)

    def judge(self, written, year=2021):
        return judge_export(written, self.registry, self.books, self.policies, year)


def wanted_code(intent):
    return intent.split()[0] if intent[:1] in ("S", "E") else ""


def disagreements(written, verdicts):
    """Return how often the oracle says something else than what a row was planted as."""
    sheets = [sheet.name for sheet in written.sheets]
    assert len(verdicts) == len(written.intents)
    found = Counter()
    for verdict in verdicts:
        intent = written.intents[sheets.index(verdict.sheet), verdict.row]
        if verdict.code != wanted_code(intent):
            found[intent, verdict.code, verdict.detail] += 1
    return dict(found)


def test_the_same_seed_gives_the_same_people_and_the_same_bytes(tmp_path):
    once, again = tmp_path / "once", tmp_path / "again"
    for folder in (once, again):
        folder.mkdir()
        year = Year(small_county(), folder)
        rows = year.campaign.pay_by_task(EXPORT_PLANS[1])
        year.write(rows, "national", "xlsx", "二月")
        write_roster(folder / "花名册.xlsx", year.county)

    for path in once.iterdir():
        assert path.read_bytes() == (again / path.name).read_bytes()


def test_another_seed_gives_other_people(county):
    other = small_county(seed=7)

    assert [r.name for r in other.residents[:50]] != [r.name for r in county.residents[:50]]


def test_identity_numbers_are_unique_rightly_checked_and_nobodys(county):
    numbers = [person.id_number for person in county.residents + county.neighbours]

    assert len(set(numbers)) == len(numbers)
    assert all(number[17] == check_character(number[:17]) for number in numbers)
    assert all("990101" <= number[:6] <= "990199" for number in numbers)


def test_a_number_tells_the_birthday_and_the_sex(county):
    for person in county.residents:
        assert person.id_number[6:14] == person.born_on.strftime("%Y%m%d")
        assert person.sex == ("m" if int(person.id_number[16]) % 2 else "f")


def test_twins_share_a_day_and_follow_each_other():
    people = make_county(scale=0.02, villages=VILLAGES).residents

    twins = [
        (boy, girl)
        for boy, girl in pairwise(people)
        if boy.household == girl.household
        and boy.born_on == girl.born_on
        and int(girl.id_number[14:17]) == int(boy.id_number[14:17]) + 1
    ]

    assert len(twins) > 3
    assert {(boy.sex, girl.sex) for boy, girl in twins} == {("m", "f")}


@pytest.mark.requirement("Y79", "A57")
def test_the_tasks_of_annex_1_add_up_at_any_scale():
    for scale in (1, 0.1, 0.003):
        quotas = make_county(scale=scale, residents=3000, villages=40).quotas

        towns = sum(people for code, people in quotas.items() if len(code) == 9)
        villages = sum(people for code, people in quotas.items() if len(code) == 12)
        assert quotas["341202"] == towns == villages == round(223_300 * scale)


def test_the_whole_county_has_the_tasks_of_the_plan():
    county = make_county(scale=1, residents=500, villages=20)

    assert county.quotas["341202100"] == 27_000
    assert [town.name for town in county.towns][8:10] == ["鼓楼街道", "清河街道"]
    assert county.towns[8].code == "341202001"


@pytest.mark.parametrize("words", ["codes", "both", "words"])
def test_every_planted_row_of_every_export_gets_its_verdict(county, tmp_path, words):
    year = Year(county, tmp_path)

    for plan in (*EXPORT_PLANS, NEXT_PLAN):
        rows = year.campaign.pay_by_task(plan)
        written = year.write(rows, plan.layout, plan.form, plan.name, words=words)
        verdicts = year.judge(written)

        assert disagreements(written, verdicts) == {}
        assert {verdict.code for verdict in verdicts} == CODES | {""}


@pytest.mark.parametrize(
    ("form", "day_style"),
    [
        ("xlsx", "day"),
        ("xls", "day"),
        ("csv-gb", "moment"),
        ("csv-utf8", "iso"),
        ("txt-utf16", "compact"),
    ],
)
def test_no_format_changes_a_verdict(county, tmp_path, form, day_style):
    year = Year(county, tmp_path)
    rows = year.campaign.pay_by_task(NEXT_PLAN)

    written = year.write(rows, "national", form, "same", day_style=day_style)

    assert disagreements(written, year.judge(written)) == {}


def test_every_variant_of_every_fault_gets_its_verdict(tmp_path, monkeypatch):
    year = Year(make_county(scale=0.03, villages=VILLAGES), tmp_path)
    monkeypatch.setattr(payments, "SHARES", dict.fromkeys(SHARES, 0.02))

    for plan in EXPORT_PLANS[:3]:
        written = year.write(year.campaign.pay_rows(plan, 1_200), plan.layout, plan.form, plan.name)

        assert disagreements(written, year.judge(written)) == {}


def test_a_spoilt_number_never_passes_the_check_by_luck(county):
    for resident in county.residents:
        for variant in range(7):
            spoilt = spoil(resident.id_number, variant)
            assert read_id(spoilt)[0] is None


def test_what_is_in_transit_arrives_with_the_next_export(county, tmp_path):
    year = Year(county, tmp_path)
    first = year.campaign.pay_by_task(EXPORT_PLANS[0])
    waiting = {row.receipt for row in first if row.intent == "S03"}

    second = year.campaign.pay_by_task(EXPORT_PLANS[1])

    assert waiting <= {row.receipt for row in second if row.tax_state == "04"}


def test_the_same_file_again_posts_nothing(county, tmp_path):
    year = Year(county, tmp_path)
    written = year.write(year.campaign.pay_by_task(EXPORT_PLANS[1]), "national", "xlsx", "twice")
    first = tally(year.judge(written))
    people = year.books.people(2021)

    second = tally(year.judge(written))

    assert "posted" not in second
    assert second["E18"][0] == first["E18"][0] + first["posted"][0]
    assert year.books.people(2021) == people


def test_rows_without_a_receipt_are_never_known_but_paid_already(county, tmp_path):
    year = Year(county, tmp_path)
    rows = [
        row for row in year.campaign.pay_by_task(NEXT_PLAN) if row.intent in ("", "supplementary")
    ]
    written = year.write(rows, "short", "xlsx", "short")

    first = tally(year.judge(written))
    second = tally(year.judge(written))

    assert set(first) == {"posted"}
    assert second == {"E06": first["posted"], "held": first["posted"]}


def test_every_oddity_stands_in_a_file_of_some_size(tmp_path):
    county = make_county(scale=0.03, villages=VILLAGES)
    year = Year(county, tmp_path)

    written = year.write(year.campaign.pay_by_task(EXPORT_PLANS[0]), "plain", "xlsx", "odd")

    assert set(written.oddities) == set(ODDITIES)


@pytest.mark.parametrize("shared", ["plain", "national"])
def test_a_reader_sees_the_cells_as_they_were_written(county, tmp_path, shared):
    year = Year(county, tmp_path)
    rows = year.campaign.pay_by_task(NEXT_PLAN)

    written = year.write(rows, shared, "xlsx", shared, day_style="day")

    book = python_calamine.CalamineWorkbook.from_path(written.path)
    read = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    sheet = written.sheets[0]
    assert len(read) == len(sheet.rows)
    for seen, cells in zip(read, sheet.rows, strict=True):
        cells = [*cells, *[""] * (len(seen) - len(cells))]
        assert seen == ["" if cell is None else cell for cell in cells]


def test_a_long_export_is_cut_into_sheets_of_the_old_format(county, tmp_path, monkeypatch):
    monkeypatch.setattr(exports, "XLS_MAX_ROWS", 100)
    year = Year(county, tmp_path)
    rows = year.campaign.pay_by_task(EXPORT_PLANS[0])

    written = year.write(rows, "plain", "xls", "long")

    assert [sheet.name for sheet in written.sheets[:2]] == ["缴费明细", "缴费明细2"]
    assert disagreements(written, year.judge(written)) == {}


def test_a_village_pays_no_more_people_than_it_has(county, tmp_path):
    year = Year(county, tmp_path)
    for plan in EXPORT_PLANS:
        rows = year.campaign.pay_by_task(plan)
        year.judge(year.write(rows, plan.layout, plan.form, plan.name))

    people = year.books.people(2021)

    living = Counter(county.villages[r.village].code for r in county.residents)
    assert all(count <= living[code] for (code, _), count in people.items())
    paid = sum(count for (_, scheme), count in people.items() if scheme == 1)
    assert 0.5 < paid / county.quotas[county.code] < 0.7


def test_subsidies_are_people_times_the_standard(county, tmp_path):
    year = Year(county, tmp_path)
    rows = year.campaign.pay_by_task(EXPORT_PLANS[0])
    year.judge(year.write(rows, "plain", "csv-gb", "one"))

    subsidies = year.books.subsidies(2021, year.policies)

    assert subsidies[1, 10_000][1] == 0
    for (scheme, tier), (people, fen) in subsidies.items():
        assert fen == people * year.policies[scheme, 2021].subsidies.get(tier, 0)


def read_policy(path):
    """Return the table of a policy file; only the plain shapes the demo's files use are read."""
    with Path(path).open(encoding="utf-8") as file:
        policy = yaml.safe_load(file)
    tiers = {line["金额"] * 100: bool(line.get("代缴专用")) for line in policy["档次"]["明细"]}
    return PolicyTable(
        SCHEME_NAMES[policy["险种"]],
        policy["年度"],
        tiers,
        read_subsidies(policy["补贴"]["明细"], tiers),
        tuple(read_proxies(policy.get("代缴", {}).get("明细", ()), tiers)),
    )


def read_subsidies(lines, tiers):
    """Return {tier: subsidy} in fen; an undecided subsidy is left out."""
    subsidies = {}
    for line in lines:
        if "缴费满" in line:
            reached = (tier for tier in tiers if tier >= line["缴费满"] * 100)
            subsidies.update(dict.fromkeys(reached, line["补贴"] * 100))
        elif line["补贴"] != "未定":
            subsidies[line["缴费"] * 100] = line["补贴"] * 100
    return subsidies


def read_proxies(lines, tiers):
    for line in lines:
        grade = line.get("等级")
        amount = max(tiers) if line.get("标准") == "最高档次" else line["代缴"] * 100
        # 「1至2级」 reaches down to grade 2; 1 is the most severe.
        worst = int(grade.split("至")[1].removesuffix("级")) if grade else None
        yield IDENTITY_CODES[line["身份"]], worst, amount


def test_the_policy_tables_are_those_of_the_policy_files(tmp_path):
    basic = read_policy(POLICIES / "341202-yingzhou" / "2021-basic.yaml")
    supplementary = read_policy(POLICIES / "141026-anze" / "2021-supplementary.yaml")

    assert basic == BASIC_2021
    assert supplementary == SUPPLEMENTARY_2021
    for path in write_demo_policies(POLICIES, tmp_path):
        table = read_policy(path)
        assert table == demo_policies()[table.scheme, table.year]
        assert path.read_text(encoding="utf-8").startswith("# 演示数据")


def test_a_roster_has_everyone_and_one_bad_row_of_each_kind(county, tmp_path):
    written = write_roster(tmp_path / "花名册.xlsx", county)

    book = python_calamine.CalamineWorkbook.from_path(written.path)
    rows = book.get_sheet_by_index(0).to_python()
    assert rows[0] == list(HEADERS)
    assert len(rows) == 1 + written.people + len(written.refused)
    assert {reason for _, reason in written.refused} == set(REFUSALS)
    known = {resident.id_number for resident in county.residents}
    place = HEADERS.index("证件号码")
    for number, reason in written.refused:
        cell = rows[number - 1][place]
        assert (cell in known) == (reason == "repeated_with_other_name")
        assert isinstance(cell, float) == (reason == "id_damaged")


def test_a_bench_feed_has_exactly_the_rows_asked_for():
    feed = feed_for_bench(residents=3_000, rows=1_500)

    assert len(feed.rows) == 1_500
    assert {wanted_code(row.intent) for row in feed.rows} == CODES | {""}


def test_the_demo_writes_what_its_manifest_lists(tmp_path):
    Demo(tmp_path, small_county(), POLICIES).write()

    manifest = json.loads((tmp_path / "manifest.json").read_text(encoding="utf-8"))
    truth = json.loads((tmp_path / "truth.json").read_text(encoding="utf-8"))
    assert all((tmp_path / entry["path"]).is_file() for entry in manifest["files"])
    for entry in manifest["files"]:
        if entry["purpose"] in ("earlier", "campaign", "next"):
            about = truth[Path(entry["path"]).name]
            outcomes = ("posted", "known", "set_aside", "held")
            counted = [about["verdicts"].get(outcome, [0, 0]) for outcome in outcomes]
            assert sum(rows for rows, _ in counted) == about["rows"] == entry["rows"]
            assert sum(fen for _, fen in counted) == about["fen"]
