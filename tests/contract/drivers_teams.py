"""The contract suite's hands in Teams: activities in, cards out."""

import json
from collections.abc import Callable, Iterator, Mapping
from html import escape
from itertools import count
from typing import Any

from starlette.applications import Starlette
from starlette.testclient import TestClient

from adapters.teams.channel import TeamsChannel
from bot.ports import Intake
from tests.contract.channel_driver import Shown
from tests.teams_connector import (
    BOT_ID,
    SERVICE_URL,
    TENANT_ID,
    FakeConnector,
    Sent,
    teams_channel,
)

_NAMES = {"29:anna": "Anna Berg", "29:ben": "Ben Ode"}
_MENTION = "<at>Earshot</at>"
_JOINER = "\u2060"
_TEAM = "19:team@thread.tacv2"


def teams_channel_and_connector(intake: Intake) -> tuple[TeamsChannel, FakeConnector]:
    """A channel whose bot is installed where the suite's people are."""
    connector = FakeConnector()
    connector.people = dict(_NAMES)
    connector.members = {
        TeamsDriver.SALES: (TeamsDriver.ANNA, TeamsDriver.BEN),
        TeamsDriver.DIRECT: (TeamsDriver.ANNA,),
    }
    connector.chats = {TeamsDriver.ANNA: TeamsDriver.DIRECT}
    connector.teams = {_TEAM: [{"id": TeamsDriver.SALES, "name": "Sales"}]}
    return teams_channel(intake, connector), connector


