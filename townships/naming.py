"""Names, mergers, aliases and contacts of areas (区划维护). Nothing is ever deleted that a resident
may point at.

A town that merges on 2021-07-01 is in force until 2021-06-30 and names its successor:

    merge_towns(old, new, date(2021, 7, 1), by=lin)
    old.valid_to     # 2021-06-30
    old.successor    # new
"""

from datetime import timedelta

from django.db import transaction

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


@transaction.atomic
def rename_area(area, name, *, by):
    """Give an area a new name; every source's files may go on using the former one.

    Refuses NameTaken and AreaHasEnded.
    """
    area = Area.objects.select_for_update().get(pk=area.pk)
    former = area.name
    if name == former:
        return area
    _refuse_an_ended(area)
    if Area.objects.filter(parent=area.parent, name=name, valid_to=None).exists():
        raise NameTaken(name=name)
    area.name = name
    area.save(update_fields=["name"])
    AreaAlias.objects.bulk_create(
        [
            AreaAlias(county_code=area.county_code, source=source, text=former, area=area)
            for source in AreaAlias.Source.values
        ],
        # What a source calls by this name already stays as somebody decided it.
        ignore_conflicts=True,
    )
    _note(by, "rename_area", area, former=former, name=name)
    return area


@transaction.atomic
def merge_towns(area, into, on, *, by):
    """End an area and name its successor from a day on; return the ended area.

    For towns and villages alike, of one level and county. Its villages keep their codes and stay in
    force until they are merged into villages of the new town. Refuses the classes above that
    concern mergers.
    """
    area, into = (Area.objects.select_for_update().get(pk=one.pk) for one in (area, into))
    _refuse_a_wrong_merger(area, into, on)
    area.valid_to = on - timedelta(days=1)
    area.successor = into
    area.save(update_fields=["valid_to", "successor"])
    _note(by, "merge_towns", area, into=into.code, on=on)
    return area


@transaction.atomic
def add_alias(area, source, text, *, by):
    """Note how a source writes an area; return the alias, the present one if it is noted already.

    Refuses AliasTaken when the source means another area by it.
    """
    alias, is_new = AreaAlias.objects.select_related("area").get_or_create(
        county_code=area.county_code, source=source, text=text, defaults={"area": area}
    )
    if alias.area_id != area.pk:
        raise AliasTaken(text=text, area=alias.area.name, source=alias.get_source_display())
    if is_new:
        _note(by, "add_alias", area, source=source, text=text)
    return alias


@transaction.atomic
def remove_alias(alias, *, by):
    """Forget how a source writes an area; later files that write it so will be held."""
    _note(by, "remove_alias", alias.area, source=alias.source, text=alias.text)
    alias.delete()


@transaction.atomic
def set_contact(area, role, *, name, phone, by):
    """Name a person to call in an area; return the contact. One 征缴负责人 replaces another."""
    person = {"name": name, "phone": phone}
    contacts = AreaContact.objects.filter(area=area, role=role)
    if same := contacts.filter(**person).first():
        return same
    if role == AreaContact.Role.COLLECTION:
        contacts.delete()
    # The trail is read by people who may not see phones, so it holds the name alone.
    _note(by, "set_contact", area, role=role, name=name)
    return AreaContact.objects.create(area=area, role=role, **person)


@transaction.atomic
def remove_contact(contact, *, by):
    """Take a person off an area's list."""
    _note(by, "remove_contact", contact.area, role=contact.role, name=contact.name)
    contact.delete()


def _refuse_a_wrong_merger(area, into, on):
    if area.pk == into.pk:
        raise MergedIntoItself(area=area.name)
    if area.level != into.level:
        raise NotTheSameLevel(
            area=area.name,
            level=area.get_level_display(),
            into=into.name,
            into_level=into.get_level_display(),
        )
    if area.county_code != into.county_code:
        raise AnotherCounty(area=area.name, into=into.name)
    _refuse_an_ended(area)
    _refuse_an_ended(into)
    if area.valid_from and on <= area.valid_from:
        raise MergedBeforeItBegan(area=area.name, began=area.valid_from)


def _refuse_an_ended(area):
    if area.valid_to:
        raise AreaHasEnded(area=area.name, day=area.valid_to)


def _note(by, action, area, **detail):
    """Write the trail of an area's change; nobody stands behind the setting up of a county."""
    if by is not None:
        by.note(action, area, area_code=area.code, **detail)
