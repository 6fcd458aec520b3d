"""The contract suite's hands in Teams: activities in, cards out."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from html import escape
from itertools import count
from typing import Any

from starlette.applications import Starlette
from starlette.testclient import TestClient

from adapters.teams.channel import TeamsChannel
from bot.ports import FormCheck, Intake, LookUp, Roster
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
_THUMBS = {"👍 Helpful": "like", "👎 Not helpful": "dislike"}
"""What Teams shows below a message that asks for feedback, by the names of other platforms."""


def teams_channel_and_connector(
    intake: Intake,
    look_up: Callable[[Roster], LookUp] | None = None,
    form_check: FormCheck | None = None,
) -> tuple[TeamsChannel, FakeConnector]:
    """A channel whose bot is installed where the suite's people are."""
    connector = FakeConnector()
    connector.people = dict(_NAMES)
    connector.directory_ids = {directory_id(person): person for person in _NAMES}
    connector.members = {
        TeamsDriver.SALES: (TeamsDriver.ANNA, TeamsDriver.BEN),
        TeamsDriver.DIRECT: (TeamsDriver.ANNA,),
    }
    connector.chats = {TeamsDriver.ANNA: TeamsDriver.DIRECT}
    connector.teams = {_TEAM: [{"id": TeamsDriver.SALES, "name": "Sales"}]}
    return teams_channel(intake, connector, look_up=look_up, form_check=form_check), connector


def directory_id(person: str) -> str:
    """What the tenant's directory calls a person, as messages that are passed on do."""
    return f"00000000-0000-0000-0000-{person.encode().hex()[-12:]:0>12}"


