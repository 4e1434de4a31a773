"""Fill an empty portal with the made-up county, by the same deeds that people use (演示数据).

The files come from the `demo` package. Everything goes the way it would in an office: the area
list, the task, the policies, the roster through its import, three earlier years and this year's
exports through upload, judging and posting. One export is left for the visitor to upload.
"""

import csv
import json
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import timezone

from contributions.data_age import data_age
from contributions.models import Determination, DeterminationYear, FeedSettings
from contributions.receiving import receive_feed
from enrollment.department_lists import agree_to_list, receive_list
from enrollment.department_lists import job_of as list_job
from enrollment.departments import set_up_departments
from enrollment.models import EXCLUSIONS, Department, Resident, Subject
from enrollment.rosters import job_of, receive_roster
from oversight.bulletins import draft_bulletin, issue_bulletin
from oversight.census import count_county
from oversight.demo_aid import show_aid
from oversight.demo_cases import open_demo_cases
from oversight.demo_cash import show_cash
from oversight.demo_chase import name_collectors, show_chasing
from oversight.demo_money import show_money
from oversight.demo_refunds import show_refunds
from oversight.demo_subsidies import show_subsidies
from oversight.demo_withholding import show_withholding
from oversight.notice_wall import post_sheet, raise_objection
from oversight.notices import draw_up_notice, period_of
from oversight.snapshots import note_county
from pension_portal.cells import name_key
from pension_portal.clock import today
from pension_portal.jobs import run_job
from pension_portal.models import Job
from pension_portal.secrecy import blind_index
from policies.loading import load_policy, publish_policy
from policies.models import PolicyVersion
from staff import approving
from staff.connecting import approve_access, propose_access
from staff.granting import grant_duty
from staff.models import DutyKind, Staff
from townships.loading import AreaRow, load_areas
from townships.models import Area, AreaAlias, AreaContact
from townships.tasks import plan_task, set_quotas

COUNTY = "341202"
YEAR = 2021
BASIC = 1
PASSWORD = "yingzhou-2021"  # noqa: S105  (printed on purpose, for a made-up county)
LEFT_FOR_THE_VISITOR = "low_income"
POLICY_FILES = Path("policies/counties/341202-yingzhou")

# Who can sign in: one for each duty, in the first town and village where the duty is of a town or
# village.
PEOPLE = [
    (DutyKind.DATA_ADMIN, "shuju", "梅雨", 6),
    (DutyKind.COUNTY_OFFICER, "yewu", "林秋", 6),
    (DutyKind.COUNTY_APPROVER, "shenpi", "钱程", 6),
    (DutyKind.LEADER, "lingdao", "周正", 6),
    (DutyKind.TOWN_CLERK, "jingban", "赵明", 9),
    (DutyKind.TOWN_REVIEWER, "fuhe", "吴敏", 9),
    (DutyKind.DEPARTMENT, "bumen", "孔民", 6),
    (DutyKind.VILLAGE_AGENT, "xieban", "郑好", 12),
    (DutyKind.FINANCE, "caiwu", "冯账", 6),
    # What finance makes, another of finance reviews.
    (DutyKind.FINANCE, "chuna", "蒋核", 6),
    (DutyKind.AUDITOR, "shenji", "陈察", 6),
    (DutyKind.SECURITY_ADMIN, "anquan", "褚严", 6),
    (DutyKind.SYSTEM_ADMIN, "xitong", "卫机", 6),
]


def is_filled():
    """Whether the demo county is already there, whole: its staff come last."""
    return Staff.objects.filter(username=PEOPLE[-1][1]).exists()


