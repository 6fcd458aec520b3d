"""Plays the playground page: what its script does, through the same HTTP interface."""

import asyncio
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from starlette.testclient import TestClient

from adapters.web.app import create_app
from adapters.web.metrics import Metrics
from adapters.web.playground.channel import PlaygroundChannel
from bot.domain.people import ConversationKind
from bot.messages import Outgoing, Paragraph, Place, Reply, Span, Visibility
from tests.contract.channel_driver import Shown

API = "/playground/api"


def page_client(channel: PlaygroundChannel) -> TestClient:
    """A browser on this machine that has the page open."""
    app = create_app(channel.routes, readiness=dict, metrics=Metrics())
    headers = {"X-Earshot-Playground": "1"}
    return TestClient(app, base_url="http://localhost", headers=headers)


class PlaygroundDriver:
    """`tests.contract.channel_driver.ChannelDriver` on the page.

    `run_work` does all work that is due. There is no other bot on the page: a bot's message is
    always the product's own.
    """

    ANNA = "anna"
    BEN = "ben"
    SALES = "sales"
    DIRECT = "dm-anna"

    def __init__(self, channel: PlaygroundChannel, run_work: Callable[[], None]) -> None:
        asyncio.run(channel.start())
        self._channel = channel
        self._run_work = run_work
        self._page = page_client(channel)
        self._sent: dict[str, tuple[str, dict[str, object]]] = {}
        self._known: set[tuple[str, int]] = set()

    def post(
        self,
        text: str,
        *,
        author: str,
        conversation: str,
        thread: str | None = None,
        mention: bool = False,
    ) -> str:
        """Returns the message's id; an empty one where the page refuses an empty message."""
        body: dict[str, object] = {
            "person": author,
            "text": text,
            "thread": thread,
            "mention": mention,
            "client_key": uuid.uuid4().hex,
        }
        if not text.strip() and not mention:
            refused = self._page.post(f"{API}/conversations/{conversation}/messages", json=body)
            assert refused.status_code == 400, refused.text
            return ""
        message_id = self._call("POST", f"/conversations/{conversation}/messages", body)["id"]
        self._sent[message_id] = (conversation, body)
        return str(message_id)

    def command(self, name: str, text: str, *, author: str, conversation: str) -> None:
        body = {"person": author, "text": f"/{name} {text}"}
        self._call("POST", f"/conversations/{conversation}/messages", body)

    def edit(self, message_id: str, text: str, *, author: str, conversation: str) -> None:
        path = f"/conversations/{conversation}/messages/{message_id}"
        self._call("PATCH", path, {"person": author, "text": text})

    def delete(self, message_id: str, *, author: str, conversation: str) -> None:
        path = f"/conversations/{conversation}/messages/{message_id}"
        self._call("DELETE", path, {"person": author})

    def redeliver(self, message_id: str, *, times: int) -> None:
        """The page sends the same message again, as it does when an answer was lost."""
        conversation, body = self._sent[message_id]
        for _ in range(times):
            again = self._call("POST", f"/conversations/{conversation}/messages", body)
            assert again["id"] == message_id

    def post_as_bot(self, text: str, *, own: bool, conversation: str) -> None:
        """The bot's own message stands on the page like any other; nobody hands it over."""
        view = self._view(self.ANNA, conversation)
        workspace = view["person"]["workspace"]
        kind = ConversationKind(view["conversation"]["kind"])
        outgoing = Outgoing(
            id=uuid.uuid4().hex,
            place=Place(self._channel.name, workspace, conversation, kind),
            person_id=self.ANNA,
            reply=Reply((Paragraph((Span(text),)),), visibility=Visibility.CONVERSATION),
        )
        message_id = asyncio.run(self._send(outgoing))
        self._known.add((str(message_id), 1))  # it answers nobody, so it is not what was shown
        self._run_work()

    def press(self, shown: Shown, label: str, *, person: str) -> None:
        button = shown.buttons.index(label)
        body = {"person": person, "button": button, "press_id": uuid.uuid4().hex}
        path = f"/conversations/{shown.conversation}/messages/{shown.handle}/press"
        self._call("POST", path, body)

    def submit(self, shown: Shown, values: Mapping[str, tuple[str, ...]], *, person: str) -> None:
        view = self._view(person, shown.conversation)
        message = next(m for m in view["messages"] if m["id"] == shown.handle)
        filled = {f["name"]: f["value"] for f in message["reply"]["form"]["fields"]}
        filled |= {name: list(chosen) for name, chosen in values.items()}
        body = {"person": person, "fields": filled, "press_id": uuid.uuid4().hex}
        path = f"/conversations/{shown.conversation}/messages/{shown.handle}/submission"
        self._call("POST", path, body)

    def shown(self) -> list[Shown]:
        found: dict[tuple[str, int], Shown] = {}
        for person in (self.ANNA, self.BEN):
            for conversation in self._view(person, None)["conversations"]:
                view = self._view(person, conversation["id"])
                for message in view["messages"]:
                    key = (message["id"], message["version"])
                    if message["by_bot"] and message["reply"] and key not in self._known:
                        found[key] = _shown(message, conversation, person)
        self._known |= found.keys()
        return [found[key] for key in sorted(found)]

    async def _send(self, outgoing: Outgoing) -> str | None:
        return await self._channel.gateway.send(outgoing)

    def _view(self, person: str, conversation: str | None) -> dict[str, Any]:
        query = {"person": person} | ({"conversation": conversation} if conversation else {})
        answer = self._page.get(f"{API}/view", params=query)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def _call(self, method: str, path: str, body: Mapping[str, object]) -> dict[str, Any]:
        answer = self._page.request(method, API + path, json=dict(body))
        assert answer.status_code == 200, answer.text
        self._run_work()
        return dict(answer.json())


def _shown(message: dict[str, Any], conversation: dict[str, Any], person: str) -> Shown:
    reply = message["reply"]
    form = reply["form"]
    is_one_to_one = message["only_you"] or conversation["kind"] == "direct"
    return Shown(
        text=message["text"],
        raw=str(message),
        conversation=conversation["id"],
        thread=message["thread_id"],
        to_person=person if is_one_to_one else None,
        buttons=tuple(button["label"] for button in reply["buttons"]),
        form=tuple(field["name"] for field in form["fields"]) if form else (),
        handle=message["id"],
    )
