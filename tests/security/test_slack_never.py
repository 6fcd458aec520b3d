"""What never happens in Slack: nobody is answered who did not ask, and nobody reads along."""

import asyncio
import itertools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from adapters.slack.channel import SlackChannel
from bot.bootstrap.core import WORKSPACE, Models
from bot.domain.audience import Audience
from bot.domain.insight import Facets, InsightDraft
from bot.domain.people import ConversationKind
from bot.domain.taxonomy import KnowledgeType
from bot.errors import SendFailed, SendRefused
from bot.messages import Action, Button, Outgoing, Paragraph, Place, Reply, Span
from bot.ports import Classification, NoteContext
from tests.block_kit import FIXTURES
from tests.contract import channels
from tests.contract.channels import Playing, play
from tests.contract.drivers_slack import SlackDriver, slack_channel_and_api
from tests.fakes import FakeEmbedder, RecordingIntake
from tests.slack_api import BOT, BOT_USER, ApiCall, Failure, FakeSlackApi
from tests.stage import EnglishDetector
from tests.unit.slack.replies import FORM

ANNA, BEN, SALES = SlackDriver.ANNA, SlackDriver.BEN, SlackDriver.SALES
ANOTHER_BOT = "U0OTHERBOT"
READING = ("auth.test", "users.info", "conversations.info", "conversations.members")

PEOPLE = ("Pia", "Jonas", "the new buyer", "our contact", "Ms Okafor", "procurement", "their CTO")
THINGS = ("the audit export", "batch records", "pricing", "the Lyon site", "renewal", "training")
SAYINGS = (
    "Novara Pharma: {who} says that {what} comes too late",
    "does anybody know what {who} at Novara said of {what}?",
    "who decides at Novara on {what}?",
    "I told {who} that {what} ships in May, /note or not",
    "lunch? {who} is coming along, nothing to do with {what}",
    "earshot would like {what}, ask {who}",
    "@earshot {who} wants {what}",
    "<@U0BEN> did {who} call you because of {what}?",
    "help",
    "note: {who} cancelled {what} 😕",
    "😂 {who}!!! {what}???",
    "{who}: https://novara.example/{what}",
)


def unaddressed() -> Iterator[tuple[str, dict[str, Any]]]:
    """Five hundred messages to others: notes, questions, chatter, each in and outside a thread."""
    said = itertools.product(SAYINGS, PEOPLE, THINGS)
    for number, (saying, who, what) in enumerate(itertools.islice(said, 500)):
        thread = {"thread": "1794000000.000100"} if number % 3 == 0 else {}
        yield saying.format(who=who, what=what), thread


class KeenClassifier:
    """Finds something worth keeping in whatever begins with a customer's name."""

    def classify(self, text: str, context: NoteContext) -> Classification:
        draft = InsightDraft(text, Facets(KnowledgeType.FROM))
        return Classification((draft,) if text.startswith("Novara") else (), "fake/1")


@pytest.fixture
def playing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Playing]:
    quick = Models(KeenClassifier(), FakeEmbedder(), EnglishDetector())
    monkeypatch.setattr(channels, "models", lambda: quick)
    with play("slack", tmp_path) as playing:
        yield playing


@pytest.fixture
def driver(playing: Playing) -> SlackDriver:
    assert isinstance(playing.driver, SlackDriver)
    return playing.driver


def written(driver: SlackDriver) -> list[ApiCall]:
    """Everything that was called so far but for reading."""
    return [call for call in driver._api.calls if call.method not in READING]


@pytest.mark.slow
@pytest.mark.parametrize("listens", [False, True])
def test_of_five_hundred_messages_to_others_none_is_answered(
    playing: Playing, driver: SlackDriver, listens: bool
):
    """A bot that listens keeps what it hears, and still says nothing."""
    playing.store.directory.set_listening(WORKSPACE, SALES, listening=listens)

    for text, more in unaddressed():
        driver.post(text, author=ANNA, conversation=SALES, **more)

    kept = list(playing.store.notes.all(Audience.operator(WORKSPACE)))
    assert written(driver) == []
    assert bool(kept) == listens


def bots_events(bot: dict[str, Any], person: str) -> Iterator[dict[str, Any]]:
    """Everything that a bot could do, with the words that make us answer a person."""
    for text in (f"<@{BOT_USER}> who decides at Novara?", f"<@{BOT_USER}> Novara closes Lyon"):
        at = {"channel": SALES, "channel_type": "channel", "text": text, **bot}
        yield {"type": "message", "ts": "1795000000.000500", **at}
        yield {"type": "app_mention", "ts": "1795000000.000500", **at}
        yield {"type": "message", "ts": "1795000000.000600", "thread_ts": "1.2", **at}
        direct = {**at, "channel": SlackDriver.DIRECT, "channel_type": "im"}
        yield {"type": "message", "ts": "1795000000.000700", **direct}
        before = {**at, "type": "message", "ts": "1795000000.000500"}
        edited = {"user": bot.get("user", "B0OTHER"), "ts": "1795000000.000800"}
        yield {
            "type": "message",
            "subtype": "message_changed",
            "channel": SALES,
            "ts": "1795000000.000800",
            "message": {**before, "text": f"{text}!", "edited": edited},
            "previous_message": before,
        }
        yield {
            "type": "message",
            "subtype": "message_deleted",
            "channel": SALES,
            "ts": "1795000000.000900",
            "deleted_ts": "1795000000.000500",
            "previous_message": before,
        }
    for kind in ("reaction_added", "reaction_removed"):
        yield {
            "type": kind,
            "user": person,
            "reaction": "ear",
            "item": {"type": "message", "channel": SALES, "ts": "1795000000.000500"},
            "event_ts": "1795000000.000950",
        }


