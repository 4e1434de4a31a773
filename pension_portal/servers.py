"""The PostgreSQL and the Valkey that come with the portal, for machines that have neither.

Every process that calls `ensure_servers()` is a *user* and holds a shared lock on `users.lock`
for as long as it lives. Whoever leaves last can take that lock alone, and stops both servers.
The kernel drops the lock of a killed process, so nothing has to be cleaned up after a crash:
the next process finds the servers running, uses them, and stops them when it leaves.

A second lock, `start.lock`, is held only while starting or leaving, so that several starts at
once share one server and nobody stops what another is about to use.
"""

import atexit
import fcntl
import hashlib
import json
import os
import secrets
import signal
import sys
import threading
from contextlib import contextmanager
from pathlib import Path

from pension_portal.embedded_account import ServerAccount, can_be_entered
from pension_portal.embedded_postgres import EmbeddedPostgres
from pension_portal.embedded_valkey import EmbeddedValkey

PROJECT = Path(__file__).resolve().parent.parent
# Tells child processes which of the servers are embedded, so that they become users too.
EMBEDDED = "PORTAL_EMBEDDED"
VARIABLES = {"postgres": "DATABASE_URL", "valkey": "REDIS_URL"}
# For root, when the project lies where the servers' account may not go.
SYSTEM_HOME = Path("/var/lib/pension-portal")

_users_lock = None


def portal_var():
    """Return the folder for everything the portal writes: PORTAL_VAR, or var/ in the project."""
    return Path(os.environ.get("PORTAL_VAR") or PROJECT / "var").resolve()


def ensure_servers():
    """Make sure DATABASE_URL and REDIS_URL lead to running servers; start our own where unset.

    May be called again, by any number of processes at once.
    """
    already = set(filter(None, os.environ.get(EMBEDDED, "").split(",")))
    wanted = already | {name for name, url in VARIABLES.items() if not os.environ.get(url)}
    if not wanted:
        return
    home = servers_home()
    with _alone(home):
        _become_user(home)
        servers = _servers(home)
        for name in sorted(wanted):
            servers[name].ensure_running()
            if not os.environ.get(VARIABLES[name]):
                os.environ[VARIABLES[name]] = servers[name].url
    os.environ[EMBEDDED] = ",".join(sorted(wanted))


def stop_servers():
    """Stop both servers, whoever may still be using them."""
    home = servers_home()
    with _alone(home):
        _stop(home)


def servers_home():
    """Return the folder the servers live in, made when it is missing."""
    home = portal_var() / "servers"
    home.mkdir(parents=True, exist_ok=True)
    if os.geteuid() != 0:
        return home
    if not can_be_entered(home):
        home = SYSTEM_HOME / hashlib.sha256(os.fsencode(home)).hexdigest()[:12]
        home.mkdir(parents=True, exist_ok=True)
        SYSTEM_HOME.chmod(0o755)
    # Whatever root's umask: the servers' account must get through to its own folders.
    home.chmod(0o755)
    return home


def _servers(home):
    account = ServerAccount(home)
    passwords = _passwords(home / "passwords.json")
    return {
        "postgres": EmbeddedPostgres(home / "postgres", passwords, account),
        "valkey": EmbeddedValkey(home / "valkey", passwords, account),
    }


def _passwords(path):
    if not path.exists():
        made = {name: secrets.token_hex(24) for name in ("superuser", "owner", "valkey")}
        draft = path.with_suffix(".draft")
        draft.unlink(missing_ok=True)
        draft.touch(mode=0o600)
        draft.write_text(json.dumps(made), encoding="ascii")
        draft.replace(path)
    return json.loads(path.read_text(encoding="ascii"))


@contextmanager
def _alone(home):
    """Hold the lock under which servers are started and stopped."""
    descriptor = _open_lock(home / "start.lock")
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _open_lock(path):
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except PermissionError:
        sys.exit(
            f"{path} belongs to another account. Run the portal as the account that first ran it "
            "here, or set PORTAL_VAR to a folder of your own."
        )


def _become_user(home):
    """Hold the users' lock until this process ends; taken once per process."""
    global _users_lock
    if _users_lock is not None:
        return
    _users_lock = _open_lock(home / "users.lock")
    fcntl.flock(_users_lock, fcntl.LOCK_SH)
    atexit.register(_leave, home, os.getpid())
    if (
        threading.current_thread() is threading.main_thread()
        and signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
    ):
        # The default ends a process without running what is registered for its exit.
        signal.signal(signal.SIGTERM, _exit_in_order)


def _exit_in_order(number, frame):
    raise SystemExit(128 + number)


def _leave(home, pid):
    """Stop being a user; the last one stops the servers."""
    if os.getpid() != pid or not home.exists():
        # A forked child inherits both the lock and this function, but not the duty.
        return
    with _alone(home):
        try:
            fcntl.flock(_users_lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(_users_lock)
            return
        _stop(home)


def _stop(home):
    for server in _servers(home).values():
        server.stop()


if __name__ == "__main__":
    stop_servers()