def fill_demo_county(folder, *, say):
    """Load everything in `folder` (written by `python -m demo`); `say` is told what goes on."""
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    files = {}
    for entry in manifest["files"]:
        files.setdefault(entry["purpose"], []).append(entry)
    loader, publisher = _people_behind_the_scenes()
    say("区划、任务、政策")
    _load_places(folder, loader)
    _load_neighbours(folder / files["neighbours"][0]["path"])
    _give_duties(loader)
    _load_tasks(folder, loader)
    _load_policies(folder, files["policy"], loader, publisher)
    FeedSettings.objects.update_or_create(county_code=COUNTY, defaults={"posts_by_itself": True})
    clerk = Staff.objects.get(username="shuju")
    roster = files["roster"][0]
    say(f"参保花名册 {roster['people']:,} 人")
    _load_roster(folder / roster["path"], clerk)
    _load_determinations(folder / "determinations.csv")
    for entry in files["list"]:
        _load_list(folder / entry["path"], entry, clerk)
    *earlier, last = files["earlier"] + files["campaign"]
    _load_feeds(folder, earlier, clerk, say)
    say("责任人、村级代收")
    _show_villages()
    _load_feeds(folder, [last], clerk, say)
    count_county(COUNTY, YEAR)
    say("业务事项")
    open_demo_cases()
    say("催缴联系")
    show_chasing(agent=Staff.objects.get(username="xieban"))
    say("系统接入")
    _connect_systems()
    say("补贴资金申请、代缴名册")
    show_subsidies(
        COUNTY,
        scheme_id=BASIC,
        year=YEAR,
        maker=clerk,
        officer=Staff.objects.get(username="yewu"),
        finance=Staff.objects.get(username="caiwu"),
        approver=Staff.objects.get(username="shenpi"),
    )
    say("银行对账、关账、结息")
    show_money(COUNTY)
    say("退费、代扣、补助资助")
    _show_other_money()
    say("通报、公示")
    _publish()
    _give_passwords()
    return folder / files["next"][0]["path"]


def _people_behind_the_scenes():
    """Return who sets the county up and who approves it; neither can sign in."""
    names = ("建库一", "建库二")
    return [
        Staff.objects.get_or_create(username=f"setup{n}", defaults={"name": name})[0]
        for n, name in enumerate(names, start=1)
    ]


