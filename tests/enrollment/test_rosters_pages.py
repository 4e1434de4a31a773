"""The doors of roster imports: upload, watch, cancel, try again, take the marked file home."""

import io
import time
from datetime import date

import openpyxl
import pytest
from django.urls import reverse

from enrollment.errors import RosterDoesNotWait, RosterEndedAlready, RosterStillRunning
from enrollment.models import Resident, RosterImport, RosterRow
from enrollment.rosters import cancel_roster, job_of, read_again
from pension_portal.jobs import JobRun, cancel_job, run_job
from pension_portal.models import Job, StoredFile
from staff.models import AuditEntry, DutyKind
from tests import county as sample
from tests.county import id_number, upload
from tests.enrollment.rosters import HEADERS, as_csv, as_xlsx, load, people, receive, row

IMPORTS = "/residents/imports/"


def send(client, content, name="花名册.csv"):
    return client.post(f"{IMPORTS}upload/", {"file": upload(content, name)})


def cells(answer):
    """Return the rows of the first sheet of a downloaded workbook."""
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    return [[cell.value for cell in line] for line in book.worksheets[0].iter_rows()]


def test_an_upload_leads_to_its_own_page_which_asks_again_each_second(as_user, zhao):
    client = as_user(zhao)

    answer = send(client, as_csv(people(3)))

    roster = RosterImport.objects.get()
    assert answer.url == reverse("enrollment:roster_import", args=[roster.pk])
    assert (roster.area_code, job_of(roster).state) == ("990100101", "queued")
    page = client.get(answer.url).content.decode()
    assert 'hx-trigger="every 1s"' in page
    assert "排队中" in page
    run_job(job_of(roster).pk)
    state = client.get(reverse("enrollment:roster_state", args=[roster.pk])).content.decode()
    assert "every 1s" not in state
    assert "已完成" in state


def test_the_same_file_again_shows_the_first_result(as_user, zhao):
    client = as_user(zhao)
    send(client, as_csv(people(2)))
    first = RosterImport.objects.get()
    run_job(job_of(first).pk)

    answer = client.post(
        f"{IMPORTS}upload/", {"file": upload(as_csv(people(2)), "改了名.csv")}, follow=True
    )

    assert RosterImport.objects.get() == first
    assert Job.objects.count() == 1
    assert "已传过，这是它的结果" in answer.content.decode()


def test_the_same_file_from_another_town_is_that_towns_own_import(zhao, sun):
    content = as_csv([row(**{"乡镇（街道）": "", "村（社区）": "石桥村"})])
    load(zhao, content)

    theirs = load(sun, content)

    assert RosterImport.objects.count() == 2
    assert theirs.rows_new == 1
    assert Resident.objects.get().village_code == sample.STONE_VILLAGE


def test_no_file_is_said_at_the_field(as_user, zhao):
    answer = as_user(zhao).post(f"{IMPORTS}upload/", {})

    assert answer.status_code == 422
    assert "没有选文件" in answer.content.decode()
    assert not RosterImport.objects.exists()


def test_a_file_that_is_no_table_is_refused_at_the_field_and_not_kept(as_user, zhao):
    answer = send(as_user(zhao), b"%PDF-1.7 ...", "花名册.xlsx")

    assert answer.status_code == 415
    assert answer.content.decode().count("「花名册.xlsx」是PDF，不是表格") == 2
    assert not RosterImport.objects.exists()
    assert not StoredFile.objects.exists()
    assert not Job.objects.exists()


def test_what_only_reading_shows_is_refused_where_the_result_would_stand(as_user, zhao):
    client = as_user(zhao)
    send(client, "《关于核对名册的通知》".encode(), "通知.csv")
    roster = RosterImport.objects.get()
    run_job(job_of(roster).pk)

    page = client.get(f"{IMPORTS}{roster.pk}/").content.decode()

    assert "没有同时认出" in page
    assert Resident.objects.count() == 0


def test_the_page_lists_what_to_mend_and_never_a_full_number(as_user, zhao):
    bad = "99010119750302001X"
    roster = load(zhao, [row(证件号码=bad), row(姓名="王好人", 其他参保情况="职工")])

    page = as_user(zhao).get(f"{IMPORTS}{roster.pk}/").content.decode()

    assert "身份证号最后一位对不上，应核对第 17、18 位" in page
    assert "疑似重复参保" in page
    assert bad not in page
    assert "13800000011" not in page


