"""The embedded servers: shared by everyone who needs them, stopped by the last one to leave.

Each test uses servers of its own, in processes of their own. A *user* here is a small program that
calls `ensure_servers()`, prints what it found, and waits until its standard input closes.
"""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import psutil
import psycopg2
import pytest
import redis

PROJECT = Path(__file__).resolve().parents[2]
USER = """
import json, os, sys
from pension_portal.servers import ensure_servers, servers_home
ensure_servers()
found = [os.environ["DATABASE_URL"], os.environ["REDIS_URL"], str(servers_home())]
print(json.dumps(found), flush=True)
sys.stdin.read()
"""
PATIENCE_SECONDS = 60


class User:
    """One process that uses the servers."""

    def __init__(self, var, **environment):
        inherited = {
            name: value
            for name, value in os.environ.items()
            if name not in {"DATABASE_URL", "REDIS_URL", "PORTAL_EMBEDDED"}
        }
        self.process = subprocess.Popen(
            [sys.executable, "-c", USER],
            cwd=PROJECT,
            env=inherited | {"PORTAL_VAR": str(var)} | environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
        )

    def servers(self):
        """Return (database, broker, home) once the servers answer."""
        line = self.process.stdout.readline()
        assert line, "the servers did not start"
        return json.loads(line)

    def leave(self):
        self.process.stdin.close()
        assert self.process.wait(PATIENCE_SECONDS) == 0

    def terminate(self):
        self.process.terminate()
        assert self.process.wait(PATIENCE_SECONDS) == 128 + signal.SIGTERM

    def kill(self):
        self.process.kill()
        self.process.wait()


@pytest.fixture(scope="module")
def var():
    """A folder with a space and Chinese in its name; made once, because that takes a second."""
    # Not pytest's own folder: for root that one is closed to the servers' account.
    parent = Path(tempfile.mkdtemp(prefix="portal servers "))
    parent.chmod(0o755)
    yield parent / "示样 var"
    shutil.rmtree(parent)


@pytest.fixture
def user(var):
    """Start users of the servers; whoever is left over at the end is killed and cleared away."""
    users = []

    def start(**environment):
        users.append(User(var, **environment))
        return users[-1]

    yield start
    left_over = [one for one in users if one.process.poll() is None]
    for one in left_over:
        one.kill()
    if left_over:
        last = User(var)
        last.servers()
        last.leave()


def answers(database, broker):
    """Return which of the two servers answer."""
    found = []
    with contextlib.suppress(psycopg2.OperationalError):
        psycopg2.connect(database, connect_timeout=3).close()
        found.append("database")
    with contextlib.suppress(redis.RedisError), redis.from_url(broker, retry=None) as client:
        client.ping()
        found.append("broker")
    return found


def postmaster(home):
    return int((Path(home) / "postgres/data/postmaster.pid").read_text().split()[0])


def test_two_starts_at_once_share_one_server_and_the_last_to_leave_stops_it(user):
    first, second = user(), user()
    database, broker, home = first.servers()

    assert second.servers() == [database, broker, home]

    first.leave()
    assert answers(database, broker) == ["database", "broker"]

    second.leave()
    assert answers(database, broker) == []


def test_a_terminated_user_leaves_in_order(user):
    only = user()
    database, broker, _home = only.servers()

    only.terminate()

    assert answers(database, broker) == []


def test_the_next_user_adopts_what_a_killed_one_started_and_stops_it(user):
    starter = user()
    database, broker, home = starter.servers()
    pid = postmaster(home)
    starter.kill()
    assert answers(database, broker) == ["database", "broker"]

    heir = user()

    assert heir.servers() == [database, broker, home]
    assert postmaster(home) == pid
    heir.leave()
    assert answers(database, broker) == []