class TeamsDriver:
    """Plays Teams' clients and service; see `ChannelDriver`."""

    ANNA = "29:anna"
    BEN = "29:ben"
    SALES = "19:sales@thread.tacv2"
    DIRECT = "a:anna-and-the-bot"

    def __init__(
        self, channel: TeamsChannel, connector: FakeConnector, run_work: Callable[[], None]
    ) -> None:
        self._http = TestClient(Starlette(routes=channel.routes))
        self._connector = connector
        self._run_work = run_work
        self._ids = count(1_795_364_138_000)
        self._posted: dict[str, dict[str, Any]] = {}
        self._seen = 0

    def post(
        self,
        text: str,
        *,
        author: str,
        conversation: str,
        thread: str | None = None,
        mention: bool = False,
    ) -> str:
        message_id = str(next(self._ids))
        activity = self._activity("message", message_id, author, conversation, thread)
        activity |= self._written(text, mention=mention)
        self._posted[message_id] = activity
        self._deliver(activity)
        return message_id

    def command(self, name: str, text: str, *, author: str, conversation: str) -> None:
        self.post(
            f"{name} {text}",
            author=author,
            conversation=conversation,
            mention=conversation != self.DIRECT,
        )

    def edit(self, message_id: str, text: str, *, author: str, conversation: str) -> None:
        thread = self._thread_of(message_id)
        activity = self._activity("messageUpdate", message_id, author, conversation, thread)
        mention = _MENTION in self._posted[message_id].get("text", "")
        activity |= self._written(text, mention=mention)
        activity["channelData"]["eventType"] = "editMessage"
        self._deliver(activity)

    def delete(self, message_id: str, *, author: str, conversation: str) -> None:
        thread = self._thread_of(message_id)
        activity = self._activity("messageDelete", message_id, author, conversation, thread)
        activity["channelData"]["eventType"] = "softDeleteMessage"
        self._deliver(activity)

    def redeliver(self, message_id: str, *, times: int) -> None:
        """Teams has no event ids: a redelivery is the same activity under a new token."""
        for _ in range(times):
            self._deliver(self._posted[message_id])

    def post_as_bot(self, text: str, *, own: bool, conversation: str) -> None:
        sender = BOT_ID if own else "28:22222222-2222-2222-2222-222222222222"
        self.post(text, author=sender, conversation=conversation)

    def press(self, shown: Shown, label: str, *, person: str) -> None:
        self._execute(shown, label, {}, person)

    def submit(self, shown: Shown, values: Mapping[str, tuple[str, ...]], *, person: str) -> None:
        inputs = _inputs(_sent(shown).card)
        filled = {name: str(found.get("value") or "") for name, found in inputs.items()}
        for name in filled:
            chosen = values.get(name.partition(".")[2])
            if chosen is not None:
                filled[name] = ",".join(chosen)
        self._execute(shown, _sent(shown).card["actions"][0]["title"], filled, person)

    def shown(self) -> list[Shown]:
        new, self._seen = self._connector.sent[self._seen :], len(self._connector.sent)
        return [self._as_shown(sent) for sent in new]

    def _execute(self, shown: Shown, label: str, filled: Mapping[str, str], person: str) -> None:
        action = next(a for a in _sent(shown).card["actions"] if a["title"] == label)
        activity = self._activity(
            "invoke", f"f:{next(self._ids)}", person, shown.conversation, shown.thread
        )
        executed = {**action, "data": {**action["data"], **filled}}
        activity |= {
            "name": "adaptiveCard/action",
            "replyToId": _sent(shown).id,
            "value": {"action": executed, "trigger": "manual"},
        }
        self._deliver(activity)

    def _deliver(self, activity: Mapping[str, Any]) -> None:
        headers = {
            "Authorization": f"Bearer {self._connector.token()}",
            "Content-Type": "application/json; charset=utf-8",
        }
        answer = self._http.post("/api/messages", content=json.dumps(activity), headers=headers)
        assert answer.status_code == 200, answer.text
        self._run_work()

    def _activity(
        self, kind: str, message_id: str, author: str, conversation: str, thread: str | None
    ) -> dict[str, Any]:
        is_direct = conversation.startswith("a:")
        in_thread = f"{conversation};messageid={thread or message_id}"
        return {
            "type": kind,
            "id": message_id,
            "timestamp": "2026-11-09T07:00:00.123Z",
            "localTimestamp": "2026-11-09T09:00:00.123+02:00",
            "channelId": "msteams",
            "serviceUrl": SERVICE_URL,
            "from": {"id": author, "name": _NAMES.get(author, "A bot")},
            "recipient": {"id": BOT_ID, "name": "Earshot"},
            "conversation": {
                "id": conversation if is_direct else in_thread,
                "conversationType": "personal" if is_direct else "channel",
                "isGroup": not is_direct,
                "tenantId": TENANT_ID,
            },
            "channelData": {"tenant": {"id": TENANT_ID}}
            | ({} if is_direct else {"team": {"id": _TEAM}, "channel": {"id": conversation}}),
        }

    def _written(self, text: str, *, mention: bool) -> dict[str, Any]:
        encoded = escape(text, quote=False)
        if not mention:
            return {"text": encoded, "textFormat": "plain"}
        entity = {"type": "mention", "text": _MENTION, "mentioned": {"id": BOT_ID}}
        return {"text": f"{_MENTION}&nbsp;{encoded}", "entities": [entity]}

    def _thread_of(self, message_id: str) -> str | None:
        root: str = self._posted[message_id]["conversation"]["id"].partition(";messageid=")[2]
        return root or None

    def _as_shown(self, sent: Sent) -> Shown:
        conversation, _, thread = sent.conversation_id.partition(";messageid=")
        chats = {chat: person for person, chat in self._connector.chats.items()}
        return Shown(
            text="\n".join(_readable(sent.card)).replace(_JOINER, ""),
            raw=sent.raw,
            conversation=conversation,
            thread=thread or None,
            to_person=chats.get(conversation),
            buttons=tuple(
                action["title"] for action in sent.card["actions"] if "associatedInputs" in action
            ),
            form=tuple(name.partition(".")[2] for name in _inputs(sent.card)),
            handle=sent,
        )


def _sent(shown: Shown) -> Sent:
    assert isinstance(shown.handle, Sent)
    return shown.handle


def _readable(card: Mapping[str, Any]) -> Iterator[str]:
    for element in card["body"]:
        for line in element.get("items", [element]):
            if line["type"] == "RichTextBlock":
                yield "".join(run["text"] for run in line["inlines"])


def _inputs(card: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    return {each["id"]: each for each in card["body"] if each["type"].startswith("Input.")}