@dataclass(frozen=True)
class Dialog:
    """A dialog that is open, and the message whose button opened it."""

    card: Mapping[str, Any]
    conversation: str
    source: str


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
        self._seconds = count(1)
        self._posted: dict[str, dict[str, Any]] = {}
        self._seen = 0
        self._dialogs: list[Shown] = []

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
        self._delete_or_not("messageDelete", "softDeleteMessage", message_id, author, conversation)

    def _delete_or_not(
        self, kind: str, event: str, message_id: str, author: str, conversation: str
    ) -> None:
        activity = self._activity(
            kind, message_id, author, conversation, self._thread_of(message_id)
        )
        activity["channelData"]["eventType"] = event
        activity["timestamp"] = f"2026-11-09T07:00:0{next(self._seconds)}Z"
        self._deliver(activity)

    def bring_back(self, message_id: str, *, author: str, conversation: str) -> None:
        """The author takes a deletion back."""
        self._delete_or_not("messageUpdate", "undeleteMessage", message_id, author, conversation)

    def redeliver(self, message_id: str, *, times: int) -> None:
        """Teams has no event ids: a redelivery is the same activity under a new token."""
        for _ in range(times):
            self._deliver(self._posted[message_id])

    def post_as_bot(self, text: str, *, own: bool, conversation: str) -> None:
        sender = BOT_ID if own else "28:22222222-2222-2222-2222-222222222222"
        self.post(text, author=sender, conversation=conversation)

    def press(self, shown: Shown, label: str, *, person: str) -> None:
        if label in _THUMBS and not _has_button(shown, label):
            self.rate(shown, _THUMBS[label], "", person=person)
            return
        action = next(a for a in _sent(shown).actions if a["title"] == label)
        if action["type"] == "Action.Submit":
            self._open_dialog(shown, action, person)
        else:
            self._execute(shown, label, {}, person)

    def rate(self, shown: Shown, reaction: str, text: str, *, person: str) -> None:
        """A thumb, and what is written in the form that Teams shows then."""
        form = json.dumps({"feedbackText": text})
        answer = self.invoke(
            "message/submitAction",
            {"actionName": "feedback", "actionValue": {"reaction": reaction, "feedback": form}},
            person=person,
            conversation=shown.conversation,
            replyToId=_sent(shown).id,
            timestamp=f"2026-11-09T07:00:0{next(self._seconds)}Z",
        )
        assert answer == {}, "Teams shows an error for any other answer"

    def submit(self, shown: Shown, values: Mapping[str, tuple[str, ...]], *, person: str) -> None:
        inputs = _inputs(_card(shown))
        filled = {name: str(found.get("value") or "") for name, found in inputs.items()}
        for name in filled:
            chosen = values.get(name.partition(".")[2])
            if chosen is not None:
                filled[name] = ",".join(chosen)
        if isinstance(shown.handle, Dialog):
            self._submit_dialog(shown.handle, filled, person)
        else:
            self._execute(shown, _sent(shown).actions[0]["title"], filled, person)

    def shown(self) -> list[Shown]:
        new, self._seen = self._connector.sent[self._seen :], len(self._connector.sent)
        opened, self._dialogs = self._dialogs, []
        return [*opened, *(self._as_shown(sent) for sent in new)]

    def invoke(
        self, name: str, value: Mapping[str, Any], *, person: str, conversation: str, **more: Any
    ) -> Any:
        """Teams asks and waits; returns the answer's body."""
        activity = self._activity("invoke", f"f:{next(self._ids)}", person, conversation, None)
        return self._deliver({**activity, "name": name, "value": value, **more})

    def payload_of(self, message_id: str) -> dict[str, Any]:
        """A message that was posted, as Teams passes it on to an action."""
        posted = self._posted[message_id]
        author = {"userIdentityType": "aadUser", "id": directory_id(posted["from"]["id"])}
        return {
            "id": message_id,
            "createdDateTime": "2026-11-09T07:00:00.123Z",
            "deleted": False,
            "body": {"contentType": "html", "content": f"<div>{posted['text']}</div>"},
            "from": {"user": {**author, "displayName": posted["from"]["name"]}},
            "attachments": [],
            "mentions": [],
            "reactions": [],
        }

    def point_at(
        self, payload: Mapping[str, Any], *, person: str, conversation: str, text: str | None = None
    ) -> Any:
        """A person saves a message from its menu, as it is or with another text."""
        asked = {"commandId": "capture", "commandContext": "message", "messagePayload": payload}
        where = {"person": person, "conversation": conversation}
        opened = self.invoke("composeExtension/fetchTask", asked, **where)
        if opened["task"]["type"] != "continue":
            return opened
        card = opened["task"]["value"]["card"]["content"]
        held = card["body"][0]["value"] if text is None else text
        data = {**card["actions"][0]["data"], "text": held}
        return self.invoke("composeExtension/submitAction", {**asked, "data": data}, **where)

    def search(self, words: str, *, person: str, conversation: str) -> Any:
        """A person searches in the box that they write messages in."""
        parameters = [{"name": "words", "value": words}]
        value = {"commandId": "search", "parameters": parameters, "queryOptions": {"skip": 0}}
        found = self.invoke(
            "composeExtension/query", value, person=person, conversation=conversation
        )
        return found["composeExtension"]

    def _open_dialog(self, shown: Shown, action: Mapping[str, Any], person: str) -> None:
        opened_on = Dialog({}, shown.conversation, _sent(shown).id)
        self._show_dialog(self._ask("task/fetch", opened_on, action["data"], person), opened_on)

    def _submit_dialog(self, dialog: "Dialog", filled: Mapping[str, str], person: str) -> None:
        data = {**dialog.card["actions"][0]["data"], **filled}
        self._show_dialog(self._ask("task/submit", dialog, data, person), dialog)

    def _ask(self, name: str, on: "Dialog", data: Mapping[str, Any], person: str) -> Any:
        return self.invoke(
            name, {"data": data}, person=person, conversation=on.conversation, replyToId=on.source
        )

    def _show_dialog(self, answer: Any, on: "Dialog") -> None:
        if not answer:
            return
        task = answer["task"]
        card = task["value"]["card"]["content"] if task["type"] == "continue" else {}
        text = [task["value"]["title"], *_readable(card)] if card else [task["value"]]
        self._dialogs.append(
            Shown(
                text="\n".join(text).replace(_JOINER, ""),
                raw=json.dumps(answer),
                conversation=on.conversation,
                buttons=tuple(action["title"] for action in card.get("actions", ())),
                form=tuple(name.partition(".")[2] for name in _inputs(card)),
                handle=Dialog(card, on.conversation, on.source),
            )
        )

    def _execute(self, shown: Shown, label: str, filled: Mapping[str, str], person: str) -> None:
        action = next(a for a in _sent(shown).actions if a["title"] == label)
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

    def _deliver(self, activity: Mapping[str, Any]) -> Any:
        headers = {
            "Authorization": f"Bearer {self._connector.token()}",
            "Content-Type": "application/json; charset=utf-8",
        }
        answer = self._http.post("/api/messages", content=json.dumps(activity), headers=headers)
        assert answer.status_code == 200, answer.text
        self._run_work()
        return answer.json() if answer.content else None

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
            buttons=(
                *(action["title"] for action in sent.actions if "associatedInputs" in action),
                *(_THUMBS if "feedbackLoop" in sent.activity.get("channelData", {}) else ()),
            ),
            form=tuple(name.partition(".")[2] for name in _inputs(sent.card)),
            handle=sent,
        )


def _card(shown: Shown) -> Mapping[str, Any]:
    return shown.handle.card if isinstance(shown.handle, Dialog) else _sent(shown).card


def _has_button(shown: Shown, label: str) -> bool:
    return any(action["title"] == label for action in _card(shown).get("actions", ()))


def _sent(shown: Shown) -> Sent:
    assert isinstance(shown.handle, Sent)
    return shown.handle


def _readable(card: Mapping[str, Any]) -> Iterator[str]:
    for element in card.get("body", ()):
        for line in element.get("items", [element]):
            if line["type"] == "RichTextBlock":
                yield "".join(run["text"] for run in line["inlines"])


def _inputs(card: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    elements = card.get("body", ())
    return {each["id"]: each for each in elements if each["type"].startswith("Input.")}
