"""The command line: what each command says of itself, what it does, and how it fails."""

import io
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import pytest
import typer
from typer.core import TyperCommand, TyperGroup

from bot import __main__ as command_line
from bot.bootstrap import data
from bot.bootstrap.core import Models
from bot.bootstrap.terminal import chat
from bot.domain.insight import Facets, InsightDraft
from bot.domain.taxonomy import KnowledgeType
from bot.ports import AppInstallation, Classification, Grant, NoteContext
from bot.settings import Settings, make_key
from tests.fakes import MONDAY, FakeEmbedder
from tests.stage import EnglishDetector

LATE = "Novara says our deviation reports come too late"
CUSTOMERS_CSV = "name,aliases,owner,segment,industry,status,contacts\nNovara Pharma,Novara,,,,,\n"


def walk(group: TyperGroup, path: tuple[str, ...] = ()) -> Iterator[tuple[str, TyperCommand]]:
    """Every command that does something, by the words that run it."""
    for name, child in group.commands.items():
        if isinstance(child, TyperGroup):
            yield from walk(child, (*path, name))
        else:
            assert isinstance(child, TyperCommand)
            yield " ".join((*path, name)), child


PROGRAM = typer.main.get_command(command_line.app)
assert isinstance(PROGRAM, TyperGroup)
COMMANDS = dict(walk(PROGRAM))


@dataclass(frozen=True)
class Ran:
    """How a command ended, and what it said."""

    code: int | str | None
    out: str
    err: str


class Statements:
    """A classifier that takes every text for a statement of the customer."""

    def classify(self, text: str, context: NoteContext) -> Classification:
        draft = InsightDraft(text, Facets(KnowledgeType.FROM))
        return Classification((draft,), "fake/1")


MODELS = Models(Statements(), FakeEmbedder(), EnglishDetector())


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """No settings but a database that does not exist yet; logging is left as the tests have it."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'earshot.db'}")
    monkeypatch.setattr(command_line, "configure_logging", lambda: None)
    monkeypatch.setattr(command_line, "take_over_hooks", lambda: None)
    monkeypatch.setattr(data, "load_models", lambda _settings, **_more: MODELS)
    return tmp_path


def earshot(*words: str) -> Ran:
    """Run `earshot …` in this process."""
    out, err = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        patch.setattr(sys, "argv", ["earshot", *words])
        with pytest.raises(SystemExit) as end:
            command_line.main()
    return Ran(end.value.code, out.getvalue(), err.getvalue())


def talk(*lines: str) -> str:
    """Say something in the terminal; returns what was shown."""
    out = io.StringIO()
    chat(Settings(), "Anna", lines=lines, out=out, models=MODELS)
    return out.getvalue()


# --- help -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", COMMANDS)
def test_every_command_says_what_it_does_and_shows_how(words: str):
    """A sentence, and an example that runs this very command."""
    help_text = COMMANDS[words].help or ""
    sentence, _, example = help_text.partition("Example:")
    assert sentence.strip().endswith(".")
    assert f"earshot {words}" in example


@pytest.mark.parametrize("words", COMMANDS)
def test_every_option_says_what_it_is(words: str):
    """None is a riddle."""
    for parameter in COMMANDS[words].params:
        assert getattr(parameter, "help", None), parameter.name


def test_help_lists_every_command():
    """`python -m bot --help` is where a newcomer begins."""
    ran = subprocess.run(
        [sys.executable, "-m", "bot", "--help"], capture_output=True, text=True, check=True
    )
    listed = {line.strip(" │").partition(" ")[0] for line in ran.stdout.splitlines()}
    assert {words.partition(" ")[0] for words in COMMANDS} <= listed


# --- failing --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [
        ("export", "notes"),
        ("import", "customers", "customers.csv"),
        ("reclassify",),
        ("eval", "--corpus", "nowhere", "--out", "out"),
        ("eval", "--corpus", "nowhere", "--out", "out", "--model", "openai"),
        ("run", "--demo"),
    ],
    ids=" ".join,
)
def test_an_error_that_is_known_is_one_line_and_an_exit_code(
    environment: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
):
    """What went wrong and what to do, without a traceback."""
    monkeypatch.chdir(environment)
    ran = earshot(*words)
    assert ran.code == 1
    assert ran.out == ""
    assert len(ran.err.splitlines()) == 1
    assert ran.err.startswith("earshot: ")


def test_a_setting_that_is_wrong_is_named_by_every_command(
    environment: Path, monkeypatch: pytest.MonkeyPatch
):
    """With what is wrong about it, but not with what it is: it may be a secret."""
    monkeypatch.setenv("SLACK_BOT_TOKEN", "hunter2")
    ran = earshot("export", "notes")
    assert ran.code == 1
    assert "SLACK_BOT_TOKEN" in ran.err
    assert "hunter2" not in ran.err


def test_a_slip_on_the_command_line_is_told_from_a_failure(environment: Path):
    """Code 2, as everywhere."""
    assert earshot("export", "everything").code == 2


# --- a life ---------------------------------------------------------------------------------------


@pytest.fixture
def _migrated(environment: Path) -> None:
    assert earshot("migrate").out == "The database is up to date.\n"


@pytest.mark.usefixtures("_migrated")
def test_customers_are_imported_and_exported_again(environment: Path):
    """And what was exported can be imported, which changes nothing."""
    file = environment / "customers.csv"
    file.write_text(CUSTOMERS_CSV, encoding="utf-8")
    assert earshot("import", "customers", str(file)).out == "1 customers created, 0 updated.\n"

    exported = earshot("export", "customers", "--format", "csv").out
    file.write_text(exported, encoding="utf-8")
    assert earshot("import", "customers", str(file)).out == "0 customers created, 0 updated.\n"


@pytest.mark.usefixtures("_migrated")
def test_a_file_with_a_bad_row_changes_nothing(environment: Path):
    """The row is named by its line."""
    file = environment / "customers.csv"
    file.write_text(f"{CUSTOMERS_CSV},nameless,,,,,\n", encoding="utf-8")
    ran = earshot("import", "customers", str(file))
    assert ran.code == 1
    assert "line 3" in ran.err
    assert earshot("export", "customers").out == ""


@pytest.mark.usefixtures("environment")
def test_what_was_told_in_the_terminal_answers_and_is_exported():
    """The whole way: chat, then export as the operator."""
    shown = talk(f"{LATE}\n", "what of the deviation reports?\n")
    assert "Noted" in shown
    assert "[1] Anna" in shown

    (line,) = earshot("export", "notes").out.splitlines()
    assert json.loads(line)["text"] == LATE
    (insight,) = earshot("export", "insights").out.splitlines()
    assert json.loads(insight)["classified_by"] == "fake/1"


@pytest.mark.usefixtures("environment")
def test_figures_are_shown_as_a_table_or_as_an_object():
    """The operator's view of everything, without the words."""
    talk(f"{LATE}\n", "what of the deviation reports?\n")
    table = earshot("stats").out
    assert [line.split() for line in table.splitlines() if "questions" in line] == [
        ["questions", "asked", "1"]
    ]
    found = json.loads(earshot("stats", "--json").out)
    assert [one["classified_by"] for one in found["classifiers"]] == ["fake/1"]
    assert found["questions"] == {"asked": 1, "answered": 1, "abstained": 0}
    assert "deviation" not in table


