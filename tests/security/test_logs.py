"""Whatever fails, the log says where and never what people wrote, nor a secret."""

import io
import json
import logging
from collections.abc import Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from adapters.web.app import create_app
from adapters.web.metrics import Metrics
from bot.bootstrap.core import Models, build_deliveries
from bot.errors import SendFailed, SendRefused, StoreUnavailable
from bot.logs import configure_logging
from bot.messages import Incoming, Outgoing, WayIn
from bot.ports import Classification, NoteContext
from bot.services.answer_writing import AnswerWriter
from bot.services.model_classification import FallbackClassifier, ModelClassifier
from tests.contract.drivers_slack import SECRET, signed_headers, slack_channel_and_api
from tests.fakes import FakeEmbedder, FakeLanguageModel, RecordingIntake
from tests.slack_api import TEAM
from tests.stage import ANNA, CHANNEL, SALES, EnglishDetector, Stage, raise_curtain
from tests.teams_connector import FakeConnector, claims, sign, teams_channel
from tests.unit.teams.activities import said

CANARY = "kanari4711"


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What the product would print, with every library as loud as it likes to be."""
    out, root = io.StringIO(), logging.getLogger()
    before = root.handlers[:], root.level
    configure_logging(out)
    yield out
    root.handlers[:], root.level = before
    printed = out.getvalue()
    assert CANARY not in printed
    assert SECRET not in printed


class Broken:
    """A classifier that fails with the note's own words in its error."""

    def classify(self, text: str, context: NoteContext) -> Classification:
        raise ValueError(f"cannot read {text}")


@pytest.fixture
def broken(tmp_path: Path) -> Stage:
    models = Models(Broken(), FakeEmbedder(), EnglishDetector())
    return raise_curtain(tmp_path, models=models)


def test_a_classifier_that_crashes(broken: Stage, log: io.StringIO) -> None:
    """The note is kept, the error is named by its kind."""
    broken.say(ANNA, f"Novara wants {CANARY}")
    assert "ValueError" in log.getvalue()
    assert [CANARY in record.note.text for record in broken.notes()] == [True]


def test_a_classifier_that_crashes_on_what_was_overheard(broken: Stage, log: io.StringIO) -> None:
    """It waits in the inbox."""
    with pytest.raises(ValueError, match="cannot read"):
        broken.say(ANNA, f"Novara {CANARY}", way_in=WayIn.LISTENED, where=SALES)
    assert "ValueError" in log.getvalue()


@pytest.mark.parametrize("text", [f"what of {CANARY}?", f"Novara wants {CANARY}"])
def test_a_database_that_is_gone(tmp_path: Path, log: io.StringIO, text: str) -> None:
    """Its own words may be told, the note's may not."""
    stage = raise_curtain(tmp_path)
    with stage.store.engine.begin() as connection:
        for table in ("insights", "notes", "questions"):
            connection.exec_driver_sql(f"ALTER TABLE {table} RENAME TO {table}_gone")
    with pytest.raises(StoreUnavailable) as caught:
        stage.say(ANNA, text)
    logging.getLogger("bot").error("as a command would tell it: %s", caught.value)
    logging.getLogger("bot").error("with its cause", exc_info=caught.value)


