"""`check_policy FILE…`: say every fault, or print the policy and its cases for an officer to sign.

The cases beside a file (2021-basic.cases.yaml) are asked of the database and nothing is kept.
"""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils.translation import gettext as _

from policies.cases import try_file
from policies.errors import PolicyFileFaulty
from policies.models import PolicyVersion

WIDTH = 78


class Command(BaseCommand):
    help = "Check policy files and ask their cases; load nothing."

    def add_arguments(self, parser):
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")

    def handle(self, *args, files, **options):
        if PolicyVersion._meta.db_table not in connection.introspection.table_names():
            raise CommandError(_("数据库还没有建好，先运行 python manage.py migrate"))
        wrong = 0
        for path in files:
            if not path.is_file():
                raise CommandError(_("没有找到文件 %(path)s") % {"path": path})
            try:
                policy, tiers, results = try_file(path)
            except PolicyFileFaulty as refusal:
                wrong += 1
                for fault in refusal.faults:
                    self.stdout.write(f"{path.name}: {fault}")
                continue
            failed = [result for result in results if not result.holds]
            wrong += bool(failed)
            self._print(path, policy, tiers, results)
        if wrong:
            raise CommandError(_("%(n)d 份文件要改") % {"n": wrong})

    def _print(self, path, policy, tiers, results):
        """Print one sheet: the tiers, every sentence with its answer, and room to sign."""
        line = self.stdout.write
        line("=" * WIDTH)
        words = {"county": policy.county_name, "year": policy.year, "scheme": policy.scheme}
        line(_("%(county)s %(year)s 年度%(scheme)s 政策核对表") % words)
        line(f"{policy.document_no} {policy.document_title}".strip())
        line("-" * WIDTH)
        for tier in tiers:
            line(self._tier_line(tier))
        line("-" * WIDTH)
        for result in results:
            mark = _("符合") if result.holds else _("不符")
            line(f"[{mark}] {result.sentence}")
            for word, expected in result.expected.items():
                if not result.holds:
                    said = {"word": word, "expected": _say(expected), "line": result.line}
                    found = _say(result.found.get(word))
                    line(_("       第 %(line)s 行 %(word)s：例子写 %(expected)s") % said)
                    line(_("       系统算出 %(found)s") % {"found": found})
            if not result.holds and result.unsaid:
                unsaid = "、".join(result.unsaid)
                line("       " + _("政策还看 %(facts)s，这条例子没有写") % {"facts": unsaid})
        held = sum(result.holds for result in results)
        line("-" * WIDTH)
        line(_("例子 %(n)d 条，符合 %(held)d 条") % {"n": len(results), "held": held})
        line(_("核对人：____________    复核人：____________    日期：____________"))
        if held == len(results):
            line(_("%(name)s：可以录入") % {"name": path.name})

    def _tier_line(self, tier):
        name = _("代缴专用") if tier["proxy_only"] else _("%(n)d 档") % {"n": tier["number"]}
        amount = f"{tier['amount']}"
        if tier["amount_to"] != tier["amount"]:
            amount += f"–{tier['amount_to']}"
        if tier["subsidy_rule_id"] is None:
            subsidy = _("按条件")
        else:
            subsidy = tier["subsidy_amount"] if tier["decided"] else _("未定")
        words = {"name": name, "amount": amount, "subsidy": subsidy}
        said = _("%(name)s  缴费 %(amount)s 元  补贴 %(subsidy)s") % words
        return f"{said}  {tier['condition_words'] or ''} {tier['subsidy_article'] or ''}".rstrip()


def _say(value):
    if isinstance(value, dict):
        return "，".join(f"{word} {_say(said)}" for word, said in value.items())
    if isinstance(value, list):
        return "、".join(map(str, value)) or _("没有")
    return str(value)
