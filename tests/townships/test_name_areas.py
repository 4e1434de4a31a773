from datetime import date

import pytest

from staff.models import AuditEntry
from townships.errors import (
    AliasTaken,
    AnotherCounty,
    AreaHasEnded,
    MergedBeforeItBegan,
    MergedIntoItself,
    NameTaken,
    NotTheSameLevel,
)
from townships.models import Area, AreaAlias, AreaContact
from townships.naming import (
    add_alias,
    merge_towns,
    remove_alias,
    remove_contact,
    rename_area,
    set_contact,
)

pytestmark = pytest.mark.django_db
JULY = date(2021, 7, 1)


def area(code):
    return Area.objects.get(pk=code)


def test_a_merged_town_stays_with_its_last_day_and_its_successor(lin, county):
    merge_towns(area(county.WEST_RIDGE), area(county.EAST_BAY), JULY, by=lin)

    merged = area(county.WEST_RIDGE)
    assert (merged.valid_to, merged.successor_id) == (date(2021, 6, 30), county.EAST_BAY)
    assert Area.objects.in_force_on(date(2021, 6, 30)).filter(pk=merged.pk).exists()
    assert not Area.objects.in_force_on(JULY).filter(pk=merged.pk).exists()
    assert area(county.STONE_VILLAGE).parent_id == county.WEST_RIDGE


def test_villages_merge_as_towns_do(lin, county):
    merge_towns(area(county.LI_VILLAGE), area(county.WANG_VILLAGE), JULY, by=lin)

    assert area(county.LI_VILLAGE).successor.name == "王家社区"


@pytest.mark.parametrize(
    ("code", "into", "on", "refusal"),
    [
        ("990100102", "990100102", JULY, MergedIntoItself),
        ("990100102", "990100101201", JULY, NotTheSameLevel),
        ("990100102", "990200101", JULY, AnotherCounty),
        ("990100102", "990100101", date(2010, 1, 1), MergedBeforeItBegan),
    ],
)
def test_a_wrong_merger_is_refused_and_nothing_ends(lin, code, into, on, refusal):
    Area.objects.filter(pk=code).update(valid_from=date(2011, 7, 1))

    with pytest.raises(refusal):
        merge_towns(area(code), area(into), on, by=lin)

    assert area(code).valid_to is None
    assert not AuditEntry.objects.exists()


def test_a_town_that_has_ended_neither_merges_nor_takes_a_name(lin, county):
    ended = merge_towns(area(county.WEST_RIDGE), area(county.EAST_BAY), JULY, by=lin)

    with pytest.raises(AreaHasEnded):
        merge_towns(area(county.EAST_BAY), ended, JULY, by=lin)
    with pytest.raises(AreaHasEnded):
        rename_area(ended, "西岭街道", by=lin)


def test_a_renamed_town_is_still_found_by_its_former_name(lin, county):
    rename_area(area(county.EAST_BAY), "东湾街道", by=lin)

    assert area(county.EAST_BAY).name == "东湾街道"
    assert set(AreaAlias.objects.filter(text="东湾镇").values_list("source", flat=True)) == {
        "tax",
        "roster",
        "bank",
        "civil",
    }
    [found] = Area.objects.found_by("东湾镇")
    assert found.code == county.EAST_BAY


def test_a_name_that_a_neighbour_under_the_same_parent_bears_is_refused(lin, county):
    with pytest.raises(NameTaken):
        rename_area(area(county.EAST_BAY), "西岭镇", by=lin)

    assert area(county.EAST_BAY).name == "东湾镇"


def test_an_alias_means_one_area_to_one_source(lin, county):
    first = add_alias(area(county.EAST_BAY), "tax", "湾区办", by=lin)

    assert add_alias(area(county.EAST_BAY), "tax", "湾区办", by=lin) == first
    with pytest.raises(AliasTaken, match="东湾镇"):
        add_alias(area(county.WEST_RIDGE), "tax", "湾区办", by=lin)
    assert add_alias(area(county.WEST_RIDGE), "bank", "湾区办", by=lin).area_id == county.WEST_RIDGE


def test_a_removed_alias_can_be_given_to_another_area(lin, county):
    remove_alias(add_alias(area(county.EAST_BAY), "tax", "湾区办", by=lin), by=lin)

    assert add_alias(area(county.WEST_RIDGE), "tax", "湾区办", by=lin).area_id == county.WEST_RIDGE


@pytest.mark.requirement("A38")
def test_a_town_has_one_collection_contact_who_is_replaced(lin, county):
    town = area(county.EAST_BAY)
    set_contact(town, "collection", name="赵明", phone="15400000001", by=lin)
    set_contact(town, "collection", name="周平", phone="15400000002", by=lin)

    assert list(town.contacts.values_list("name", "phone")) == [("周平", "15400000002")]
    without = Area.objects.inside(county.COUNTY).towns().without_collection_contact()
    assert [one.code for one in without] == [county.WEST_RIDGE]


@pytest.mark.requirement("A36")
def test_a_village_may_have_several_cadres_and_a_leader(lin, county):
    village = area(county.LI_VILLAGE)
    set_contact(village, "leader", name="吴主任", phone="1", by=lin)
    set_contact(village, "cadre", name="郑干部", phone="2", by=lin)
    extra = set_contact(village, "cadre", name="王干部", phone="3", by=lin)
    remove_contact(extra, by=lin)

    assert set(AreaContact.objects.values_list("role", "name")) == {
        ("leader", "吴主任"),
        ("cadre", "郑干部"),
    }


def test_every_change_is_in_the_trail_without_a_phone(lin, county):
    town = area(county.EAST_BAY)
    set_contact(town, "collection", name="周平", phone="15400000002", by=lin)
    rename_area(town, "东湾街道", by=lin)

    entries = AuditEntry.objects.order_by("pk")
    assert [(entry.action, entry.subject) for entry in entries] == [
        ("set_contact", "area:990100101"),
        ("rename_area", "area:990100101"),
    ]
    assert "15400000002" not in str([entry.detail for entry in entries])
