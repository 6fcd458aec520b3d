"""A disk that is soon full: a small file system in memory where this user may mount one."""

import os
import resource
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import which
from typing import Protocol

from tests.e2e.processes import ServerProcess

_SIZE_MIB = 24
_BLOCK = bytes(4096)


class SmallDisk(Protocol):
    """Where the database lies while a process works on it."""

    def fill(self, process: ServerProcess) -> None:
        """Leave no room for what the process writes."""
        ...

    def free(self, process: ServerProcess) -> None:
        """Give the room back."""
        ...


class TmpfsDisk:
    """A file system of its own, filled by a file that nobody needs: the real thing."""

    def __init__(self, folder: Path) -> None:
        self._ballast = folder / "ballast"

    def fill(self, process: ServerProcess) -> None:
        """To the last block."""
        with self._ballast.open("ab", buffering=0) as ballast:
            try:
                while True:
                    ballast.write(_BLOCK)
            except OSError:
                return

    def free(self, process: ServerProcess) -> None:
        """By deleting what nobody needs."""
        self._ballast.unlink()


class LimitedFiles:
    """No disk, but the kernel lets the process make no file larger; for who may mount nothing."""

    def fill(self, process: ServerProcess) -> None:
        """No byte more than the smallest file of a database has."""
        _limit(process, 4096)

    def free(self, process: ServerProcess) -> None:
        """As large as it likes."""
        _limit(process, resource.RLIM_INFINITY)


def _limit(process: ServerProcess, size: int) -> None:
    _, hard = resource.prlimit(process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (size, hard))


def may_mount() -> bool:
    """Whether this user may mount file systems, as root may outside most containers."""
    return os.geteuid() == 0 and which("mount") is not None


@contextmanager
def tmpfs(folder: Path) -> Iterator[TmpfsDisk | None]:
    """A small file system mounted at the folder; None where that is refused."""
    mount = ["mount", "-t", "tmpfs", "-o", f"size={_SIZE_MIB}m", "earshot-test", str(folder)]
    if not may_mount() or subprocess.run(mount, check=False, capture_output=True).returncode:
        yield None
        return
    try:
        yield TmpfsDisk(folder)
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
