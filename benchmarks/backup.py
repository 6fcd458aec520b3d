"""How long a backup takes and a restore: `python -m benchmarks.backup [--insights N]`.

A made-up company on SQLite; `earshot backup`, a database that is lost, `earshot restore`, and a
look whether all came back. The floor is a plain copy of the same file, flushed to the disk.
"""

import argparse
import os
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from sqlalchemy import text

from adapters.jobs import create_job_tables
from benchmarks.bulk_load import fill
from benchmarks.made_up_company import Company
from bot.bootstrap.backups import back_up, restore
from bot.settings import Settings
from knowledge_store import migrate, open_engine
from knowledge_store.tables import Base

_Result = TypeVar("_Result")


def measure(folder: Path, insights: int) -> None:
    """Print a line for each step."""
    os.environ["DATABASE_URL"] = url = f"sqlite:///{folder / 'earshot.db'}"
    settings = Settings()
    engine = open_engine(url)
    migrate(engine)
    create_job_tables(engine)
    fill(engine, Company(insights))
    engine.dispose()
    before = _counts(url)
    _timed("plain copy, flushed", lambda: _copy(folder / "earshot.db", folder / "plain.db"))
    print(_timed("earshot backup", lambda: back_up(settings, folder / "copy.db")))
    for lost in folder.glob("earshot.db*"):
        lost.unlink()
    print(_timed("earshot restore", lambda: restore(settings, folder / "copy.db", replace=False)))
    print("every table has as many rows as before:", _counts(url) == before)
    print(f"load of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


def _timed(what: str, step: Callable[[], _Result]) -> _Result:
    began = time.perf_counter()
    result = step()
    print(f"{what}: {time.perf_counter() - began:.1f} s", flush=True)
    return result


def _copy(source: Path, target: Path) -> None:
    shutil.copyfile(source, target)
    with target.open("rb") as copied:
        os.fsync(copied.fileno())


def _counts(url: str) -> dict[str, int]:
    engine = open_engine(url)
    with engine.connect() as connection:
        counts = {
            name: int(connection.execute(text(f"SELECT count(*) FROM {name}")).scalar_one())
            for name in Base.metadata.tables
        }
    engine.dispose()
    return counts


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--insights", type=int, default=100_000)
    insights = parser.parse_args().insights
    with tempfile.TemporaryDirectory() as folder:
        measure(Path(folder), insights)


if __name__ == "__main__":
    main()
