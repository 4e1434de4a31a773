"""`manage.py demo`: make the made-up county, open the portal on it, and say who can sign in."""

import os
import subprocess
import sys
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

from oversight.demo_county import PASSWORD, PEOPLE, fill_demo_county, is_filled

TENTH, WHOLE = "0.1", "1"


class Command(BaseCommand):
    help = "Fill a made-up county (a tenth of the real size) and open the portal on it."

    def add_arguments(self, parser):
        parser.add_argument(
            "--whole", action="store_true", help="260,000 people instead of a tenth"
        )
        parser.add_argument("--fill-only", action="store_true", help="do not open the portal")

    def handle(self, *args, whole, fill_only, **options):
        call_command("migrate", verbosity=0)
        folder = settings.VAR / "demo"
        if is_filled():
            self.say("演示县已在库中")
        else:
            self.say("生成演示县的文件")
            scale = WHOLE if whole else TENTH
            subprocess.run(
                [sys.executable, "-m", "demo", "--out", str(folder), "--scale", scale],
                check=True,
                cwd=settings.BASE_DIR,
            )
            fill_demo_county(folder, say=self.say)
        self.tell_who_can_sign_in(folder)
        if not fill_only:
            # The sign-in page of a demo offers its accounts.
            os.environ["PORTAL_DEMO_PASSWORD"] = PASSWORD
            call_command("serve")

    def say(self, words):
        self.stdout.write(f"  {words} …")
        self.stdout.flush()

    def tell_who_can_sign_in(self, folder):
        """Print a sign-in for each duty and the file that waits to be uploaded."""
        self.stdout.write("\n登录名（密码都是 " + PASSWORD + "）：")
        for kind, username, name, _length in PEOPLE:
            self.stdout.write(f"  {username:<10} {kind.label} {name}")
        waiting = next((folder / "next").glob("*"), None)
        if waiting:
            self.stdout.write(f"\n待上传的缴费文件：{_short(waiting)}")
            self.stdout.write("以 shuju 登录，打开「缴费对账」，上传它，再看「征缴进度」。\n")


def _short(path):
    return os.path.relpath(Path(path))
