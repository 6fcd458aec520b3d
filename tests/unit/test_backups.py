"""A backup is whole, is made while others write, and puts back everything but what was erased."""

import os
import stat
import threading
from pathlib import Path

import pytest
from alembic import command

from adapters.jobs import DurableQueue, create_job_tables
from bot.bootstrap.backups import back_up, restore
from bot.domain.audit import OPERATOR as THE_OPERATOR
from bot.domain.erasure import ErasureKind, ErasureTarget
from bot.errors import BackupUnsupported, BackupUnusable, FileNotWritten, RestoreRefused
from bot.messages import IncomingMessage, Place, WayIn
from bot.ports import AppInstallation, Grant
from bot.services.personal_data import masked
from bot.settings import Settings, make_key
from knowledge_store import Store, migrate, open_engine, open_store
from knowledge_store.schema import alembic_config, writing_connection
from tests.contract.stores import OPERATOR, W, key, note
from tests.fakes import MONDAY, FakeClock

CANARY = "quillfeather"
PLACE = Place("slack", W, "C1")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """With a database, and no other setting."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'earshot.db'}")
    return tmp_path


@pytest.fixture
def settings(folder: Path) -> Settings:
    return Settings()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


class Database:
    """The database that the settings name, opened for a while."""

    def __init__(self, settings: Settings, clock: FakeClock) -> None:
        self._url = settings.database_url
        self._clock = clock

    def __enter__(self) -> Store:
        engine = open_engine(self._url)
        migrate(engine)
        create_job_tables(engine)
        self._store = open_store(engine, DurableQueue(engine), clock=self._clock, mask=masked)
        return self._store

    def __exit__(self, *_: object) -> None:
        self._store.close()


@pytest.fixture
def database(settings: Settings, clock: FakeClock) -> Database:
    return Database(settings, clock)


def texts(store: Store) -> list[str]:
    return sorted(record.note.text for record in store.notes.all(OPERATOR))


def kept(store: Store, *numbers: int) -> None:
    for number in numbers:
        store.notes.save(note(f"Novara wants report {number}", at=key(str(number))))


def rows(store: Store, query: str) -> list[tuple[object, ...]]:
    with store.engine.connect() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(query)]


def in_files(folder: Path, word: str) -> list[str]:
    return [one.name for one in folder.iterdir() if word.encode() in one.read_bytes()]


def test_everything_comes_back(settings: Settings, database: Database, folder: Path) -> None:
    """Knowledge, work that waits with its jobs, and what is found by search."""
    with database as store:
        kept(store, 1, 2)
        waiting = IncomingMessage(PLACE, "9", "anna", "Novara", MONDAY, WayIn.MENTION)
        assert store.inbox.accept(waiting)
        jobs = rows(store, "SELECT workflow_uuid, status FROM workflow_status")
        said = back_up(settings, folder / "copy.db")
        kept(store, 3)
    assert "2 notes" in said

    restore(settings, folder / "copy.db", replace=True)

    with database as store:
        assert texts(store) == ["Novara wants report 1", "Novara wants report 2"]
        assert len(store.inbox.waiting()) == 1
        assert rows(store, "SELECT workflow_uuid, status FROM workflow_status") == jobs
        found = "SELECT count(*) FROM insight_words WHERE insight_words MATCH 'report'"
        assert rows(store, found) == [(2,)]


def test_it_goes_into_a_new_database(
    settings: Settings, database: Database, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on a new machine; nothing but the database lies there in the end."""
    with database as store:
        kept(store, 1)
        back_up(settings, folder / "copy.db")
    (elsewhere := folder / "elsewhere").mkdir()
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{elsewhere / 'earshot.db'}")

    said = restore(Settings(), folder / "copy.db", replace=False)

    assert said.startswith("1 notes were restored")
    assert {one.name for one in elsewhere.iterdir()} == {"earshot.db"}
    assert stat.S_IMODE((elsewhere / "earshot.db").stat().st_mode) == 0o600


