"""The contract suite's hands in Slack: signed requests in, Web API calls out."""

import json
import time
from collections.abc import Callable, Mapping
from itertools import count
from typing import Any
from urllib.parse import urlencode

import httpx2
from starlette.applications import Starlette

from adapters.slack.channel import SlackChannel
from adapters.slack.config import SlackConfig
from adapters.slack.pacing import Pace
from adapters.slack.signature import sign
from adapters.slack.text import decode, escape
from bot.ports import CustomerOffers, FormCheck, Intake, Roster
from tests.contract.channel_driver import Shown
from tests.slack_api import BOT, BOT_TOKEN, BOT_USER, TEAM, ApiCall, FakeSlackApi, LoopThread

PUBLIC_URL = "https://earshot.example.com"
SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
_FEEDBACK_SIDES = ("positive_button", "negative_button")
_SHOWING = ("chat.postMessage", "chat.postEphemeral", "chat.update", "views.open")


def slack_channel_and_api(
    intake: Intake,
    *,
    offers: Callable[[Roster], CustomerOffers] | None = None,
    form_check: FormCheck | None = None,
) -> tuple[SlackChannel, FakeSlackApi]:
    """A started channel in the suite's workspace. `api.close()` stops both."""
    api = FakeSlackApi(LoopThread())
    _furnish(api)
    config = SlackConfig(
        BOT_TOKEN,
        signing_secret=SECRET,
        api_base_url=api.base_url,
        pace=Pace(interval_s=0, factor=1000),
        public_url=PUBLIC_URL,
    )
    channel = SlackChannel(config, intake, offers=offers, form_check=form_check)
    api.loop.run(channel.start())
    api.at_close(channel.stop)
    return channel, api


def _furnish(api: FakeSlackApi) -> None:
    sales, direct = SlackDriver.SALES, SlackDriver.DIRECT
    anna, ben = SlackDriver.ANNA, SlackDriver.BEN
    api.conversations = {
        sales: {"id": sales, "name": "sales", "is_channel": True, "is_private": False},
        direct: {"id": direct, "is_im": True, "user": anna},
    }
    api.members = {sales: [anna, ben, BOT_USER], direct: [anna, BOT_USER]}
    api.users = {
        anna: {"id": anna, "name": "anna", "profile": {"display_name": "Anna Berg"}},
        ben: {"id": ben, "name": "ben", "profile": {"display_name": "Ben Ode"}},
        BOT_USER: {"id": BOT_USER, "name": "earshot", "is_bot": True},
    }


