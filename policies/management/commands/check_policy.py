"""`check_policy FILE…`: say every fault of policy files, with line, field, reason and remedy."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from policies.checking import check_file


class Command(BaseCommand):
    help = "Check policy files without loading them."

    def add_arguments(self, parser):
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")

    def handle(self, *args, files, **options):
        faulty = 0
        for path in files:
            if not path.is_file():
                raise CommandError(_("没有找到文件 %(path)s") % {"path": path})
            faults = check_file(path)
            faulty += bool(faults)
            for fault in faults:
                self.stdout.write(f"{path.name}: {fault}")
            if not faults:
                self.stdout.write(_("%(name)s：可以录入") % {"name": path.name})
        if faulty:
            raise CommandError(_("%(n)d 份文件要改") % {"n": faulty})