def test_it_is_made_whole_while_others_write(
    settings: Settings, database: Database, folder: Path
) -> None:
    """Of one moment: each delivery in it has its job."""
    stop, begun = threading.Event(), threading.Event()

    def write(store: Store) -> None:
        for number in range(100_000):
            kept(store, number)
            store.inbox.accept(
                IncomingMessage(PLACE, str(number), "anna", "Novara", MONDAY, WayIn.MENTION)
            )
            begun.set()
            if stop.is_set():
                return

    with database as store:
        writer = threading.Thread(target=write, args=(store,))
        writer.start()
        try:
            assert begun.wait(10)
            for number in range(5):
                back_up(settings, folder / f"copy-{number}.db")
        finally:
            stop.set()
            writer.join()

    restore(settings, folder / "copy-4.db", replace=True)
    with database as store:
        deliveries = rows(store, "SELECT id FROM deliveries ORDER BY id")
        jobs = rows(store, "SELECT substr(workflow_uuid, 8, 32) FROM workflow_status ORDER BY 1")
    assert deliveries == jobs != []


def test_only_its_owner_may_read_it(settings: Settings, database: Database, folder: Path) -> None:
    """Whatever the shell's umask is; and no half of one is left."""
    before = os.umask(0)
    try:
        with database:
            back_up(settings, folder / "copy.db")
    finally:
        os.umask(before)
    assert stat.S_IMODE((folder / "copy.db").stat().st_mode) == 0o600
    assert not list(folder.glob("*.part"))


def test_a_file_that_is_there_is_not_overwritten(
    settings: Settings, database: Database, folder: Path
) -> None:
    """It may be the last backup."""
    (folder / "copy.db").write_text("the last backup")
    with database, pytest.raises(FileNotWritten, match="is there already"):
        back_up(settings, folder / "copy.db")
    assert (folder / "copy.db").read_text() == "the last backup"


