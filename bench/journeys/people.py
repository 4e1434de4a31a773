"""Choose people of the demo county for a task, always the same ones."""

import random

CLERK = "jingban"
SEED = 20210320


def clerk():
    from staff.models import Staff

    return Staff.objects.get(username=CLERK)


def neighbours(count, **filters):
    """Return some people of the clerk's town who are alive, spread over it."""
    from enrollment.models import Resident

    people = Resident.objects.visible_to(clerk()).filter(life_status="alive", **filters)
    ids = sorted(people.exclude(phone_last4="").values_list("pk", flat=True))
    chosen = random.Random(SEED).sample(ids, min(count, len(ids)))
    return [Resident.objects.get(pk=pk) for pk in chosen]


def with_two_readings(count):
    """Return people whose surname has a reading of its own, of the clerk's town."""
    return neighbours(count, other_initials__gt="")


def newcomers(count):
    """Return (ID number, name, letters of the name) of people whom nobody knows."""
    from demo.names import Names
    from enrollment.models import Resident
    from enrollment.pinyin import read
    from pension_portal.secrecy import blind_index

    rng = random.Random()
    names = Names(random.Random(SEED))
    found = []
    while len(found) < count:
        number = id_number(
            f"19{rng.randrange(65, 99)}{rng.randrange(1, 13):02d}15", rng.randrange(999)
        )
        if not Resident.objects.filter(id_index=blind_index(number)).exists():
            name = names.full("m")
            found.append((number, name, read(name).initials))
    return found


def id_number(born, sequence):
    """Return a made-up number of an unassigned prefix with the right check character."""
    from pension_portal.identity import check_character

    body = f"990114{born}{sequence:03d}"
    return body + check_character(body)
