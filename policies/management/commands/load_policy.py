"""`load_policy FILE… [--publish]`: load policy files as drafts; publish them at first set-up.

The command may publish alone only where nothing has ever been published for that county,
scheme and year. Later versions are published by a second person in the portal.
"""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from pension_portal.refusals import Refusal
from policies.answers import undecided_proxies, undecided_subsidies
from policies.errors import PolicyFileFaulty
from policies.loading import load_policy, publish_policy
from policies.models import PolicyVersion


class Command(BaseCommand):
    help = "Load policy files; the same text twice loads nothing."

    def add_arguments(self, parser):
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument("--publish", action="store_true", help="publish at first set-up")

    def handle(self, *args, files, publish, **options):
        for path in files:
            if not path.is_file():
                raise CommandError(_("没有找到文件 %(path)s") % {"path": path})
            try:
                policy = self._load(path, publish)
            except PolicyFileFaulty as refusal:
                for fault in refusal.faults:
                    self.stderr.write(f"{path.name}: {fault}")
                raise CommandError(str(refusal)) from refusal
            except Refusal as refusal:
                raise CommandError(f"{path.name}: {refusal}") from refusal
            self.stdout.write(f"{path.name}: {policy} {policy.get_status_display()}")
            self._warn(policy)

    def _load(self, path, publish):
        policy = load_policy(path)
        if publish and policy.status == PolicyVersion.Status.DRAFT:
            policy = publish_policy(policy, by=None)
        return policy

    def _warn(self, policy):
        for tier in undecided_subsidies(policy):
            words = {"amount": tier["amount"], "article": tier["subsidy_article"]}
            self.stdout.write(
                _("  提醒：%(amount)s 元的补贴未定，按 0 列示（%(article)s）") % words
            )
        for rule in undecided_proxies(policy):
            words = {
                "identity": "、".join(map(str, rule.identity_words)),
                "article": rule.source_article,
            }
            self.stdout.write(_("  提醒：%(identity)s的代缴金额未定（%(article)s）") % words)
