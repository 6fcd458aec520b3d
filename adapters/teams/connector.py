"""The Bot Connector: how Teams is spoken to. Synchronous, with a time-out on every call."""

import json
import logging
import re
import threading
import time
from collections.abc import Callable
from urllib.parse import quote

import requests
from requests.auth import AuthBase

from adapters.teams.activity import JsonObject
from adapters.teams.config import TeamsConfig
from adapters.teams.references import ConversationReference
from bot.errors import SendFailed, SendRefused

log = logging.getLogger(__name__)

_TIMEOUT_S = 12.0
_SPARE_S = 300.0
_LONGEST_PAUSE_S = 3600.0
_WORTH_ANOTHER_TRY = {408, 412, 429, 500, 502, 503, 504}
_CONNECTOR_SCOPE = "https://api.botframework.com/.default"
_PAGE_SIZE = 500
_LAST_PAGE = 200
_LOGIN_ERROR = re.compile(r"AADSTS\d+")


class AccessTokens:
    """Our own token for the Bot Connector, asked for once and kept until shortly before its end."""

    def __init__(
        self,
        config: TeamsConfig,
        http: requests.Session,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._config = config
        self._http = http
        self._clock = clock
        self._lock = threading.Lock()
        self._token = ""
        self._good_until = float("-inf")

    def get(self) -> str:
        """A token that is good for some minutes. Raises SendFailed."""
        with self._lock:
            if self._clock() >= self._good_until:
                self._log_in()
            return self._token

    def forget(self, token: str) -> None:
        """Ask for a new one next time: this one was refused."""
        with self._lock:
            if token == self._token:
                self._good_until = float("-inf")

    def _log_in(self) -> None:
        config = self._config
        url = f"{config.login_url.rstrip('/')}/{quote(config.tenant_id or '')}/oauth2/v2.0/token"
        form = {
            "grant_type": "client_credentials",
            "client_id": config.app_id,
            "client_secret": config.app_password,
            "scope": _CONNECTOR_SCOPE,
        }
        try:
            response = self._http.post(url, data=form, timeout=_TIMEOUT_S, allow_redirects=False)
        except requests.RequestException as error:
            raise SendFailed(f"TEAMS_LOGIN_URL: {type(error).__name__}") from None
        granted = _json(response)
        token, lasts_s = granted.get("access_token"), granted.get("expires_in")
        if response.status_code != 200 or not isinstance(token, str):
            raise SendFailed(f"the login was refused: {response.status_code} {_reason(granted)}")
        self._token = token
        self._good_until = self._clock() + (float(lasts_s or 0) - _SPARE_S)


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
        self, config: TeamsConfig, http: requests.Session, tokens: AccessTokens | None
    ) -> None:
        self._config = config
        self._http = http
        self._tokens = tokens

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
        token = self._tokens.get() if self._tokens else None
        response = self._request(method, url, token, body, query)
        if response.status_code == 401 and self._tokens and token:
            self._tokens.forget(token)
            response = self._request(method, url, self._tokens.get(), body, query)
        _raise_for(response)
        return _json(response)

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
    detail = f"{status} {_reason(_json(response))}".strip()
    if status in _WORTH_ANOTHER_TRY or status == 401:
        raise SendFailed(detail, _pause(response.headers.get("Retry-After", "")))
    raise SendRefused(detail)


def _pause(retry_after: str) -> float | None:
    """The pause asked for, in seconds; Teams never names a date."""
    if not re.fullmatch(r"\d{1,9}", retry_after):
        return None
    return min(float(retry_after), _LONGEST_PAUSE_S)


def _reason(body: JsonObject) -> str:
    """The platform's own name of what went wrong, and none of its prose: that may quote us."""
    error = body.get("error")
    if isinstance(error, dict):
        return str(error.get("code") or "")[:80]
    found = _LOGIN_ERROR.search(str(body.get("error_description") or ""))
    return found[0] if found else str(error or "")[:80]


def _json(response: requests.Response) -> JsonObject:
    try:
        body = response.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


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