def test_tokens_in_it_stay_encrypted_and_the_key_is_not_in_it(
    database: Database, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Which is said, since without the key they are worth nothing."""
    secret = make_key()
    monkeypatch.setenv("EARSHOT_ENCRYPTION_KEY", secret)
    with database as store:
        acme = AppInstallation("T1", "Acme", "U0BOT", Grant("xoxb-secret"), installed_at=MONDAY)
        store.installations([secret]).put(acme, W)
        said = back_up(Settings(), folder / "copy.db")

    assert "EARSHOT_ENCRYPTION_KEY is not in it" in said
    assert in_files(folder, "xoxb-secret") == []
    assert in_files(folder, secret) == []
    restore(Settings(), folder / "copy.db", replace=True)
    with database as store:
        assert [one.grant for one in store.installations([secret]).all()] == [acme.grant]


def test_what_was_deleted_before_is_not_in_it(
    settings: Settings, database: Database, folder: Path
) -> None:
    """Nor on a page that is free again."""
    with database as store:
        with store.engine.begin() as connection:
            connection.exec_driver_sql("PRAGMA secure_delete = OFF")
            connection.exec_driver_sql("CREATE TABLE scraps (words TEXT)")
            connection.exec_driver_sql(f"INSERT INTO scraps VALUES ('{CANARY}')")
            connection.exec_driver_sql("DROP TABLE scraps")
        back_up(settings, folder / "copy.db")
    assert "copy.db" not in in_files(folder, CANARY)


class TestRefusing:
    def test_on_a_server_its_own_programs_are_named(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Without asking it anything."""
        monkeypatch.setenv("DATABASE_URL", "postgresql+psycopg://nobody@/nowhere")
        for refused in (
            lambda: back_up(Settings(), folder / "copy.db"),
            lambda: restore(Settings(), folder / "copy.db", replace=True),
        ):
            with pytest.raises(BackupUnsupported, match="pg_dump"):
                refused()

    def test_a_database_that_holds_something_is_kept(
        self, settings: Settings, database: Database, folder: Path
    ) -> None:
        """Unless told otherwise."""
        with database as store:
            kept(store, 1)
            back_up(settings, folder / "copy.db")
            kept(store, 2)
        with pytest.raises(RestoreRefused, match="--replace"):
            restore(settings, folder / "copy.db", replace=False)
        with database as store:
            assert len(texts(store)) == 2

    def test_a_database_that_is_in_use_is_kept(
        self, settings: Settings, database: Database, folder: Path
    ) -> None:
        """Even by somebody who does nothing with it just now."""
        with database as store:
            kept(store, 1)
            back_up(settings, folder / "copy.db")
            kept(store, 2)
            with pytest.raises(RestoreRefused, match="others have the database open"):
                restore(settings, folder / "copy.db", replace=True)
            assert len(texts(store)) == 2
        assert not list(folder.glob("*.restoring*"))

    @pytest.mark.parametrize("content", [b"", b"no database", b"SQLite format 3\0" + bytes(4096)])
    def test_what_is_no_backup_is_refused(
        self, settings: Settings, folder: Path, content: bytes
    ) -> None:
        """Before anything is changed."""
        (folder / "copy.db").write_bytes(content)
        with pytest.raises(BackupUnusable):
            restore(settings, folder / "copy.db", replace=True)

    def test_a_damaged_backup_is_refused(
        self, settings: Settings, database: Database, folder: Path
    ) -> None:
        """Also where the damage is in the middle of somebody's note."""
        with database as store:
            kept(store, *range(50))
            back_up(settings, folder / "copy.db")
        content = bytearray((folder / "copy.db").read_bytes())
        for page in range(8192, len(content) - 4096, 4096):
            content[page : page + 8] = b"\xff" * 8
        (folder / "copy.db").write_bytes(content)
        with pytest.raises(BackupUnusable, match="damaged"):
            restore(settings, folder / "copy.db", replace=True)

    def test_a_backup_of_a_newer_version_is_refused(
        self, settings: Settings, database: Database, folder: Path
    ) -> None:
        """This version would not understand it."""
        with database as store:
            with store.engine.begin() as connection:
                connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
            back_up_anyway = folder / "copy.db"
            with store.engine.connect() as connection:
                connection.exec_driver_sql(f"VACUUM INTO '{back_up_anyway}'")
        with pytest.raises(BackupUnusable, match="newer"):
            restore(settings, folder / "copy.db", replace=True)


def test_an_older_backup_is_brought_up_to_date(
    settings: Settings, database: Database, folder: Path
) -> None:
    """So that one from before an upgrade is of use."""
    with database as store:
        kept(store, 1)
        with writing_connection(store.engine) as connection:
            command.downgrade(alembic_config(connection), "0009")
        back_up(settings, folder / "copy.db")

    restore(settings, folder / "copy.db", replace=True)

    with database as store:
        assert texts(store) == ["Novara wants report 1"]
        kept(store, 2)


class TestErased:
    @pytest.fixture
    def erased(
        self, settings: Settings, database: Database, folder: Path, clock: FakeClock
    ) -> Path:
        """A backup with notes of a person who has been forgotten since."""
        with database as store:
            store.notes.save(note(f"Novara has a {CANARY} plan", at=key("1"), author_id="ben"))
            kept(store, 2)
            back_up(settings, folder / "copy.db")
            clock.advance(days=1)
            target = ErasureTarget(ErasureKind.PERSON, W, "ben")
            store.erasures.erase(target, by=THE_OPERATOR)
            assert store.erasures.scrub()
        return folder / "copy.db"

    def test_what_was_erased_since_then_stays_erased(
        self, erased: Path, settings: Settings, database: Database, folder: Path
    ) -> None:
        """In every file of the database."""
        said = restore(settings, erased, replace=True)

        assert "erased again" in said
        assert in_files(folder, CANARY) == [erased.name]
        with database as store:
            assert texts(store) == ["Novara wants report 2"]

    def test_also_where_the_database_is_lost_and_the_file_of_erasures_is_not(
        self, erased: Path, settings: Settings, folder: Path
    ) -> None:
        """A disk is replaced, and what lay beside the database is put there first."""
        for one in folder.iterdir():
            if one != erased and one.suffix != ".erasures":
                one.unlink()

        restore(settings, erased, replace=False)

        assert in_files(folder, CANARY) == [erased.name]