def test_only_the_own_area_sees_an_import(as_user, zhao, sun, lin):
    roster = load(zhao, [row(姓名="")])

    for address in ("", "state/", "copy/"):
        path = f"{IMPORTS}{roster.pk}/{address}"
        assert as_user(zhao).get(path).status_code == 200
        assert as_user(lin).get(path).status_code == 200
        assert as_user(sun).get(path).status_code == 404
    for address in ("again/", "cancel/"):
        assert as_user(sun).post(f"{IMPORTS}{roster.pk}/{address}").status_code == 404
    assert "花名册.csv" not in as_user(sun).get(IMPORTS).content.decode()
    assert Job.objects.count() == 1


@pytest.mark.parametrize("kind", [DutyKind.VILLAGE_AGENT, DutyKind.FINANCE, DutyKind.AUDITOR])
def test_duties_without_rosters_upload_none(as_user, county, kind):
    who = sample.staff("无关", kind, sample.LI_VILLAGE if kind == "village_agent" else "990100")

    assert as_user(who).get(IMPORTS).status_code == 403
    assert send(as_user(who), as_csv(people(1))).status_code == 403
    assert not RosterImport.objects.exists()


# --- Headings nobody knows -----------------------------------------------------------------------

STRANGE = [f"F{n:02d}" for n in range(len(HEADERS))]


def test_a_roster_with_unknown_headings_asks_and_remembers(as_user, zhao):
    roster = receive(zhao, as_csv(people(3), STRANGE))
    run_job(job_of(roster).pk)
    client = as_user(zhao)

    page = client.get(f"{IMPORTS}{roster.pk}/").content.decode()

    place = HEADERS.index("证件号码")
    assert "确认各列是什么" in page
    assert f'<option value="{place}" selected>{STRANGE[place]}（内容像证件号码）' in page
    assert Resident.objects.count() == 0
    keys = {
        "name": "姓名",
        "id_number": "证件号码",
        "town": "乡镇（街道）",
        "village": "村（社区）",
    }
    said = {f"column_{key}": HEADERS.index(label) for key, label in keys.items()}
    client.post(f"{IMPORTS}{roster.pk}/columns/", said)
    run_job(job_of(roster).pk)
    assert Resident.objects.count() == 3
    again = load(zhao, as_csv(people(5), STRANGE), name="七月.csv")
    assert (again.rows_new, again.rows_same) == (2, 3)


def test_a_name_column_left_out_is_asked_for_again(as_user, zhao):
    roster = receive(zhao, as_csv(people(3), STRANGE))
    run_job(job_of(roster).pk)

    as_user(zhao).post(
        f"{IMPORTS}{roster.pk}/columns/", {"column_id_number": HEADERS.index("证件号码")}
    )
    run_job(job_of(roster).pk)

    roster.refresh_from_db()
    assert job_of(roster).state == "waiting"
    assert "没有找到「姓名」列" in roster.questions["sentences"][0]
    assert Resident.objects.count() == 0


def test_columns_are_named_only_while_they_are_asked_about(as_user, zhao):
    roster = load(zhao, people(1))

    answer = as_user(zhao).post(f"{IMPORTS}{roster.pk}/columns/", {"column_name": "0"})

    assert answer.status_code == RosterDoesNotWait.status
    roster.refresh_from_db()
    assert roster.confirmed == {}


# --- The clerk's own file -------------------------------------------------------------------------


@pytest.mark.parametrize(("write", "name"), [(as_xlsx, "六月.xlsx"), (as_csv, "六月.csv")])
def test_the_marked_copy_says_beside_each_row_what_to_mend(as_user, zhao, write, name):
    rows = [row(姓名="王好人"), row(姓名="", 参保状态="走了"), row(姓名="钱", 其他参保情况="职工")]
    roster = load(zhao, write(rows), name=name)

    answer = as_user(zhao).get(f"{IMPORTS}{roster.pk}/copy/")

    lines = cells(answer)
    assert lines[0][: len(HEADERS)] == HEADERS
    assert lines[0][-3:] == ["行号", "原因", "改法"]
    marked = {line[-3]: line for line in lines if isinstance(line[-3], int)}
    assert set(marked) == {3, 4}
    assert "姓名：姓名是空的" in marked[3][-2]
    assert "参保状态「走了」看不懂" in marked[3][-2]
    assert marked[3][HEADERS.index("证件号码")] == rows[1][HEADERS.index("证件号码")]
    assert marked[4][-2].startswith("提醒：")
    assert "filename*=utf-8''" in answer["Content-Disposition"]
    assert AuditEntry.objects.filter(action="download_marked_copy", staff=zhao).exists()