class SlackDriver:
    """Plays Slack's clients and servers; see `ChannelDriver`."""

    ANNA = "U0ANNA"
    BEN = "U0BEN"
    SALES = "C0SALES"
    DIRECT = "D0ANNA"

    def __init__(
        self, channel: SlackChannel, api: FakeSlackApi, run_work: Callable[[], None]
    ) -> None:
        self._app = Starlette(routes=channel.routes)
        self._api = api
        self._run_work = run_work
        self._events = count(1)
        self._messages: dict[str, dict[str, Any]] = {}
        self._pressed: dict[str, tuple[str, str, str]] = {}
        self._seen = len(api.calls)
        self.field_errors: dict[str, str] = {}

    # --- what people do -------------------------------------------------------------------------

    def post(
        self,
        text: str,
        *,
        author: str,
        conversation: str,
        thread: str | None = None,
        mention: bool = False,
        **more: Any,
    ) -> str:
        typed = escape(text)
        message = {
            "type": "message",
            "channel": conversation,
            "channel_type": _channel_type(conversation),
            "user": author,
            "team": TEAM,
            "ts": self._api.next_ts(),
            "text": f"<@{BOT_USER}> {typed}" if mention else typed,
            **more,
        }
        if thread is not None:
            message["thread_ts"] = thread
        self._remember(message)
        self._deliver(message)
        if mention:  # Slack sends both
            self._deliver(_as_app_mention(message))
        self._run_work()
        return str(message["ts"])

    def command(self, name: str, text: str, *, author: str, conversation: str) -> None:
        fields = {
            "command": f"/{name}",
            "text": escape(text),
            "team_id": TEAM,
            "channel_id": conversation,
            "channel_name": "directmessage" if conversation.startswith("D") else "sales",
            "user_id": author,
            "user_name": author.lower(),
            "trigger_id": self._trigger(),
        }
        self._send_form(fields)
        self._run_work()

    def edit(self, message_id: str, text: str, *, author: str, conversation: str) -> None:
        before = self._messages[message_id]
        ts = self._api.next_ts()
        now = {**before, "text": escape(text), "edited": {"user": author, "ts": ts}}
        self._remember(now)
        self._deliver_about(
            "message_changed", conversation, ts, message=now, previous_message=before
        )

    def delete(self, message_id: str, *, author: str, conversation: str) -> None:
        before = self._messages.pop(message_id)
        self._api.messages.pop((conversation, message_id), None)
        self._deliver_about(
            "message_deleted",
            conversation,
            self._api.next_ts(),
            deleted_ts=message_id,
            previous_message=before,
        )

    def redeliver(self, message_id: str, *, times: int) -> None:
        for _ in range(times):
            self._deliver(self._messages[message_id])
            self._run_work()

    def post_as_bot(self, text: str, *, own: bool, conversation: str) -> str:
        ours = {"user": BOT_USER, "bot_id": BOT}
        another = {"user": "U0OTHERBOT", "bot_id": "B0OTHERBOT", "subtype": "bot_message"}
        message = {
            "type": "message",
            "channel": conversation,
            "channel_type": _channel_type(conversation),
            "ts": self._api.next_ts(),
            "text": f"<@{BOT_USER}> {escape(text)}",
            **(ours if own else another),
        }
        self._remember(message)
        self._deliver(message)
        self._run_work()
        return str(message["ts"])

    # --- ways in that only Slack has ------------------------------------------------------------

    def react(
        self,
        message_id: str,
        *,
        person: str,
        conversation: str,
        emoji: str = "ear",
        on: bool = True,
    ) -> None:
        """A person puts an emoji on a message, or takes it off; the event comes at once."""
        event = self.reaction(
            message_id, person=person, conversation=conversation, emoji=emoji, on=on
        )
        self.deliver(event)

    def reaction(
        self,
        message_id: str,
        *,
        person: str,
        conversation: str,
        emoji: str = "ear",
        on: bool = True,
    ) -> dict[str, Any]:
        """The event of a reaction that happens now."""
        return {
            "type": "reaction_added" if on else "reaction_removed",
            "user": person,
            "reaction": emoji,
            "item": {"type": "message", "channel": conversation, "ts": message_id},
            "item_user": self.ANNA,
            "event_ts": self._api.next_ts(),
        }

    def share(
        self, *urls: str, person: str, conversation: str, ts: str | None = None, **more: Any
    ) -> str:
        """A person posts links; Slack tells of them wherever it is. Returns the message's ts."""
        ts = ts or self._api.next_ts()
        self._api.messages[conversation, ts] = {"ts": ts, "channel": conversation}
        self.deliver(_links(urls, person, channel=conversation, message_ts=ts, **more))
        return ts

    def draft(self, *urls: str, person: str, draft_id: str) -> None:
        """A person writes links, and has not sent them yet."""
        told = {"channel_id": "COMPOSER", "message_ts": draft_id, "unfurl_id": draft_id}
        self.deliver(_links(urls, person, source="composer", **told))

    def run_step(self, run_id: str = "Fx1", **inputs: Any) -> None:
        """A workflow comes to our step."""
        self._api.running_steps.add(run_id)
        self.deliver(
            {
                "type": "function_executed",
                "function": {"id": "Fn1", "callback_id": "save_note", "type": "app"},
                "function_execution_id": run_id,
                "workflow_execution_id": "Wx1",
                "inputs": inputs,
                "event_ts": self._api.next_ts(),
                "bot_access_token": "xwfp-secret",
            }
        )

    @property
    def api(self) -> FakeSlackApi:
        """The Slack that all of this happens in."""
        return self._api

    def deliver(self, event: Mapping[str, Any]) -> None:
        """An event comes in and is worked on."""
        self._deliver(event)
        self._run_work()

    def point_at(self, message: Mapping[str, Any], *, person: str) -> None:
        """A person uses "Save to Earshot" on a message."""
        self._send_form({"payload": json.dumps(self.message_shortcut(message, person=person))})

    def message_shortcut(self, message: Mapping[str, Any], *, person: str) -> dict[str, Any]:
        """What Slack sends for it: the message itself is part of it."""
        return {
            "type": "message_action",
            "callback_id": "save_message",
            "team": {"id": TEAM, "domain": "acme"},
            "user": {"id": person, "name": person.lower(), "team_id": TEAM},
            "channel": {"id": message["channel"], "name": "sales"},
            "message_ts": message["ts"],
            "message": message,
            "trigger_id": self._trigger(),
            "response_url": f"{self._api.url}/response/{next(self._events)}",
        }

    def use_new_note(self, *, person: str) -> None:
        """A person uses "New note"."""
        payload = {
            "type": "shortcut",
            "callback_id": "new_note",
            "team": {"id": TEAM, "domain": "acme"},
            "user": {"id": person, "username": person.lower(), "team_id": TEAM},
            "trigger_id": self._trigger(),
        }
        self._send_form({"payload": json.dumps(payload)})

    def message(self, message_id: str) -> dict[str, Any]:
        """A message as it stands in Slack."""
        return self._messages[message_id]

    def _remember(self, message: dict[str, Any]) -> None:
        self._messages[message["ts"]] = message
        self._api.messages[message["channel"], message["ts"]] = message

    def press(self, shown: Shown, label: str, *, person: str) -> None:
        call = _call(shown)
        button = next(b for b in _buttons(call.arguments["blocks"]) if _label(b) == label)
        is_ephemeral = call.method == "chat.postEphemeral" or call.method in self._pressed
        message_ts = (
            self._pressed[call.method][0] if call.method in self._pressed else call.message_ts
        )
        response_path = f"/response/{next(self._events)}"
        self._pressed[response_path] = (message_ts, shown.conversation, person)
        payload = {
            "type": "block_actions",
            "team": {"id": TEAM, "domain": "acme"},
            "user": {"id": person, "team_id": TEAM},
            "channel": {"id": shown.conversation, "name": "sales"},
            "container": {
                "type": "message",
                "message_ts": message_ts,
                "channel_id": shown.conversation,
                "is_ephemeral": is_ephemeral,
                "thread_ts": shown.thread,
            },
            "trigger_id": self._trigger(),
            "response_url": f"{self._api.url}{response_path}",
            "actions": [{**button, "action_ts": self._api.next_ts()}],
        }
        self._send_form({"payload": json.dumps(payload)})
        self._run_work()

    def submit(self, shown: Shown, values: Mapping[str, tuple[str, ...]], *, person: str) -> None:
        view = _call(shown).arguments["view"]
        state = {
            block["block_id"]: {
                block["element"]["action_id"]: _state(
                    block["element"], values.get(block["block_id"])
                )
            }
            for block in view["blocks"]
        }
        payload = {
            "type": "view_submission",
            "team": {"id": TEAM, "domain": "acme"},
            "user": {"id": person, "team_id": TEAM},
            "trigger_id": self._trigger(),
            "view": {**view, "id": f"V{next(self._events)}", "state": {"values": state}},
        }
        answer = self._send_form({"payload": json.dumps(payload)})
        self.field_errors = json.loads(answer)["errors"] if answer else {}
        self._run_work()

    def open_home(self, *, person: str, event_ts: str | None = None) -> None:
        """Open the Home tab; the same `event_ts` again is a redelivery."""
        self._deliver(
            {
                "type": "app_home_opened",
                "user": person,
                "channel": f"D{person[1:]}",
                "tab": "home",
                "event_ts": event_ts or self._api.next_ts(),
            }
        )
        self._run_work()

    def press_home(self, label: str, *, person: str, nth: int = 0) -> None:
        """Press a button of a Home tab as it stands there."""
        view = self._api.homes[person]
        button = [b for b in _buttons(view["blocks"]) if _label(b) == label][nth]
        payload = {
            "type": "block_actions",
            "team": {"id": TEAM, "domain": "acme"},
            "user": {"id": person, "team_id": TEAM},
            "container": {"type": "view", "view_id": f"VHOME{person}"},
            "view": {**view, "id": f"VHOME{person}", "team_id": TEAM, "hash": "1.abc"},
            "trigger_id": self._trigger(),
            "actions": [{**button, "block_id": "b1", "action_ts": self._api.next_ts()}],
        }
        self._send_form({"payload": json.dumps(payload)})
        self._run_work()

    def home(self, *, person: str) -> str:
        """What stands on a Home tab."""
        blocks = self._api.homes[person]["blocks"]
        return "\n".join(readable(block) for block in blocks if block["type"] != "divider")

    def shown(self) -> list[Shown]:
        calls = self._api.calls[self._seen :]
        self._seen = len(self._api.calls)
        return [
            self._shown(call)
            for call in calls
            if call.method in _SHOWING or call.method in self._pressed
        ]

    def _shown(self, call: ApiCall) -> Shown:
        if call.method == "views.open":
            return _shown_form(call)
        conversation = str(call.arguments.get("channel", ""))
        to_person = call.arguments.get("user")
        if call.method in self._pressed:  # replaces what only this person sees
            _, conversation, to_person = self._pressed[call.method]
        elif conversation.startswith("D"):
            to_person = self.ANNA
        blocks = call.arguments["blocks"]
        return Shown(
            text="\n".join(readable(block) for block in blocks),
            raw=call.raw,
            conversation=conversation,
            thread=call.arguments.get("thread_ts"),
            to_person=to_person,
            buttons=tuple(_label(button) for button in _buttons(blocks)),
            handle=call,
        )

    # --- what Slack does ------------------------------------------------------------------------

    def _deliver(self, event: Mapping[str, Any]) -> None:
        body = {
            "type": "event_callback",
            "team_id": TEAM,
            "event_id": f"Ev{next(self._events)}",
            "event_time": 1_795_000_000,
            "authorizations": [{"team_id": TEAM, "user_id": BOT_USER, "is_bot": True}],
            "event": event,
        }
        self._send(json.dumps(body).encode(), "application/json")

    def _deliver_about(self, subtype: str, conversation: str, ts: str, **about: Any) -> None:
        self._deliver(
            {
                "type": "message",
                "subtype": subtype,
                "hidden": True,
                "channel": conversation,
                "channel_type": _channel_type(conversation),
                "ts": ts,
                **about,
            }
        )
        self._run_work()

    def _send_form(self, fields: Mapping[str, str]) -> str:
        return self._send(urlencode(fields).encode(), "application/x-www-form-urlencoded")

    def _send(self, body: bytes, content_type: str) -> str:
        response = self._api.loop.run(self._request(body, content_type))
        assert response.status_code == 200, response.text
        return response.text

    async def _request(self, body: bytes, content_type: str) -> httpx2.Response:
        transport = httpx2.ASGITransport(app=self._app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://earshot") as client:
            headers = {**signed_headers(body), "content-type": content_type}
            return await client.post("/slack/events", content=body, headers=headers)

    def _trigger(self) -> str:
        return f"{next(self._events)}.trigger"


def signed_headers(body: bytes, *, secret: str = SECRET, at: float | None = None) -> dict[str, str]:
    """The headers with which Slack signs this body."""
    timestamp = str(int(time.time() if at is None else at))
    signature = sign(timestamp.encode(), body, secret.encode()).decode()
    return {"x-slack-request-timestamp": timestamp, "x-slack-signature": signature}


def _links(urls: tuple[str, ...], person: str, **more: Any) -> dict[str, Any]:
    return {
        "type": "link_shared",
        "user": person,
        "is_bot_user_member": True,
        "source": "conversations_history",
        "links": [{"domain": "earshot.example.com", "url": url} for url in urls],
        **more,
    }


# --- what is read from calls --------------------------------------------------------------------


def _shown_form(call: ApiCall) -> Shown:
    view = call.arguments["view"]
    origin = json.loads(view["private_metadata"] or "{}")
    labels = [readable(view["title"]), *(readable(b.get("label", b)) for b in view["blocks"])]
    return Shown(
        text="\n".join(labels),
        raw=call.raw,
        conversation=origin.get("channel", ""),
        thread=origin.get("thread"),
        form=tuple(block["block_id"] for block in view["blocks"] if block["type"] == "input"),
        handle=call,
    )


def readable(element: Mapping[str, Any]) -> str:
    """What a person reads of a block, an element or a text object."""
    kind = element["type"]
    if kind in {"text", "link"}:  # rich text is literal
        return str(element["text"])
    if kind in {"plain_text", "mrkdwn"}:
        return decode(element["text"])
    if kind in {"button", "section", "header"}:
        return readable(element["text"])
    if kind == "feedback_buttons":
        return " · ".join(readable(element[side]["text"]) for side in _FEEDBACK_SIDES)
    joint = " · " if kind in {"actions", "context_actions"} else ""
    return joint.join(readable(part) for part in element["elements"])


def _buttons(blocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    elements = [
        element
        for block in blocks
        if block["type"] in {"actions", "context_actions"}
        for element in block["elements"]
    ]
    return [button for element in elements for button in _pressable(element)]


def _pressable(element: dict[str, Any]) -> list[dict[str, Any]]:
    """What a press of an element tells of it: of a pair for feedback, the side that was pressed."""
    if element["type"] == "button":
        return [element]
    shared = {"type": element["type"], "action_id": element["action_id"], "block_id": "b1"}
    return [shared | element[side] for side in _FEEDBACK_SIDES]


def _label(button: Mapping[str, Any]) -> str:
    return decode(button["text"]["text"])


def _call(shown: Shown) -> ApiCall:
    assert isinstance(shown.handle, ApiCall)
    return shown.handle


def _state(element: Mapping[str, Any], values: tuple[str, ...] | None) -> dict[str, Any]:
    """What the field holds: the new values, or what it was opened with."""
    kind = element["type"]
    if kind == "plain_text_input":
        text = element.get("initial_value") if values is None else "\n".join(values)
        return {"type": kind, "value": text or None}
    many = kind.startswith("multi_")
    if values is None:
        chosen = element.get("initial_options", []) if many else [element.get("initial_option")]
    else:
        offered = {option["value"]: option for option in element.get("options", ())}
        of_any = "external" in kind  # then they were offered while the person typed
        chosen = [{"value": value} if of_any else offered[value] for value in values]
    if many:
        return {"type": kind, "selected_options": chosen}
    return {"type": kind, "selected_option": chosen[0] if chosen else None}


def _as_app_mention(message: Mapping[str, Any]) -> dict[str, Any]:
    without_type = {name: value for name, value in message.items() if name != "channel_type"}
    return {**without_type, "type": "app_mention"}


def _channel_type(conversation: str) -> str:
    return "im" if conversation.startswith("D") else "channel"
