"""Write the whole demo: `python -m demo --out var/demo --scale 0.1`.

areas.csv quotas.csv contacts.csv aliases.csv determinations.csv    the county's own data
rosters/      the county's roster, and one town's as .xls and .csv
lists/        what departments have sent: disabled people, 低保 households, employees insured
policies/     policy files for the earlier years and the supplementary scheme
earlier/      one payment export for each of the three years before
campaign/     the exports up to 10 March, to be loaded in order
next/         the export of 11–20 March, for showing how a file is taken in
variants/     the same few payments in every layout and format
truth.json    counts and sums by verdict for every export; truth/ has them row by row
manifest.json what to load in which order
"""

import argparse
import csv
import json
import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from demo.county import NEIGHBOUR_CODE, NEIGHBOUR_NAME, make_county, without_collector
from demo.exports import EXTENSIONS, LAYOUTS, Pen, write_export
from demo.lists import write_disabled, write_employees, write_low_income
from demo.oracle import Books, Registry, judge_export, tally
from demo.payments import EXPORT_PLANS, NEXT_PLAN, Campaign, earlier_year
from demo.policies import demo_policies, write_demo_policies
from demo.rosters import write_roster

DEFAULT_SCALE = 0.1
VARIANT_ROWS = 200
PROCESSES = 3
VARIANTS = (
    ("plain", "xlsx"),
    ("plain", "xls"),
    ("plain", "csv-gb"),
    ("plain", "csv-utf8"),
    ("plain", "txt-utf16"),
    ("national", "xlsx"),
    ("national", "xls"),
    ("national", "csv-gb"),
    ("short", "xlsx"),
    ("short", "csv-gb"),
)
# Habits of the files of the campaign, in order: how codes and days are written.
HABITS = (
    {"words": "codes", "day_style": "moment"},
    {"words": "both", "day_style": "iso"},
    {"words": "words", "day_style": "compact"},
    {"words": "codes", "day_style": "day"},
    {"words": "both", "day_style": "moment"},
)