def test_killed_servers_are_started_again_with_what_was_committed(user):
    first = user()
    database, broker, home = first.servers()
    with contextlib.closing(psycopg2.connect(database)) as connection:
        connection.cursor().execute("CREATE TABLE IF NOT EXISTS kept (word text)")
        connection.cursor().execute("INSERT INTO kept VALUES ('留下')")
        connection.commit()
    with redis.from_url(broker) as client:
        client.set("kept", "留下")
        client.waitaof(1, 0, 2000)
        valkey = client.info("server")["process_id"]
    os.kill(postmaster(home), signal.SIGKILL)
    os.kill(valkey, signal.SIGKILL)

    second = user()
    database, broker, _home = second.servers()

    with contextlib.closing(psycopg2.connect(database)) as connection:
        cursor = connection.cursor()
        cursor.execute("SELECT DISTINCT word FROM kept")
        assert cursor.fetchall() == [("留下",)]
    with redis.from_url(broker, decode_responses=True) as client:
        assert client.get("kept") == "留下"


def test_a_stale_claim_to_the_folder_is_cleared_away(user):
    """As after `kill -9` where nothing reaps: the pid of the dead server looks alive."""
    first = user()
    _database, _broker, home = first.servers()
    first.leave()
    claim = Path(home) / "postgres/data/postmaster.pid"
    claim.write_text(f"{os.getpid()}\n{claim.parent}\n", encoding="utf-8")
    os.chown(claim, claim.parent.stat().st_uid, claim.parent.stat().st_gid)

    second = user()

    database, broker, _home = second.servers()
    assert answers(database, broker) == ["database", "broker"]


def test_another_program_on_our_port_is_not_taken_for_our_server(user):
    first = user()
    database, broker, home = first.servers()
    first.leave()
    port = int((Path(home) / "postgres/port").read_text())
    squatter = subprocess.Popen(
        [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1"],
        stderr=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    try:
        while not psutil.Process(squatter.pid).net_connections():
            assert squatter.poll() is None

        second = user()

        moved, _broker, _home = second.servers()
        assert moved != database
        assert answers(moved, broker) == ["database", "broker"]
    finally:
        squatter.kill()
        squatter.wait()


@pytest.mark.parametrize("locale", ["zh_CN.GBK", "C"])
def test_the_locale_of_the_person_makes_no_difference(user, locale):
    one = user(LC_ALL=locale, LANG=locale)

    database, broker, _home = one.servers()

    assert answers(database, broker) == ["database", "broker"]
    with contextlib.closing(psycopg2.connect(database)) as connection:
        cursor = connection.cursor()
        cursor.execute("SHOW server_encoding")
        assert cursor.fetchone() == ("UTF8",)


def test_the_servers_listen_only_to_this_machine_and_ask_for_a_password(user):
    database, broker, home = user().servers()

    addresses = {
        connection.laddr.ip
        for pid in (postmaster(home), _pid_of_valkey(broker))
        for connection in psutil.Process(pid).net_connections("inet")
        if connection.status == psutil.CONN_LISTEN
    }

    assert addresses == {"127.0.0.1"}
    with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
        psycopg2.connect(database, password="guess")
    with pytest.raises(redis.AuthenticationError):
        redis.from_url(broker.replace("://:", "://:guess"), retry=None).ping()


def _pid_of_valkey(broker):
    with redis.from_url(broker) as client:
        return client.info("server")["process_id"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root hands over to another account")
def test_root_finds_room_where_the_servers_account_may_go():
    closed = Path(tempfile.mkdtemp(prefix="portal-closed-"))
    assert closed.stat().st_mode & 0o077 == 0

    one = User(closed / "var")
    database, broker, home = one.servers()
    try:
        assert Path(home).parent == Path("/var/lib/pension-portal")
        assert psutil.Process(postmaster(home)).username() == "nobody"
        assert answers(database, broker) == ["database", "broker"]
        assert closed.stat().st_mode & 0o077 == 0
        one.leave()
    finally:
        one.kill()
        shutil.rmtree(home)
        shutil.rmtree(closed)