@pytest.mark.parametrize(
    ("bot", "person"),
    [
        ({"user": BOT_USER, "bot_id": BOT}, BOT_USER),
        ({"user": ANOTHER_BOT, "bot_id": "B0OTHER"}, ANOTHER_BOT),
        ({"bot_id": "B0OTHER", "subtype": "bot_message", "username": "Helper"}, ANOTHER_BOT),
        ({"user": "USLACKBOT"}, "USLACKBOT"),
    ],
    ids=["ourselves", "another app", "a webhook", "Slackbot"],
)
@pytest.mark.parametrize("listens", [False, True])
def test_no_bot_is_ever_answered(
    playing: Playing, driver: SlackDriver, bot: dict[str, Any], person: str, listens: bool
):
    """Two bots would talk for ever; nor is anything kept of what they say, edit or point at."""
    playing.store.directory.set_listening(WORKSPACE, SALES, listening=listens)
    driver._api.users[ANOTHER_BOT] = {"id": ANOTHER_BOT, "name": "helper", "is_bot": True}

    for event in bots_events(bot, person):
        driver.deliver(event)

    assert [call.method for call in written(driver)] == []
    assert list(playing.store.notes.all(Audience.operator(WORKSPACE))) == []


def test_no_bot_saves_what_a_person_wrote(playing: Playing, driver: SlackDriver):
    """A bot that marks every message with the emoji would keep everything that is said."""
    driver._api.users[ANOTHER_BOT] = {"id": ANOTHER_BOT, "name": "helper", "is_bot": True}
    driver._api.members[SALES].append(ANOTHER_BOT)
    said = driver.post("Novara Pharma closes its Lyon site", author=BEN, conversation=SALES)

    for bot in (ANOTHER_BOT, BOT_USER, "USLACKBOT"):
        driver.react(said, person=bot, conversation=SALES)

    assert list(playing.store.notes.all(Audience.operator(WORKSPACE))) == []
    assert [call.method for call in written(driver) if call.method.startswith("chat.")] == []


# --- one person's reply, whatever Slack answers -------------------------------------------------

ERRORS = json.loads((FIXTURES / "errors.json").read_text(encoding="utf-8"))
PRIVATE = Reply((Paragraph((Span("Only for Anna."),)),), (Button("Undo", Action.UNDO, "n1"),))
PLACES = (
    Place("slack", "main", SALES),
    Place("slack", "main", SALES, ConversationKind.PUBLIC, "1795000000.000100"),
    Place("slack", "main", "C0PRICING", ConversationKind.PRIVATE),
    Place("slack", "main", "G0GROUP", ConversationKind.PRIVATE),
    Place("slack", "main", "C0ELSEWHERE"),
)


@pytest.fixture(scope="module")
def slack() -> Iterator[tuple[SlackChannel, FakeSlackApi]]:
    channel, api = slack_channel_and_api(RecordingIntake())
    for room in ("C0PRICING", "G0GROUP"):
        api.conversations[room] = {"id": room, "is_private": True}
        api.members[room] = [ANNA, BEN, BOT_USER]
    yield channel, api
    api.close()


def failures(method: str) -> list[Failure]:
    return [
        *(Failure(code) for code in ERRORS[method]),
        Failure(status=429, headers={"Retry-After": "1"}),
        Failure(status=500),
        Failure(status=200, body="<html>"),
    ]


def reads_along(api: FakeSlackApi, call: ApiCall) -> bool:
    """Whether anybody but Anna could see what the call shows."""
    if call.method == "chat.postEphemeral":
        return bool(call.arguments["user"] != ANNA)
    if call.method in {"chat.postMessage", "chat.update", "files.completeUploadExternal"}:
        channel = call.arguments.get("channel") or call.arguments.get("channel_id")
        return channel != f"D{ANNA[1:]}"
    return call.method == "chat.unfurl"


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.conversation_id)
@pytest.mark.parametrize("failing", ["chat.postEphemeral", "conversations.open", "views.open"])
def test_one_persons_reply_is_never_shown_to_others(
    slack: tuple[SlackChannel, FakeSlackApi], place: Place, failing: str
):
    """However Slack fails: it reaches Anna alone, or nobody, and then it is tried again."""
    channel, api = slack
    reply = Reply(PRIVATE.blocks, PRIVATE.buttons, form=FORM if failing == "views.open" else None)
    for failure, replaces in itertools.product(failures(failing), [False, True]):
        before = len(api.calls)
        api.fail(failing, failure)
        outgoing = Outgoing(
            "o1",
            place,
            ANNA,
            Reply(reply.blocks, reply.buttons, form=reply.form, replaces_source=replaces),
            source_message_id="1795000000.000100",
            trigger=f"1795.{before}.x" if reply.form else None,
        )
        try:
            asyncio.run(channel.gateway.send(outgoing))
        except (SendFailed, SendRefused):
            pass
        finally:
            api._failures.clear()
        shown = [call for call in api.calls[before:] if reads_along(api, call)]
        assert shown == [], failure
