"""The commands that erase, keep for so long, and tell who saw what."""

from pathlib import Path

import pytest
from sqlalchemy import text

from knowledge_store import open_engine
from tests.unit.test_cli import earshot, environment, talk  # noqa: F401 - a fixture is one by name

LATE = "/note Novara says our deviation reports come too late"


@pytest.fixture
def told(environment: Path) -> Path:  # noqa: F811 - the fixture itself
    """Anna has told something of a customer, in the terminal."""
    assert earshot("migrate").code == 0
    file = environment / "customers.csv"
    file.write_text("name\nNovara Pharma\n", encoding="utf-8")
    assert earshot("import", "customers", str(file)).code == 0
    talk(LATE)
    assert "deviation" in earshot("export", "notes").out
    return environment


def traces(folder: Path, word: str) -> bool:
    return any(word.encode() in file.read_bytes() for file in folder.glob("earshot.db*"))


def test_a_dry_run_says_what_would_go_and_changes_nothing(told: Path):
    """By the whole name as by the id."""
    ran = earshot("forget", "person", "Anna", "--dry-run")
    assert ran.code == 0
    assert "1 notes" in ran.out
    assert "Nothing was changed." in ran.out
    assert "deviation" in earshot("export", "notes").out


def test_it_asks_before_it_erases(told: Path, monkeypatch: pytest.MonkeyPatch):
    """Without a yes nothing goes."""
    monkeypatch.setattr("typer.confirm", _never)
    assert earshot("forget", "person", "Anna").code == 1
    assert "deviation" in earshot("export", "notes").out


def _never(text: str, *, abort: bool) -> bool:
    import typer

    assert "Anna" in text
    assert abort
    raise typer.Abort


def test_a_person_is_erased_from_every_file(told: Path):
    """And the audit log tells so, in a chain that fits."""
    assert traces(told, "deviation")
    ran = earshot("forget", "person", "Anna", "--yes")
    assert ran.code == 0
    assert "Nothing of it is left" in ran.out
    assert not traces(told, "deviation")
    assert "erased\toperator\tperson:" in earshot("audit", "list").out
    verified = earshot("audit", "verify")
    assert verified.code == 0
    assert "entries fit" in verified.out


def test_a_customer_and_a_workspace_are_erased_by_name(told: Path):
    """Nobody has to look up an id."""
    assert earshot("forget", "customer", "novara pharma", "--yes").code == 0
    assert earshot("export", "customers").out == ""
    assert earshot("forget", "workspace", "main", "--yes").code == 0
    assert not traces(told, "Anna")


@pytest.mark.parametrize(
    "words", [("customer", "Nobody"), ("workspace", "slack-T0NOBODY"), ("everything", "x")]
)
def test_what_is_not_there_is_said_to_be(told: Path, words: tuple[str, str]):
    """And nothing goes."""
    assert earshot("forget", *words, "--yes").code in {1, 2}
    assert "deviation" in earshot("export", "notes").out


def test_an_export_is_told(told: Path):
    """It shows everything to whoever runs it."""
    assert "exported\toperator\tnotes" in earshot("audit", "list", "--person", "operator").out
    assert earshot("audit", "list", "--day", "2001-01-01").out == ""


def test_a_log_that_was_changed_ends_with_code_1(told: Path):
    """The command says at which entry."""
    engine = open_engine(f"sqlite:///{told / 'earshot.db'}")
    with engine.begin() as connection:
        connection.execute(text("DROP TRIGGER audit_log_no_update"))
        connection.execute(text("UPDATE audit_log SET actor_id = 'x' WHERE position = 1"))
    engine.dispose()
    ran = earshot("audit", "verify")
    assert ran.code == 1
    assert "BROKEN at entry 1" in ran.out


def test_retention_is_said_tried_set_and_ended(told: Path):
    """What is of today stays, however it is set."""
    assert earshot("retention").out == "Everything is kept.\n"
    assert "Nothing was changed." in earshot("retention", "--days", "1").out
    assert earshot("retention").out == "Everything is kept.\n"
    assert earshot("retention", "--days", "1", "--apply").code == 0
    assert "after 1 days" in earshot("retention").out
    assert "deviation" in earshot("export", "notes").out
    assert earshot("retention", "--keep").code == 0
    assert earshot("retention").out == "Everything is kept.\n"


def test_what_goes_to_a_model_is_shown_and_decided(environment: Path):  # noqa: F811 - as above
    """By the environment, until an operator decides for the workspace."""
    assert earshot("migrate").code == 0
    assert earshot("settings").out.strip() == "model use: redacted, by EARSHOT_MODEL_USE"
    changed = earshot("settings", "--model-use", "off")
    assert changed.out.strip() == "model use: off, decided for this workspace"
    assert "settings_changed\toperator\tmodel use off" in earshot("audit", "list").out
    assert earshot("settings", "--workspace", "slack-T9").code == 1
    assert earshot("settings", "--model-use", "some").code == 2
