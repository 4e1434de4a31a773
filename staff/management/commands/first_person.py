"""Make a county and its first security administrator, once, before anybody can sign in."""

from django.core.management import BaseCommand, CommandError
from django.db import ProgrammingError
from django.utils.translation import gettext as _

from pension_portal.refusals import Refusal
from staff.first_person import let_first_person_in


class Command(BaseCommand):
    help = "Make a county and its first security administrator; the password is shown once."

    def add_arguments(self, parser):
        parser.add_argument("county_code", metavar="COUNTY_CODE")
        parser.add_argument("county_name", metavar="COUNTY_NAME")
        parser.add_argument("username", metavar="USERNAME")
        parser.add_argument("name", metavar="NAME")

    def handle(self, *args, county_code, county_name, username, name, **options):
        try:
            staff, password = let_first_person_in(county_code, county_name, username, name)
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        except ProgrammingError as error:
            words = _("数据库还没有建好。先运行 manage.py migrate（或 make serve），再运行本命令")
            raise CommandError(words) from error
        words = _("用户名 %(username)s，临时密码 %(password)s（只显示这一次，登录后须改）")
        self.stdout.write(words % {"username": staff.username, "password": password})