def test_the_mended_copy_can_be_sent_in_as_it_is(as_user, zhao):
    roster = load(zhao, as_xlsx([row(姓名="王好人"), row(姓名="")]), name="六月.xlsx")
    book = openpyxl.load_workbook(
        io.BytesIO(as_user(zhao).get(f"{IMPORTS}{roster.pk}/copy/").content)
    )
    book.active.cell(3, HEADERS.index("姓名") + 1).value = "李补名"
    mended = io.BytesIO()
    book.save(mended)

    again = load(zhao, mended.getvalue(), name="六月改.xlsx")

    assert (again.rows_new, again.rows_same, again.rows_bad) == (1, 1, 0)
    assert Resident.objects.filter(name="李补名").exists()


def test_the_template_has_every_column_and_can_be_filled_in(as_user, zhao):
    answer = as_user(zhao).get(f"{IMPORTS}template/")
    headers = cells(answer)[0]
    number = id_number()
    filled = {"姓名": "张桂兰", "证件号码": number, "村（社区）": "李家村", "参保险种": "基本"}

    roster = load(zhao, as_xlsx([[filled.get(h, "") for h in headers]], headers), name="填.xlsx")

    assert set(HEADERS) <= set(headers)
    assert roster.rows_new == 1


# --- Cancel and again -----------------------------------------------------------------------------


def test_a_cancelled_import_leaves_the_registry_alone_and_can_be_sent_again(as_user, zhao):
    roster = receive(zhao, as_csv(people(3)))

    as_user(zhao).post(f"{IMPORTS}{roster.pk}/cancel/")

    assert job_of(roster).state == "cancelled"
    assert Resident.objects.count() == 0
    receive(zhao, as_csv(people(3)))
    run_job(job_of(roster).pk)
    assert Resident.objects.count() == 3


def test_cancelled_while_loading_nothing_stays(zhao, monkeypatch):
    roster = receive(zhao, as_csv(people(3)))
    job = job_of(roster)
    hold = JobRun._hold_fast

    def asked_to_stop_at_the_last_moment(run):
        if run.job.steps_done == 1:
            cancel_job(run.job)
        hold(run)

    monkeypatch.setattr(JobRun, "_hold_fast", asked_to_stop_at_the_last_moment)

    run_job(job.pk)

    assert job_of(roster).state == "cancelled"
    assert (Resident.objects.count(), RosterRow.objects.count()) == (0, 0)


def test_a_finished_import_cannot_be_cancelled(as_user, zhao):
    roster = load(zhao, people(1))

    with pytest.raises(RosterEndedAlready):
        cancel_roster(roster, by=zhao)

    answer = as_user(zhao).post(f"{IMPORTS}{roster.pk}/cancel/")
    assert answer.status_code == RosterEndedAlready.status
    assert "没有可取消的" in answer.content.decode()
    assert job_of(roster).state == "done"


def test_a_running_import_is_not_read_again_and_has_no_copy_yet(as_user, zhao):
    roster = receive(zhao, as_csv(people(1)))

    with pytest.raises(RosterStillRunning):
        read_again(roster, by=zhao)

    for answer in (
        as_user(zhao).post(f"{IMPORTS}{roster.pk}/again/"),
        as_user(zhao).get(f"{IMPORTS}{roster.pk}/copy/"),
    ):
        assert answer.status_code == RosterStillRunning.status
        assert "还在处理" in answer.content.decode()
    assert Job.objects.count() == 1


@pytest.mark.faults
def test_an_import_outlives_the_worker_that_began_it(worker, county):
    zhao = sample.staff("赵明", DutyKind.TOWN_CLERK, sample.EAST_BAY)
    rows = [
        row(姓名=f"王{chr(0x4E00 + n)}", 证件号码=id_number(date(1970 + n // 900, 5, 6), n % 900))
        for n in range(9000)
    ]
    roster = receive(zhao, as_csv(rows))
    wait_until(lambda: job_of(roster).rows_done)

    worker.kill()
    worker.ensure_running()

    wait_until(lambda: job_of(roster).is_finished)
    roster.refresh_from_db()
    assert job_of(roster).state == "done"
    assert (roster.rows_new, Resident.objects.count()) == (9000, 9000)
    assert RosterRow.objects.count() == 0


def wait_until(is_true, seconds=180):
    deadline = time.monotonic() + seconds
    while not is_true():
        assert time.monotonic() < deadline
        time.sleep(0.05)
