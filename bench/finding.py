"""Measure finding people: `python -m bench.finding [people …]`.

Made-up people with made-up names are registered in fifteen towns, and every kind of words a clerk
types is looked for, by somebody of the county and by somebody of the smallest town. What is timed
is what the find box asks for: the first hits, read and unsealed.
"""

import os
import random
import statistics
import sys
import time

from bench import databases

SIZES = (260_000, 1_200_000)
DATABASE = "bench_finding"
COUNTY = "990100"
TOWNS, VILLAGES_A_TOWN = 15, 40
PEOPLE_A_COPY = 50_000
HITS = 8
ROUNDS = 5
MOST_MILLISECONDS = 300
WORDS = (
    *("z", "zjg", "zhangjianguo", "zhang'jian'guo", "zhang jian guo", "zhangjg", "zang", "张"),
    *("张建", "张建国", "建国", "国", "dangui", "sgl", "ouyang", "xyz", "6612", "zjg 6612"),
    *("6612 zjg", "jianguo 6612", "张 6612", "zjg lz", "李 张", "15400000000", "张jian"),
)


def main():
    databases.start_servers()
    databases.make(DATABASE)
    home = os.environ["DATABASE_URL"]
    os.environ.update(databases.environment(DATABASE))
    import django

    django.setup()
    _make_places()
    for size in map(int, sys.argv[1:]) if len(sys.argv) > 1 else SIZES:
        _register_up_to(size)
        _measure(size)
    django.db.connection.close()
    os.environ["DATABASE_URL"] = home
    databases.drop(DATABASE)


def _measure(size):
    """Time every kind of words in the county and in its smallest town, and print the slowest."""
    print(f"\n  {size:,} people; median and worst of {ROUNDS} rounds, in milliseconds\n")
    slowest = 0
    for words in WORDS:
        timed = {area: _milliseconds(words, area) for area in (COUNTY, _town(TOWNS - 1))}
        slowest = max(slowest, *map(max, timed.values()))
        shown = "   ".join(f"{statistics.median(t):6.1f} {max(t):6.1f}" for t in timed.values())
        print(f"  {words:<16} {shown}")
    print(f"\n  slowest {slowest:.1f} ms, goal ≤ {MOST_MILLISECONDS}")


def _milliseconds(words, area_code):
    from enrollment.finding import find
    from enrollment.models import Resident

    timed = []
    for _round in range(ROUNDS):
        start = time.perf_counter()
        list(find(Resident.objects.inside(area_code), words, area_code)[:HITS])
        timed.append((time.perf_counter() - start) * 1000)
    return timed


# --- The people -----------------------------------------------------------------------------------


def _town(number):
    return f"{COUNTY}{101 + number}"


def _make_places():
    from townships.models import Area

    Area.objects.create(code=COUNTY, name="示样县", level=1)
    for number in range(TOWNS):
        Area.objects.create(code=_town(number), name=f"镇{number}", level=2, parent_id=COUNTY)
    Area.objects.bulk_create(
        Area(code=code, name=f"{'李张王赵刘'[n % 5]}庄{n}", level=3, parent_id=code[:9])
        for n, code in enumerate(_villages())
    )


def _villages():
    return [f"{_town(t)}{201 + v}" for t in range(TOWNS) for v in range(VILLAGES_A_TOWN)]


def _register_up_to(size):
    from django.db import connection

    from demo.names import Names
    from enrollment.models import Resident

    known = Resident.objects.count()
    rng = random.Random(size)
    names, villages = Names(rng), _villages()
    # The last town is the smallest, as a town at the edge of a county is.
    weights = [TOWNS * 2 - n // VILLAGES_A_TOWN for n in range(len(villages))]
    for start in range(known, size, PEOPLE_A_COPY):
        count = min(PEOPLE_A_COPY, size - start)
        _copy(count, names, rng.choices(villages, weights, k=count), rng)
    with connection.cursor() as cursor:
        cursor.execute("vacuum (analyze) enrollment_resident")


def _copy(count, names, villages, rng):
    from enrollment.pinyin import read
    from pension_portal.copying import copy_columns
    from pension_portal.secrecy import seal

    written = [names.full("mf"[n % 2]) for n in range(count)]
    readings = [read(name) for name in written]
    copy_columns(
        "enrollment_resident",
        {
            "county_code": [COUNTY] * count,
            "village_code": villages,
            "group_code": [""] * count,
            "name": written,
            "name_key": written,
            "initials": [reading.initials for reading in readings],
            "other_initials": [reading.other_initials for reading in readings],
            "pinyin": [reading.pinyin for reading in readings],
            "id_number": [seal(b"990101197503020017")] * count,
            "id_index": [rng.randbytes(32) for _n in range(count)],
            "id_last4": [f"{rng.randrange(10_000):04d}" for _n in range(count)],
            "born_on": ["1975-03-02"] * count,
            "sex": ["m"] * count,
            "phone_last4": [f"{rng.randrange(10_000):04d}" for _n in range(count)],
            "life_status": ["alive"] * count,
            "other_cover": [""] * count,
            "registered_at": ["2021-01-01"] * count,
            "changed_at": ["2021-01-01"] * count,
        },
    )


if __name__ == "__main__":
    main()
