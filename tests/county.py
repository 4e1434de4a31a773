"""Everyone in the tests lives in 示样县 (unassigned code 990100), or just outside it.

Lin works for the county, Zhao for 东湾镇, Sun for 西岭镇. Sun must never see 东湾镇. The functions
build what a test needs, with defaults for what it does not care about; the fixtures below them are
the people most tests begin with.
"""

import itertools
import uuid
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.utils import timezone

from contributions.models import (
    Determination,
    DeterminationYear,
    FeedSettings,
    PaymentFeed,
    Transfer,
)
from enrollment.models import Enrolment, Household, Resident, SpecialIdentity
from pension_portal.clock import today
from pension_portal.identity import check_character
from pension_portal.models import StoredFile
from pension_portal.secrecy import blind_index
from policies.loading import load_policy
from policies.models import PolicyVersion, SchemeSwitch
from policies.words import SCHEMES
from staff.models import Duty, DutyKind, Staff
from townships.models import Area

COUNTY = "990100"
EAST_BAY = "990100101"
WEST_RIDGE = "990100102"
LI_VILLAGE = "990100101201"
WANG_VILLAGE = "990100101202"
STONE_VILLAGE = "990100102201"
NEIGHBOUR = "990200"

AREAS = [
    (COUNTY, "示样县", ""),
    (EAST_BAY, "东湾镇", COUNTY),
    (WEST_RIDGE, "西岭镇", COUNTY),
    (LI_VILLAGE, "李家村", EAST_BAY),
    (WANG_VILLAGE, "王家社区", EAST_BAY),
    (STONE_VILLAGE, "石桥村", WEST_RIDGE),
    (NEIGHBOUR, "邻样县", ""),
    ("990200101", "邻湾镇", NEIGHBOUR),
    ("990200101201", "邻家村", "990200101"),
]

YEAR = 2021
BASIC, SUPPLEMENTARY, MEDICAL = 1, 2, 3
PASSWORD = "a long enough word"
SHIPPED = Path(__file__).parent.parent / "policies" / "counties"

_sequence = itertools.count(1)


def areas():
    """Make the county, its neighbour, their towns and villages."""
    Area.objects.bulk_create(
        [
            Area(
                code=code,
                name=name,
                level={6: 1, 9: 2, 12: 3}[len(code)],
                parent_id=parent or None,
                position=position,
            )
            for position, (code, name, parent) in enumerate(AREAS)
        ],
        ignore_conflicts=True,
    )


def staff(name, kind=DutyKind.COUNTY_OFFICER, area=COUNTY, **fields):
    """Make somebody with one duty in force for a year."""
    person = Staff.objects.create_user(
        username=fields.pop("username", f"user{next(_sequence)}"),
        password=None,
        name=name,
        **fields,
    )
    Duty.objects.create(
        staff=person,
        kind=kind,
        area_id=area,
        starts_on=today(),
        expires_on=today() + timedelta(days=360),
    )
    return person


def id_number(born_on=date(1975, 3, 2), sequence=None):
    """Return a made-up ID number of the unassigned prefix 990101 with a right check character."""
    sequence = next(_sequence) if sequence is None else sequence
    body = f"990101{born_on:%Y%m%d}{sequence % 1000:03d}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(digit) * weight for digit, weight in zip(body, weights, strict=True))
    return body + "10X98765432"[total % 11]


def damaged(number):
    """Return an ID number that lost its last three digits; by chance 000 would fit some of them."""
    body = number[:15] + "00"
    return body + ("1" if check_character(body) == "0" else "0")


def resident(name="张桂兰", village=LI_VILLAGE, *, number=None, born_on=date(1975, 3, 2), **fields):
    """Make a resident of a village, not yet enrolled in anything."""
    number = number or id_number(born_on)
    return Resident.objects.create(
        county_code=village[:6],
        village_code=village,
        name=name,
        name_key=fields.pop("name_key", name),
        id_number=number,
        id_index=blind_index(number),
        id_last4=number[-4:],
        born_on=born_on,
        sex="m" if int(number[16]) % 2 else "f",
        **fields,
    )


def named(name="张桂兰", village=LI_VILLAGE, **fields):
    """Make an enrolled person as the portal registers one, with all that the name is found by."""
    person = enrolled(name, village, **fields)
    person.take_name(name)
    person.save()
    return person


def enrol(person, scheme=BASIC, **fields):
    """Enrol a resident in a scheme, paying unless said otherwise."""
    return Enrolment.objects.create(
        county_code=person.county_code,
        resident=person,
        village_code=person.village_code,
        scheme_id=scheme,
        **fields,
    )