class Demo:
    """Writes the files one after another, keeping the books and the truth along the way."""

    def __init__(self, out, county, policy_folder=None):
        self.out = out
        self.county = county
        self.policy_folder = policy_folder
        self.registry = Registry(county)
        self.policies = demo_policies(county.year)
        self.books = Books()
        self.truth = {}
        self.manifest = {"county": county.code, "year": county.year, "files": []}

    def write(self):
        """Write everything; rosters and the years nothing builds on come from other processes."""
        self.out.mkdir(parents=True, exist_ok=True)
        *before, last_year = range(self.county.year - 3, self.county.year)
        with apart(self) as pool:
            parts = [pool.submit(do_apart, "write_rosters")]
            parts += [pool.submit(do_apart, "write_earlier", year) for year in before]
            self.write_tables()
            self.write_policies()
            self.write_lists()
            files, self.manifest["files"] = self.manifest["files"], []
            self.write_campaign(Campaign(self.county, self.write_earlier(last_year)))
            for part in parts:
                more_files, truth = part.result()
                files += more_files
                self.truth |= truth
        self.manifest["files"] = files + self.manifest["files"]
        self.write_json("truth.json", self.truth)
        self.write_json("manifest.json", self.manifest)

    def write_policies(self):
        if self.policy_folder:
            for path in write_demo_policies(self.policy_folder, self.out / "policies"):
                self.note(path, "policy", None)

    def note(self, path, purpose, year, **more):
        entry = {"path": str(path.relative_to(self.out)), "purpose": purpose, "year": year}
        self.manifest["files"].append(entry | more)

    def write_json(self, name, value):
        text = json.dumps(value, ensure_ascii=False, indent=1)
        (self.out / name).write_text(text + "\n", encoding="utf-8")

    def write_table(self, name, headers, rows):
        path = self.out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(headers)
            writer.writerows(rows)
        return path

    def write_tables(self):
        """Write the county's places, tasks, contacts, aliases and determinations."""
        county = self.county
        self.write_table(
            "areas.csv",
            ("code", "name", "level", "parent_code", "position"),
            ((a.code, a.name, a.level, a.parent_code, a.position) for a in county.areas),
        )
        self.write_table("quotas.csv", ("area_code", "people"), county.quotas.items())
        self.write_table(
            "contacts.csv",
            ("town_code", "name", "phone", "hotline"),
            ((c.town_code, c.name, c.phone, c.hotline) for c in county.contacts),
        )
        self.write_table(
            "aliases.csv",
            ("source", "text", "area_code"),
            ((a.source, a.text, a.area_code) for a in county.aliases),
        )
        self.write_table(
            "determinations.csv",
            ("number", "id_number", "name", "scheme", "type", "years", "amount", "approved"),
            map(determination_line, county.determinations),
        )
        for name in ("areas", "quotas", "contacts", "aliases", "determinations"):
            self.note(self.out / f"{name}.csv", name, county.year)

    def write_rosters(self):
        """Write the county's roster, a town's in the old formats, and the neighbours'."""
        county, folder = self.county, self.out / "rosters"
        folder.mkdir(exist_ok=True)
        whole = write_roster(folder / "颍州区参保人员花名册.xlsx", county)
        self.note_roster(whole, county.code)
        town = county.towns[10]
        people = [r for r in county.residents if county.town_of(r) is town][:2_000]
        for form in ("xls", "csv-gb"):
            path = folder / f"{town.name}花名册.{EXTENSIONS[form]}"
            part = write_roster(path, county, form, residents=people, seed=form)
            self.note_roster(part, town.code)
        path = self.write_table(
            "rosters/neighbours.csv",
            ("county_code", "county_name", "id_number", "name", "sex", "born_on"),
            (
                (NEIGHBOUR_CODE, NEIGHBOUR_NAME, r.id_number, r.name, r.sex, r.born_on)
                for r in county.neighbours
            ),
        )
        self.note(path, "neighbours", county.year)

    def write_lists(self):
        """Write what departments have sent: of identities, and of those insured elsewhere."""
        folder = self.out / "lists"
        folder.mkdir(exist_ok=True)
        for name, write, department, content in (
            ("残疾人台账.xlsx", write_disabled, "残联", "disabled"),
            ("低保对象（一户一行）.xlsx", write_low_income, "民政局", "low_income"),
            ("职工养老参保.csv", write_employees, "人社局养老保险中心", "employees"),
        ):
            write(folder / name, self.county)
            self.note(
                folder / name, "list", self.county.year, department=department, content=content
            )

    def note_roster(self, written, area_code):
        path = Path(written.path)
        self.note(path, "roster", self.county.year, area_code=area_code, people=written.people)
        self.truth[path.name] = {"people": written.people, "refused": len(written.refused)}
        self.write_table(f"truth/{path.stem}.refused.csv", ("row", "reason"), written.refused)

    def write_earlier(self, year):
        """Write the export of an earlier year; return its rows."""
        (self.out / "earlier").mkdir(exist_ok=True)
        rows = earlier_year(self.county, year)
        self.export("earlier", f"{year}年税务缴费明细", rows, ("plain", "csv-gb"), year, {})
        return rows

    def write_campaign(self, campaign):
        """Write the campaign's exports, the one still to come, and the variants of a few rows."""
        for folder in ("campaign", "next", "variants"):
            (self.out / folder).mkdir(exist_ok=True)
        year = self.county.year
        for plan, habits in zip(EXPORT_PLANS, HABITS, strict=False):
            rows = campaign.pay_by_task(plan)
            self.export("campaign", plan.name, rows, (plan.layout, plan.form), year, habits)
        self.standing("before_next")
        rows = campaign.pay_by_task(NEXT_PLAN)
        plan = NEXT_PLAN
        self.export("next", plan.name, rows, (plan.layout, plan.form), year, HABITS[-1])
        self.standing("after_next")
        self.write_variants(campaign)

    def write_variants(self, campaign):
        """Write one small set of payments in every layout and format; the books are left alone."""
        counts = [0] * len(self.county.villages)
        for index, queue in enumerate(campaign.queues):
            counts[index] = min(len(queue), VARIANT_ROWS - sum(counts))
        rows = campaign.export(NEXT_PLAN, counts)
        rows.sort(key=lambda row: (row.village, row.order))
        for layout, form in VARIANTS:
            name = f"{layout}-{form}"
            path = self.out / "variants" / f"{name}.{EXTENSIONS[form]}"
            pen = Pen(f"{self.county.seed}/{name}")
            write_export(path, rows, LAYOUTS[layout], form, county=self.county, pen=pen)
            self.note(path, "variant", self.county.year, layout=layout, form=form)

    def export(self, folder, name, rows, manner, year, habits):
        """Write one export, judge it, post it to the books and keep the truth about it."""
        layout, form = manner
        path = self.out / folder / f"{name}.{EXTENSIONS[form]}"
        pen = Pen(f"{self.county.seed}/{name}", **habits)
        written = write_export(path, rows, LAYOUTS[layout], form, county=self.county, pen=pen)
        verdicts = judge_export(written, self.registry, self.books, self.policies, year)
        self.note(path, folder, year, rows=len(verdicts), layout=layout)
        self.truth[path.name] = {
            "year": year,
            "rows": len(verdicts),
            "fen": sum(verdict.amount_fen for verdict in verdicts),
            "verdicts": {code: list(line) for code, line in tally(verdicts).items()},
            "oddities": written.oddities,
        }
        self.write_table(
            f"truth/{name}.csv",
            ("sheet", "row", "outcome", "code", "detail", "fen"),
            ((v.sheet, v.row, v.outcome, v.code, v.detail, v.amount_fen) for v in verdicts),
        )

    def standing(self, moment):
        """Note who has paid by village, what stands paid by source, and the subsidies due."""
        year = self.county.year
        people = self.books.people(year)
        amounts = self.books.amounts(year)
        self.write_table(
            f"truth/people-{moment}.csv",
            ("village_code", "scheme", "people"),
            ((village, scheme, count) for (village, scheme), count in sorted(people.items())),
        )
        by_source = {}
        for (_, scheme, source), fen in amounts.items():
            key = f"{scheme}/{source}"
            by_source[key] = by_source.get(key, 0) + fen
        totals = {}
        for (_, scheme), count in people.items():
            totals[scheme] = totals.get(scheme, 0) + count
        subsidies = self.books.subsidies(year, self.policies)
        self.truth[moment] = {
            "people": totals,
            "fen_by_scheme_and_source": by_source,
            "subsidies": {
                f"{scheme}/{tier // 100}": list(line)
                for (scheme, tier), line in sorted(subsidies.items())
            },
            "subsidy_fen": sum(fen for _, fen in subsidies.values()),
        }