@pytest.mark.usefixtures("environment")
def test_notes_are_read_again_when_wished():
    """The first choice has read them, so nothing is done without `--all`."""
    talk(f"{LATE}\n")
    assert earshot("reclassify").out == "0 of 1 notes were read again.\n"
    assert earshot("reclassify", "--all").out == "1 of 1 notes were read again.\n"


@pytest.mark.usefixtures("environment")
def test_a_retraining_needs_corrections(environment: Path):
    """It says how many there are, and writes nothing."""
    talk(f"{LATE}\n")
    ran = earshot("retrain", "--write", str(environment / "own.npz"))
    assert ran.code == 1
    assert "0 so far, 20 are needed" in ran.err
    assert not (environment / "own.npz").exists()


TEAM, OTHER_TEAM = "slack-T0ACME", "slack-T0BOLT"


@pytest.fixture
def _installed(_migrated: None) -> None:
    """Acme has the app; Bolt had it."""
    with data.opened_store(Settings()) as store:
        installations = store.installations([make_key()])
        for team_id, workspace in (("T0ACME", TEAM), ("T0BOLT", OTHER_TEAM)):
            installation = AppInstallation(team_id, "Acme", "U1", Grant("xoxb-secret"), MONDAY)
            installations.put(installation, workspace)
        installations.remove("T0BOLT")


@pytest.mark.usefixtures("_installed")
def test_the_workspaces_are_listed_without_a_token():
    """Also the one that is installed no more: what it kept is still there."""
    listed = earshot("workspaces").out
    assert [line.split()[0] for line in listed.splitlines()] == ["main", TEAM, OTHER_TEAM]
    assert "Acme, since 2026" in listed
    assert "not installed any more" in listed
    assert "xoxb" not in listed


@pytest.mark.usefixtures("_installed")
def test_what_is_imported_for_a_workspace_is_in_that_one_alone(environment: Path):
    """Every other one has its own customers."""
    file = environment / "customers.csv"
    file.write_text(CUSTOMERS_CSV, encoding="utf-8")
    assert earshot("import", "customers", str(file), "--workspace", TEAM).code == 0

    assert "Novara" in earshot("export", "customers", "--workspace", TEAM).out
    assert earshot("export", "customers", "--workspace", OTHER_TEAM).out == ""
    assert earshot("export", "customers").out == ""


@pytest.mark.usefixtures("_installed")
@pytest.mark.parametrize("words", [("export", "notes"), ("stats",), ("reclassify",), ("retrain",)])
def test_a_workspace_that_is_not_there_is_said_to_be(words: tuple[str, ...]):
    """A slip would else look like an empty one."""
    ran = earshot(*words, "--workspace", "slack-T0ACMEE")
    assert ran.code == 1
    assert "earshot workspaces" in ran.err


def test_a_key_is_made_that_the_settings_take(environment: Path, monkeypatch: pytest.MonkeyPatch):
    """Another one each time."""
    keys = {earshot("new-key").out.strip() for _ in range(2)}
    monkeypatch.setenv("EARSHOT_ENCRYPTION_KEY", ",".join(keys))
    assert set(Settings().encryption_keys) == keys
    assert len(keys) == 2


@pytest.mark.usefixtures("_migrated")
def test_migrating_twice_is_harmless():
    """An upgrade may run it each time."""
    assert earshot("migrate").code == 0
