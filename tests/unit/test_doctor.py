"""`earshot doctor` looks at each thing on its own and says what to do."""

from pathlib import Path

import pytest

from adapters.local_model import weights_files
from adapters.local_model.classifier import MODEL_FILE as NOTE_ENCODER
from adapters.local_model.embedder import MODEL_FILE as SEARCH_ENCODER
from adapters.local_model.judge import MODEL_FILE as JUDGE_ENCODER
from bot.bootstrap.doctor import Finding, examine
from bot.bootstrap.server import migrate
from bot.settings import Settings
from tests.openai_server import OpenAiServer, completion, embeddings, failure


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def migrated(tmp_path: Path) -> Settings:
    settings = Settings(database_url=f"sqlite:///{tmp_path / 'e.db'}")
    migrate(settings)
    return settings


def found(settings: Settings, subject: str) -> Finding:
    [finding] = [finding for finding in examine(settings) if finding.subject == subject]
    return finding


def test_a_new_installation_is_fine_once_migrated(migrated: Settings) -> None:
    """Without any setting everything runs locally, and nothing is amiss."""
    assert [finding for finding in examine(migrated) if not finding.is_fine] == []


def test_a_database_that_was_never_migrated_is_told_how(tmp_path: Path) -> None:
    """Both the store's tables and the engine's are missing; one command makes both."""
    settings = Settings(database_url=f"sqlite:///{tmp_path / 'e.db'}")
    for subject in "database", "engine":
        finding = found(settings, subject)
        assert not finding.is_fine
        assert finding.said.startswith("Run `earshot migrate`")


def test_a_database_that_cannot_be_opened_does_not_hide_the_rest(tmp_path: Path) -> None:
    """What needs no database is looked at all the same."""
    (tmp_path / "file").touch()
    settings = Settings(database_url=f"sqlite:///{tmp_path / 'file' / 'e.db'}")
    assert not found(settings, "database").is_fine
    assert found(settings, "local models").is_fine


@pytest.mark.parametrize("name", [NOTE_ENCODER, SEARCH_ENCODER, JUDGE_ENCODER])
def test_damaged_weights_are_found(
    migrated: Settings, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Whether they read notes, search them, or judge what was found."""
    pinned = weights_files.pinned_sha256
    monkeypatch.setattr(
        weights_files, "pinned_sha256", lambda one: "0" * 64 if one == name else pinned(one)
    )
    finding = found(migrated, "local models")
    assert not finding.is_fine
    assert f"{name} is damaged" in finding.said


def with_server(settings: Settings, server: OpenAiServer, embedding_model: str) -> Settings:
    return Settings(
        database_url=settings.database_url,
        openai_api_key="sk-test",
        openai_base_url=server.url,
        earshot_embedding_model=embedding_model,
    )


def test_a_remote_embedding_model_is_asked(migrated: Settings) -> None:
    """It is another model than the one that writes, and may be missing where that is there."""
    with OpenAiServer(completion({"ready": True}), embeddings([0.6, 0.8])) as server:
        settings = with_server(migrated, server, "small")
        finding = found(settings, "embedding model")
        assert finding == Finding("embedding model", True, "openai/small answers")
        assert [request.path.rsplit("/", 1)[1] for request in server.received] == [
            "completions",
            "embeddings",
        ]


def test_a_missing_embedding_model_is_told(migrated: Settings) -> None:
    """The language model beside it is still fine."""
    with OpenAiServer(completion({"ready": True}), failure(404)) as server:
        findings = {f.subject: f for f in examine(with_server(migrated, server, "missing"))}
    assert findings["language model"].is_fine
    assert not findings["embedding model"].is_fine
    assert "no such model" in findings["embedding model"].said


def test_the_local_embedding_model_costs_no_call(migrated: Settings) -> None:
    """Only the language model is asked."""
    with OpenAiServer(completion({"ready": True})) as server:
        assert found(with_server(migrated, server, "local"), "embedding model").said == "local"
        assert len(server.received) == 1


def test_a_channel_that_refuses_us_is_one_finding_among_the_others(
    migrated: Settings, tmp_path: Path
) -> None:
    """Its error becomes a finding; the store that it was given is closed again."""
    settings = Settings(
        database_url=migrated.database_url,
        slack_bot_token="xoxb-test",
        slack_signing_secret="s",
        slack_api_base_url="http://127.0.0.1:9/",
    )
    assert not found(settings, "slack").is_fine
    assert found(settings, "database").is_fine
    assert not list(tmp_path.glob("e.db-wal")), "the last connection to close removes it"
