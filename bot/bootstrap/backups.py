"""Backups of the database that the settings name, and the way back from one."""

from pathlib import Path

from bot.errors import BackupUnsupported, RestoreRefused
from bot.services.personal_data import masked
from bot.settings import Settings

_KEY_APART = (
    "EARSHOT_ENCRYPTION_KEY is not in it: without the key, every workspace has to install again."
)


def back_up(settings: Settings, path: Path) -> str:
    """Copy everything to a new file, while Earshot runs; says what is in it."""
    from knowledge_store import open_engine
    from knowledge_store.backups import back_up as copy_to

    _require_sqlite(settings)
    engine = open_engine(settings.database_url)
    try:
        backup = copy_to(engine, path.expanduser().absolute())
    finally:
        engine.dispose()
    size = f"{backup.size / 2**20:.1f} MiB"
    done = f"{backup.path}: {backup.notes} notes, {size}, checked and whole."
    return f"{done}\n{_KEY_APART}" if settings.encryption_keys else done


def restore(settings: Settings, path: Path, *, replace: bool) -> str:
    """Put a backup in the place of the database; says what is there now.

    What was erased since the backup was made is erased from it first. Until all is ready, the
    database stays as it is.
    """
    from adapters.jobs import DurableQueue, create_job_tables
    from adapters.system_clock import SystemClock
    from knowledge_store import migrate, open_engine, open_store
    from knowledge_store.backups import (
        check_backup,
        erased_here,
        holds_anything,
        replace_database,
        working_copy,
    )

    _require_sqlite(settings)
    backup = check_backup(path.expanduser().absolute())
    engine = open_engine(settings.database_url)
    if holds_anything(engine) and not replace:
        raise RestoreRefused("the database is not empty; with --replace all that it holds is lost")
    with working_copy(backup, Path(str(engine.url.database))) as copy:
        migrate(copy)
        create_job_tables(copy)
        store = open_store(copy, DurableQueue(copy), clock=SystemClock(), mask=masked)
        again = store.erasures.apply_tombstones(erased_here(engine))
        store.erasures.scrub(rewrite=not again.nothing)
        replace_database(engine, copy)
    erased = "" if again.nothing else "\nWhat was erased since then was erased again."
    return f"{backup.notes} notes were restored from {backup.path}.{erased}"


def _require_sqlite(settings: Settings) -> None:
    if not settings.database_url.startswith("sqlite"):
        raise BackupUnsupported