def _read(path):
    with open(path, encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _load_places(folder, by):
    rows = [AreaRow(row["code"], row["name"]) for row in _read(folder / "areas.csv")]
    loaded = load_areas(rows, by=None)
    assert not loaded.faults, loaded.faults[:3]
    AreaAlias.objects.bulk_create(
        [
            AreaAlias(
                county_code=COUNTY, source=row["source"], text=row["text"], area_id=row["area_code"]
            )
            for row in _read(folder / "aliases.csv")
        ],
        ignore_conflicts=True,
    )
    for row in _read(folder / "contacts.csv"):
        town = Area.objects.get(code=row["town_code"])
        for role, name, phone in [
            (AreaContact.Role.COLLECTION, row["name"], row["phone"]),
            (AreaContact.Role.HOTLINE, "", row["hotline"]),
        ]:
            AreaContact.objects.update_or_create(
                area=town, role=role, defaults={"name": name, "phone": phone}
            )


def _load_neighbours(path):
    """Put a few people into the county next door, so that a payment can be somebody's there."""
    rows = _read(path)
    code, name = rows[0]["county_code"], rows[0]["county_name"]
    load_areas(
        [AreaRow(code, name), AreaRow(f"{code}101", "邻样镇"), AreaRow(f"{code}101201", "邻样村")],
        by=None,
    )
    Resident.objects.bulk_create(
        [
            Resident(
                county_code=code,
                village_code=f"{code}101201",
                name=row["name"],
                name_key=name_key(row["name"]),
                id_number=row["id_number"],
                id_index=blind_index(row["id_number"]),
                id_last4=row["id_number"][-4:],
                born_on=date.fromisoformat(row["born_on"]),
                sex=row["sex"],
            )
            for row in rows
        ],
        ignore_conflicts=True,
    )


def _give_duties(by):
    """Open an account for each duty; nobody can sign in before the county is complete."""
    town = Area.objects.inside(COUNTY).towns().order_by("position").first()
    village = Area.objects.inside(town.code).villages().order_by("position", "code").first()
    places = {6: Area.objects.get(code=COUNTY), 9: town, 12: village}
    for kind, username, name, length in PEOPLE[:-1]:
        _give_duty(kind, username, name, places[length])


def _connect_systems():
    """Let the county's big screen read figures, and the province's system wait for agreement."""
    by = Staff.objects.get(username="anquan")
    what = {"area": Area.objects.get(code=COUNTY), "expires_on": today() + timedelta(days=300)}
    screen = propose_access(
        name="县征缴大屏",
        department="县政府办公室",
        purpose="大屏展示征缴进度",
        kind=DutyKind.SYSTEM_FIGURES,
        calls_a_minute=60,
        by=by,
        **what,
    )
    approve_access(screen, by=Staff.objects.get(username="shenpi"))
    propose_access(
        name="省居民养老保险信息系统",
        department="省社保局",
        purpose="每日核对参保和缴费",
        kind=DutyKind.SYSTEM_PEOPLE,
        calls_a_minute=300,
        by=by,
        **what,
    )


def _give_duty(kind, username, name, area):
    staff, is_new = Staff.objects.get_or_create(username=username, defaults={"name": name})
    if is_new:
        grant_duty(staff, kind, area, today() + timedelta(days=360), by=None)
    return staff


def _give_passwords():
    kind, username, name, _length = PEOPLE[-1]
    with transaction.atomic():
        _give_duty(kind, username, name, Area.objects.get(code=COUNTY))
        for _kind, username, _name, _length in PEOPLE:
            staff = Staff.objects.get(username=username)
            staff.set_password(PASSWORD)
            staff.save(update_fields=["password"])


def _load_tasks(folder, by):
    quotas = {row["area_code"]: int(row["people"]) for row in _read(folder / "quotas.csv")}
    plan = plan_task(
        Area.objects.get(code=COUNTY),
        BASIC,
        YEAR,
        quotas[COUNTY],
        date(YEAR, 1, 1),
        date(YEAR, 10, 10),
        [
            ("第一阶段", date(YEAR, 3, 31), Decimal("85")),
            ("第二阶段", date(YEAR, 6, 30), Decimal("100")),
        ],
        by=None,
        document_no="颍州区 2021 年度城乡居民基本养老保险工作实施方案",
    )
    officer = Staff.objects.get(username="yewu")
    set_quotas(
        plan, {code: people for code, people in quotas.items() if code != COUNTY}, by=officer
    )


def _load_policies(folder, entries, loader, publisher):
    own = [POLICY_FILES / f"{YEAR}-basic.yaml", POLICY_FILES / f"{YEAR}-medical.yaml"]
    for path in [*own, *(folder / entry["path"] for entry in entries)]:
        policy = load_policy(path, by=loader)
        if policy.status == PolicyVersion.Status.DRAFT:
            publish_policy(policy, by=None)


def _load_roster(path, by):
    upload = SimpleUploadedFile(path.name, path.read_bytes())
    roster, _is_new = receive_roster(upload, area_code=COUNTY, by=by)
    _finish(job_of(roster), path)


def _load_list(path, entry, by):
    """Read a department's list as far as its preview; whose people are insured elsewhere, become
    cases. The list of households is left for the visitor to upload.
    """
    if not Department.objects.filter(county_code=COUNTY).exists():
        set_up_departments(COUNTY, by=by)
    content = entry["content"]
    if content == LEFT_FOR_THE_VISITOR:
        return
    is_exclusion = content in EXCLUSIONS
    received, _is_new = receive_list(
        SimpleUploadedFile(path.name, path.read_bytes()),
        department=Department.objects.get(county_code=COUNTY, name=entry["department"]),
        subject=content if is_exclusion else Subject.IDENTITIES,
        identities=[] if is_exclusion else [content],
        as_of=date(YEAR, 3, 5),
        by=by,
    )
    run_job(list_job(received).pk)
    if is_exclusion and list_job(received).state == Job.State.WAITING:
        received.refresh_from_db()
        agree_to_list(received, by=by)
        run_job(list_job(received).pk)


def _load_determinations(path):
    maker = Staff.objects.get(username="yewu")
    for row in _read(path):
        resident = Resident.objects.get(county_code=COUNTY, id_index=blind_index(row["id_number"]))
        years = [int(year) for year in row["years"].split()]
        amount = Decimal(row["amount"])
        made, is_new = Determination.objects.get_or_create(
            county_code=COUNTY,
            number=row["number"],
            defaults={
                "resident": resident,
                "village_code": resident.village_code,
                "scheme_id": int(row["scheme"]),
                "amount": amount,
                "basis": "建库前已受理",
                "made_by": maker,
                "made_at": timezone.now(),
                "approved_on": date(YEAR, 1, 4) if row["approved"] == "yes" else None,
            },
        )
        if is_new:
            DeterminationYear.objects.bulk_create(
                DeterminationYear(determination=made, year=year, amount=amount / len(years))
                for year in years
            )


def _publish():
    """Issue a bulletin, draft the next, and hang out last year's last notice in one town."""
    officer, approver, clerk = (
        Staff.objects.get(username=name) for name in ("yewu", "shenpi", "jingban")
    )
    county = Area.objects.get(pk=COUNTY)
    a_week_ago = today() - timedelta(days=7)
    first = draft_bulletin(
        county, "progress", scheme_id=BASIC, year=YEAR, day=date(YEAR, 3, 3), by=officer
    )
    approving.submit(first, by=officer)
    issue_bulletin(first, by=approver)
    draft_bulletin(county, "progress", scheme_id=BASIC, year=YEAR, by=officer)
    # The campaign's own quarters are left for the county to publish.
    last_quarter = period_of("quarter", date(YEAR - 1, 12, 31))
    notice = draw_up_notice(
        Area.objects.get(pk=clerk.area_code),
        "payment",
        scheme_id=BASIC,
        period=last_quarter,
        starts_on=a_week_ago,
        by=clerk,
    )
    _finish(notice.job, Path(str(notice)))
    sheet = notice.sheets.first()
    post_sheet(sheet, day=a_week_ago, by=clerk)
    raise_objection(sheet, words="缴的是 500 元，表上少 200 元", line_number=1, by=clerk)


def _show_villages():
    """Name collectors and let villages take cash, some of which the last file then brings."""
    people = {"town_clerk": "jingban", "agent": "xieban", "reviewer": "fuhe"}
    people = {part: Staff.objects.get(username=name) for part, name in people.items()}
    name_collectors(COUNTY, town_clerk=people["town_clerk"], agent=people["agent"])
    show_cash(**people)


def _show_other_money():
    """Refunds in each of their states, a round of withholding, lists of aid."""
    names = ("jingban", "fuhe", "shenpi", "caiwu", "chuna", "yewu", "xieban")
    clerk, reviewer, approver, finance, cashier, officer, agent = (
        Staff.objects.get(username=name) for name in names
    )
    show_refunds(clerk=clerk, reviewer=reviewer, approver=approver, finance=finance)
    show_withholding(COUNTY, finance=finance, reviewer=cashier, approver=approver)
    show_aid(agent.area_code, officer=officer, finance=finance, approver=approver)


def _load_feeds(folder, entries, clerk, say):
    for entry in entries:
        say(f"缴费文件 {Path(entry['path']).name} {entry['rows']:,} 笔")
        _load_feed(folder / entry["path"], entry["year"], clerk)
        if entry["purpose"] == "campaign":
            _note_evenings()


def _load_feed(path, year, by):
    upload = SimpleUploadedFile(path.name, path.read_bytes())
    feed, _is_new = receive_feed(upload, year=year, by=by)
    _finish(feed.job, path)


def _note_evenings():
    """Keep the evenings since the file before: each file came the day after the last it tells of.

    What is written here of later evenings is written anew when the next file has come.
    """
    until = data_age(COUNTY, YEAR).until
    if until is None:
        return
    for step in range((today() - until).days):
        note_county(COUNTY, YEAR, day=until + timedelta(days=step + 1))


def _finish(job, path):
    """Do a worker's work on a job here and now; say what was wrong if it did not end well."""
    run_job(job.pk)
    job.refresh_from_db()
    assert job.state == Job.State.DONE, f"{path.name}: {job.get_state_display()} {job.message}"