def enrolled(name="张桂兰", village=LI_VILLAGE, *, scheme=BASIC, tier=None, **fields):
    """Make a resident who is enrolled and is to pay."""
    person = resident(name, village, **fields)
    enrol(person, scheme, registered_tier=tier)
    return person


def household(village=LI_VILLAGE, number="0001", head_name="张桂兰"):
    return Household.objects.create(
        county_code=village[:6], village_code=village, number=number, head_name=head_name
    )


def identity(person, kind=SpecialIdentity.Kind.LOW_INCOME, *, grade=None, until=None):
    """Give a resident a special identity from the start of 2020, until a day or for good."""
    return SpecialIdentity.objects.create(
        county_code=person.county_code,
        resident=person,
        village_code=person.village_code,
        identity=kind,
        grade=grade,
        valid_from=date(2020, 1, 1),
        valid_to=until,
    )


def policy(
    scheme=BASIC,
    *,
    tiers=(200, 300, 500),
    proxy_tier=100,
    subsidies=None,
    county_code=COUNTY,
    year=YEAR,
    version=1,
    after_payment=None,
):
    """Publish a small policy: some tiers, and one kept for 低保 and severely disabled people.

    `subsidies` maps amounts to yuan; left out, a tenth of the tier (200→20). The proxy tier's own
    subsidy is undecided unless it stands there too; back payments get none. `after_payment` says
    how a tier may change once the year is paid.
    """
    text = policy_text(scheme, tiers, proxy_tier, subsidies, county_code, year, version)
    if after_payment:
        text += f"""其他规定:
  依据: 方案 五
  明细:
    - {{规定: 缴费后变更档次, 内容: {after_payment}}}
"""
    document = load_policy(text)
    PolicyVersion.objects.filter(pk=document.pk).update(
        status="published", published_at=timezone.now()
    )
    document.refresh_from_db()
    return document


def medical_policy(year=YEAR):
    """Publish the policy of 颍州区 for medical insurance as this county's own."""
    source = (SHIPPED / "341202-yingzhou" / "2021-medical.yaml").read_text()
    text = source.replace('"341202"', f'"{COUNTY}"').replace("颍州区\n险种", "示样县\n险种")
    for place in (1, 0, -1):
        text = text.replace(f"{2021 - place}-", f"{year - place}-") if year != YEAR else text
    text = text.replace("年度: 2021", f"年度: {year}")
    document = load_policy(text)
    PolicyVersion.objects.filter(pk=document.pk).update(
        status="published", published_at=timezone.now()
    )
    document.refresh_from_db()
    return document


def switch_on(scheme=MEDICAL, year=YEAR, *, is_on=True):
    """Let the county follow an optional scheme for a year, as two people have agreed."""
    return SchemeSwitch.objects.create(
        county_code=COUNTY,
        scheme_id=scheme,
        year=year,
        is_on=is_on,
        why="按通知开办",
        state=SchemeSwitch.State.APPROVED,
        made_by=staff("提出人", DutyKind.DATA_ADMIN),
        decided_by=staff("审批人", DutyKind.COUNTY_APPROVER),
        decided_at=timezone.now(),
    )


def policy_text(scheme, tiers, proxy_tier, subsidies, county_code, year, version):
    """Return the policy file that `policy` loads."""
    subsidies = {tier: Decimal(tier) / 10 for tier in tiers} | (subsidies or {})
    if proxy_tier:
        subsidies.setdefault(proxy_tier, "未定")
    scheme_name = next(name for name, number in SCHEMES.items() if number == scheme)
    kept = [f"    - {{代缴专用: 是, 金额: {proxy_tier}}}"] if proxy_tier else []
    open_tiers = [
        f"    - {{档次: {number}, 金额: {tier}}}" for number, tier in enumerate(tiers, start=1)
    ]
    rules = [f"    - {{缴费: {tier}, 补贴: {subsidy}}}" for tier, subsidy in subsidies.items()]
    proxies = f"""
代缴:
  依据: 方案 三
  多重身份: 就高
  明细:
    - {{身份: 低保对象, 代缴: {proxy_tier}}}
    - {{身份: 残疾人, 等级: 1至2级, 代缴: {proxy_tier}}}"""
    return f"""# 第 {version} 版
格式: 1
县区: "{county_code}"
县区名称: {"示样县" if county_code == COUNTY else "邻样县"}
险种: {scheme_name}
年度: {year}
文件:
  方案: {{文号: 示政发〔2020〕1号, 标题: 示样县养老保险实施方案}}
参保条件:
  依据: 方案 一
  明细:
    - {{条件: 最低年龄, 数值: 16}}
    - {{条件: 未满年龄, 数值: 60}}
征缴期:
  依据: 方案 二
  明细:
    - {{种类: 缴费期, 自: {year}-01-01, 至: {year}-12-31, 节假日顺延: 否}}
档次:
  依据: 方案 二
  明细:
{chr(10).join(kept + open_tiers)}
补贴:
  依据: 方案 二
  明细:
{chr(10).join(rules)}
补缴:
  依据: 方案 四
  明细:
    - {{须先核定: 是, 缴费补贴: 无}}
{proxies if proxy_tier else ""}
"""


