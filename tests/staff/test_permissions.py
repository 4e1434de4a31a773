import pytest

from staff.models import DutyKind, Staff
from staff.permissions import ACTION_NAMES, MATRIX, may
from staff.start_page import places_for

pytestmark = pytest.mark.django_db

PERSONAL = {"view_person", "reveal_person", "export_people", "view_transfer", "settle_exception"}


def duties_of(action):
    return {str(kind) for kind in MATRIX[action]}


@pytest.mark.requirement("A53")
def test_a_leader_sees_progress_and_no_person(county):
    leader = county.staff("周正", DutyKind.LEADER)

    assert may(leader, "view_progress")
    assert {action for action in MATRIX if may(leader, action)} == {
        "view_progress",
        "view_bulletin",
        "view_policy",
        "view_areas",
    }


@pytest.mark.requirement("A55")
def test_finance_sees_sums_and_no_identity_numbers(county):
    finance = county.staff("冯账", DutyKind.FINANCE)

    assert may(finance, "view_progress")
    assert [action for action in PERSONAL if may(finance, action)] == []


def test_those_who_look_after_the_system_see_neither_people_nor_money(county):
    for kind in (DutyKind.SECURITY_ADMIN, DutyKind.SYSTEM_ADMIN):
        keeper = county.staff("管理", kind)
        assert [a for a in (*PERSONAL, "view_progress", "view_feed") if may(keeper, a)] == []


def test_who_uploads_does_not_post_and_who_posts_does_not_upload():
    assert duties_of("upload_feed").isdisjoint(duties_of("post_feed"))


def test_who_reads_the_trail_changes_nothing():
    changing = {"upload_feed", "post_feed", "reverse_feed", "settle_exception", "change_areas"}
    changing |= {"set_quotas", "grant_duty", "publish_policy", "load_policy", "import_roster"}

    assert duties_of("view_audit") == {"auditor"}
    assert [action for action in changing if "auditor" in duties_of(action)] == []


def test_an_unknown_action_is_nobodys(lin):
    assert not may(lin, "do_anything")


def test_a_superuser_without_a_duty_may_nothing(county):
    root = Staff.objects.create_superuser("root", password=None, name="root")

    assert [action for action in MATRIX if may(root, action)] == []
    assert list(Staff.objects.visible_to(root)) == []
    assert places_for(root) == []


def test_every_action_has_a_name_on_the_screen():
    assert set(ACTION_NAMES) == set(MATRIX)
