"""What a process of the product uses (Linux)."""

import os
import time
from pathlib import Path

from tests.e2e.processes import ServerProcess

_TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


def resident_mib(process: ServerProcess) -> float:
    """Memory that it holds now."""
    pages = Path(f"/proc/{process.pid}/statm").read_text(encoding="ascii").split()[1]
    return int(pages) * _PAGE_BYTES / 2**20


def idle_cpu(process: ServerProcess, seconds: float) -> float:
    """Percent of a core over so many seconds from now."""
    before = _cpu_s(process)
    time.sleep(seconds)
    return (_cpu_s(process) - before) / seconds * 100


def _cpu_s(process: ServerProcess) -> float:
    stat = Path(f"/proc/{process.pid}/stat").read_text(encoding="ascii")
    user, system = stat.rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / _TICKS_A_SECOND