class Refusing:
    """A way out that fails with the reply in its error."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def send(self, outgoing: Outgoing) -> Coroutine[Any, Any, str | None]:
        raise self._error


@pytest.mark.parametrize("kind", [SendFailed, SendRefused, RuntimeError])
def test_a_reply_that_cannot_be_sent(
    tmp_path: Path, log: io.StringIO, kind: type[Exception]
) -> None:
    """Told by its id; an error that is none of ours is raised, for the engine to name."""
    stage = raise_curtain(tmp_path)
    message = stage.message(ANNA, f"Novara wants {CANARY}")
    assert stage.store.inbox.accept(message)
    error = kind(CANARY) if kind is RuntimeError else kind("channel_not_found")
    deliveries = build_deliveries(
        stage.store, stage.handler, {CHANNEL: Refusing(error)}, lambda c: None
    )
    for name, subject in list(stage.store.waiting()):
        assert name == "handle"
        deliveries.handle(subject)
    for name, subject in list(stage.store.waiting()):
        assert name == "send"
        try:
            deliveries.send(subject)
        except (SendFailed, RuntimeError):
            logging.getLogger("bot").exception("the engine's last resort")


def test_a_model_that_answers_nonsense(tmp_path: Path, log: io.StringIO) -> None:
    """Sentences that are left out, and answers off the schema, are not told either."""
    model = FakeLanguageModel(
        {"insights": [{"statement": CANARY, "knowledge_type": "x", "process_stage": CANARY}]},
        {"nothing_known": False, "sentences": [{"text": f"{CANARY} 4712", "citations": [1]}]},
    )
    models = Models(ModelClassifier(model), FakeEmbedder(), EnglishDetector(), AnswerWriter(model))
    stage = raise_curtain(tmp_path, models=models)
    stage.say(ANNA, f"Novara wants {CANARY}", way_in=WayIn.NOTE_COMMAND)
    stage.ask(ANNA, f"Novara wants {CANARY}?")


def test_a_fallback(tmp_path: Path, log: io.StringIO) -> None:
    """Why the second classifier had to read is told without the note."""
    first = ModelClassifier(FakeLanguageModel())
    models = Models(FallbackClassifier(first, Broken()), FakeEmbedder(), EnglishDetector())
    stage = raise_curtain(tmp_path, models=models)
    stage.say(ANNA, f"Novara wants {CANARY}")


class Failing(RecordingIntake):
    """An intake that fails with what it was given."""

    def __init__(self, error: type[Exception]) -> None:
        super().__init__()
        self._error = error

    def take(self, incoming: Incoming) -> bool:
        raise self._error(CANARY if self._error is ValueError else "disk full")


EVENT = {
    "type": "event_callback",
    "team_id": TEAM,
    "event_id": "Ev1",
    "event_time": 1,
    "event": {
        "type": "message",
        "channel": "D1",
        "channel_type": "im",
        "user": "U1",
        "text": CANARY,
        "ts": "1.1",
    },
}


@pytest.mark.parametrize("error", [ValueError, StoreUnavailable])
@pytest.mark.parametrize(
    "body", [json.dumps(EVENT).encode(), CANARY.encode(), b'{"' + CANARY.encode()]
)
def test_a_slack_request_that_fails(log: io.StringIO, error: type[Exception], body: bytes) -> None:
    """Broken, unsigned or not to be stored."""
    channel, api = slack_channel_and_api(Failing(error))
    try:
        app = create_app(channel.routes, readiness=dict, metrics=Metrics())
        client = TestClient(app, raise_server_exceptions=False)
        for seal in (signed_headers(body), {}):
            headers = {**seal, "content-type": "application/json"}
            answer = client.post("/slack/events", content=body, headers=headers)
            assert CANARY not in answer.text
    finally:
        api.close()


@pytest.mark.parametrize("error", [ValueError, StoreUnavailable])
@pytest.mark.parametrize(
    "body", [json.dumps(said(CANARY)), CANARY, json.dumps(said(CANARY, channelId=CANARY)),
             json.dumps(said(CANARY, **{"from": CANARY}))]
)  # fmt: skip
def test_a_teams_request_that_fails(log: io.StringIO, error: type[Exception], body: str) -> None:
    """Broken, for somebody else or not to be stored; its token is not told either."""
    connector = FakeConnector()
    channel = teams_channel(Failing(error), connector)
    app = create_app(channel.routes, readiness=dict, metrics=Metrics())
    client = TestClient(app, raise_server_exceptions=False)
    token = sign(claims())
    for authorization in (f"Bearer {token}", f"Bearer {token}x", CANARY):
        headers = {"Authorization": authorization, "Content-Type": "application/json"}
        answer = client.post("/api/messages", content=body, headers=headers)
        assert CANARY not in answer.text
        assert "Traceback" not in answer.text
    channel.gateway.close()
    assert token[-40:] not in log.getvalue()


def test_figures_hold_no_words() -> None:
    """Not even a path that a stranger made up."""
    metrics = Metrics()
    app = create_app([], readiness=dict, metrics=metrics)
    client = TestClient(app, raise_server_exceptions=False)
    client.request(CANARY.upper(), f"/{CANARY}?{CANARY}", headers={"X": CANARY})
    assert CANARY not in metrics.exposition().decode().lower()