# The demo that forked processes find in their memory, so that a county need not be sent to them.
_demo = None


def apart(demo):
    """Return a pool of processes that know the demo as it stands now."""
    global _demo
    _demo = demo
    return ProcessPoolExecutor(PROCESSES, multiprocessing.get_context("fork"))


def do_apart(deed, *arguments):
    """Do one of the demo's deeds; return the files it wrote and the truth about them."""
    _demo.manifest["files"], _demo.truth = [], {}
    getattr(_demo, deed)(*arguments)
    return _demo.manifest["files"], _demo.truth


def determination_line(determination):
    resident = determination.resident
    return (
        determination.number,
        resident.id_number,
        resident.name,
        determination.scheme,
        determination.payment_type,
        " ".join(map(str, determination.years)),
        f"{determination.amount_fen / 100:.2f}",
        "yes" if determination.approved else "no",
    )


def main():
    parser = argparse.ArgumentParser(prog="python -m demo", description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, required=True, help="folder to write into")
    parser.add_argument("--scale", type=float, default=DEFAULT_SCALE, help="1 is the whole county")
    parser.add_argument("--seed", type=int, default=2021)
    parser.add_argument("--villages", type=int, default=220)
    parser.add_argument("--policies", type=Path, default=Path("policies/counties"))
    arguments = parser.parse_args()
    with without_collector():
        county = make_county(arguments.scale, arguments.seed, villages=arguments.villages)
        folder = arguments.policies if arguments.policies.is_dir() else None
        Demo(arguments.out, county, folder).write()


if __name__ == "__main__":
    main()