def determination(
    person, years, amount, *, scheme=BASIC, number="HD0001", approved_on=date(2021, 1, 5)
):
    """Approve a back payment for some years; the sum is shared evenly."""
    made = Determination.objects.create(
        county_code=person.county_code,
        resident=person,
        village_code=person.village_code,
        scheme_id=scheme,
        number=number,
        amount=amount,
        approved_on=approved_on,
    )
    for year in years:
        DeterminationYear.objects.create(
            determination=made, year=year, amount=Decimal(amount) / len(years)
        )
    return made


def posts_by_itself(county_code=COUNTY, bad_share_limit=100):
    FeedSettings.objects.update_or_create(
        county_code=county_code,
        defaults={"posts_by_itself": True, "bad_share_limit": bad_share_limit},
    )


def upload(content, name="税务导出.csv"):
    return SimpleUploadedFile(name, content)


HEADER = (
    "证件号码,姓名,征收品目,缴费年度,实缴金额,缴款日期,入库日期,电子税票号码,街道乡镇,缴费状态,"
    "缴费类型,征集通知流水号"
)


def payment_row(person, **changes):
    """Return one row of a plain export: this person pays 300 yuan for 2021 on 5 March."""
    cells = {
        "id": person.id_number,
        "name": person.name,
        "item": "城乡居民基本养老保险费",
        "year": "2021",
        "amount": "300",
        "paid_on": "2021-03-05",
        "treasury_on": "2021-03-08",
        "receipt": f"3341202103{next(_sequence):08d}",
        "town": "东湾镇" if person.village_code.startswith(EAST_BAY) else "西岭镇",
        "state": "04",
        "type": "10",
        "determination_no": "",
    } | changes
    return ",".join(str(value) for value in cells.values())


def payment_file(*rows):
    """Return the bytes of an export as the tax bureau saves it: GB18030, one header row."""
    return "\n".join([HEADER, *rows, ""]).encode("gb18030")


def stored_file(by, content=b"x", *, purpose="payment_feed", name="税务导出.csv"):
    """Note a file as stored without writing one, for tests that never open it."""
    return StoredFile.objects.create(
        county_code=COUNTY,
        purpose=purpose,
        name=name,
        size=len(content),
        sha256=uuid.uuid4().hex * 2,
        stored_as=f"{COUNTY}/{uuid.uuid4().hex}",
        stored_by=by,
    )


def feed(by, **fields):
    """Note an uploaded feed whose rows nobody has read."""
    return PaymentFeed.objects.create(
        county_code=COUNTY, year=YEAR, file=stored_file(by), uploaded_by=by, **fields
    )


def balance(county_code=COUNTY):
    """Return the sum over all accounts; books that balance give zero."""
    return sum(balance_of_the_books(county_code).values())


def balance_of_the_books(county_code):
    """Return what stands on each account: in less out, by account; all of them add to zero."""
    totals = {}
    with connection.cursor() as cursor:
        cursor.execute(
            "select from_account, to_account, sum(amount) from contributions_transfer"
            " where county_code = %s group by 1, 2",
            [county_code],
        )
        for source, destination, amount in cursor.fetchall():
            totals[source] = totals.get(source, 0) - amount
            totals[destination] = totals.get(destination, 0) + amount
    return totals


def transfers(**filters):
    return Transfer.objects.filter(county_code=COUNTY, **filters)


def process(*rows, by, name="税务导出.csv", content=None, year=YEAR):
    """Upload a file with these rows and do a worker's work on it; return the feed as it then
    stands.
    """
    from contributions.receiving import receive_feed
    from pension_portal.jobs import run_job

    received, _is_new = receive_feed(upload(content or payment_file(*rows), name), year=year, by=by)
    run_job(received.job_id)
    return PaymentFeed.objects.select_related("job", "file").get(pk=received.pk)


def verdicts(feed):
    """Return the verdict of each row of a feed, in the order of the file."""
    from contributions.models import FeedRow

    rows = FeedRow.objects.filter(county_code=feed.county_code, year=feed.year, feed_id=feed.pk)
    return list(rows.order_by("row_no").values_list("verdict", flat=True))
