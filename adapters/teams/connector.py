"""The Bot Connector: how Teams is spoken to. Synchronous, with a time-out on every call."""

import json
from urllib.parse import quote

import requests
from requests.auth import AuthBase

from adapters.teams.activity import JsonObject
from adapters.teams.config import TeamsConfig
from adapters.teams.pacing import Timing, retry_pause
from adapters.teams.references import ConversationReference
from adapters.teams.responses import asked_pause_s, object_in
from adapters.teams.tokens import AccessTokens
from bot.errors import SendFailed, SendRefused

_TIMEOUT_S = 12.0
_WORTH_ANOTHER_TRY = {408, 412, 429, 500, 502, 503, 504}
_AT_ONCE = {412, 429, 502, 503, 504}
_TOLD_OFF = {403, 404}
_DEAD = {
    "BotDisabledByAdmin",
    "BotDisabledByUser",
    "BotNotInConversationRoster",
    "ConversationBlockedByUser",
    "MessageWritesBlocked",
}
_PAGE_SIZE = 500
_LAST_PAGE = 200


class Unreachable(SendRefused):
    """Teams takes no messages for this conversation: the bot was removed or blocked there."""


class NotThere(SendRefused):
    """There is no such message or conversation in Teams."""


class _Bearer(AuthBase):
    """Sets the header last, so that a .netrc on the machine cannot replace it."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


class Connector:
    """The calls that are needed. Each raises SendFailed (try again) or SendRefused (never again).

    Without `tokens` it calls as nobody, for a developer's machine.
    """

    def __init__(
        self,
        config: TeamsConfig,
        http: requests.Session,
        tokens: AccessTokens | None,
        timing: Timing | None = None,
    ) -> None:
        self._config = config
        self._http = http
        self._tokens = tokens
        self._timing = timing or Timing()

    def post(self, to: ConversationReference, conversation_id: str, activity: JsonObject) -> str:
        """Post an activity to the conversation or thread; returns its id, empty if not told."""
        path = f"/v3/conversations/{_quoted(conversation_id)}/activities"
        return str(self._call("POST", to, path, activity).get("id") or "")

    def replace(
        self, at: ConversationReference, conversation_id: str, message_id: str, activity: JsonObject
    ) -> None:
        """Put an activity in the place of an earlier one of the bot's."""
        path = f"/v3/conversations/{_quoted(conversation_id)}/activities/{_quoted(message_id)}"
        self._call("PUT", at, path, activity)

    def open_chat(self, near: ConversationReference, person_id: str) -> str:
        """The id of the chat between the bot and a person that it shares a conversation with."""
        body = {
            "isGroup": False,
            "bot": {"id": near.bot_id},
            "members": [{"id": person_id}],
            "tenantId": near.tenant_id,
            "channelData": {"tenant": {"id": near.tenant_id}},
        }
        opened = self._call("POST", near, "/v3/conversations", body).get("id")
        if not isinstance(opened, str) or not opened:
            raise SendFailed("a chat was opened without an id")
        return opened

    def members(self, of: ConversationReference) -> list[JsonObject]:
        """Everybody in the conversation."""
        path = f"/v3/conversations/{_quoted(of.conversation_id)}/pagedmembers"
        members: list[JsonObject] = []
        query: dict[str, str | int] = {"pageSize": _PAGE_SIZE}
        for _ in range(_LAST_PAGE):
            page = self._call("GET", of, path, query=query)
            members += _list(page, "members")
            if not page.get("continuationToken"):
                return members
            query["continuationToken"] = page["continuationToken"]
        raise SendFailed("the list of members has no end")

    def member(self, of: ConversationReference, person_id: str) -> JsonObject:
        """One person of the conversation."""
        path = f"/v3/conversations/{_quoted(of.conversation_id)}/members/{_quoted(person_id)}"
        return self._call("GET", of, path)

    def channels(self, of: ConversationReference) -> list[JsonObject]:
        """The channels of the reference's team."""
        path = f"/v3/teams/{_quoted(of.team_id)}/conversations"
        return _list(self._call("GET", of, path), "conversations")

    def _call(
        self,
        method: str,
        to: ConversationReference,
        path: str,
        body: JsonObject | None = None,
        query: dict[str, str | int] | None = None,
    ) -> JsonObject:
        if not self._config.trusts_service_url(to.service_url):
            raise SendRefused("the service URL is not one of Teams'")
        url = to.service_url.rstrip("/") + path
        tries = 1
        while True:
            response = self._as_ourselves(method, url, body, query)
            if response.status_code not in _AT_ONCE:
                break
            pause_s = retry_pause(self._timing, tries, asked_pause_s(response))
            if pause_s is None:
                break
            self._timing.wait(pause_s)
            tries += 1
        _raise_for(response)
        return object_in(response)

    def _as_ourselves(
        self, method: str, url: str, body: JsonObject | None, query: dict[str, str | int] | None
    ) -> requests.Response:
        """The answer to a request with our token, or with a new one where that was refused."""
        token = self._tokens.get() if self._tokens else None
        response = self._request(method, url, token, body, query)
        if response.status_code == 401 and self._tokens and token:
            self._tokens.forget(token)
            response = self._request(method, url, self._tokens.get(), body, query)
        return response

    def _request(
        self,
        method: str,
        url: str,
        token: str | None,
        body: JsonObject | None,
        query: dict[str, str | int] | None,
    ) -> requests.Response:
        try:
            return self._http.request(
                method,
                url,
                params=query,
                data=None if body is None else _encoded(body),
                headers={"Content-Type": "application/json"} if body is not None else None,
                auth=_Bearer(token) if token else None,
                timeout=_TIMEOUT_S,
                allow_redirects=False,
            )
        except requests.RequestException as error:
            raise SendFailed(type(error).__name__) from None


def _raise_for(response: requests.Response) -> None:
    status = response.status_code
    if 200 <= status < 300:
        return
    code = _reason(object_in(response))
    detail = f"{status} {code}".strip()
    if status in _WORTH_ANOTHER_TRY or status == 401:
        raise SendFailed(detail, asked_pause_s(response))
    if status in _TOLD_OFF and code in _DEAD:
        raise Unreachable(detail)
    if status == 404:
        raise NotThere(detail)
    raise SendRefused(detail)


def _reason(body: JsonObject) -> str:
    """The platform's own name of what went wrong, and none of its prose: that may quote us."""
    error = body.get("error")
    code = error.get("code") if isinstance(error, dict) else error
    return str(code or "")[:80]


def _list(body: JsonObject, name: str) -> list[JsonObject]:
    found = body.get(name)
    if not isinstance(found, list) or not all(isinstance(entry, dict) for entry in found):
        raise SendFailed(f"the answer lacks its {name}")
    return found


def _encoded(body: JsonObject) -> bytes:
    """The body on the wire. `<` is escaped, so that no log or page that shows it finds a tag."""
    text = json.dumps(body, ensure_ascii=False).replace("<", "\\u003c")
    return text.encode("utf-8", "replace")


def _quoted(text: str) -> str:
    return quote(text, safe="")
