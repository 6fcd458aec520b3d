"""Teams as the channel meets it: its login, its signing keys and its connector, in process.

It hangs in the HTTP client that the channel is given, so no socket is opened and the real
addresses of Teams can be used.
"""

import io
import json
import re
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import jwt
import requests
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm
from requests.adapters import BaseAdapter

from adapters.teams.authenticator import ISSUER
from adapters.teams.channel import TeamsChannel
from adapters.teams.config import LOGIN_URL, OPENID_METADATA_URL, TeamsConfig
from bot.ports import FormCheck, Intake, LookUp, Roster

APP_ID = "11111111-1111-1111-1111-111111111111"
TENANT_ID = "00000000-0000-0000-0000-000000000001"
BOT_ID = f"28:{APP_ID}"
SERVICE_URL = "https://smba.trafficmanager.net/emea/"
NOW = 1_795_000_000

_KEYS_URL = "https://login.botframework.com/v1/.well-known/keys"
_ACTIVITIES = re.compile(r"/v3/conversations/([^/]+)/activities(?:/([^/]+))?")
_MEMBERS = re.compile(r"/v3/conversations/([^/]+)/(?:pagedmembers|members/([^/]+))")
_CHANNELS = re.compile(r"/v3/teams/([^/]+)/conversations")


class MemoryReferences:
    """References that live as long as the test."""

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}
        self.writes = 0

    def put(self, conversation_id: str, json: str, /) -> None:
        self.writes += 1
        self.kept[conversation_id] = json

    def get(self, conversation_id: str, /) -> str | None:
        return self.kept.get(conversation_id)


@dataclass(frozen=True)
class Sent:
    """An activity that the bot sent, as it stood on the wire.

    `replaced` is the id of the one whose place it took.
    """

    conversation_id: str
    id: str
    raw: str
    replaced: str | None = None

    @property
    def activity(self) -> Mapping[str, Any]:
        activity: Mapping[str, Any] = json.loads(self.raw)
        return activity

    @property
    def card(self) -> Mapping[str, Any]:
        card: Mapping[str, Any] = self.activity["attachments"][0]["content"]
        return card

    @property
    def actions(self) -> Sequence[Mapping[str, Any]]:
        """The card's buttons, also those in rows above its end."""
        rows = [each["actions"] for each in self.card["body"] if each["type"] == "ActionSet"]
        return [action for row in [*rows, self.card["actions"]] for action in row]


@dataclass(frozen=True)
class Answer:
    """What the double answers instead of doing what it is asked."""

    status: int
    body: object = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)


@cache
def signing_key(name: str) -> rsa.RSAPrivateKey:
    """A key by its name; made once, since making one takes long."""
    del name
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def sign(claims: Mapping[str, object], *, kid: str = "teams", key: str | None = None) -> str:
    return jwt.encode(dict(claims), signing_key(key or kid), "RS256", headers={"kid": kid})


def claims(**changed: object) -> dict[str, object]:
    """What a good token claims; None takes a claim away."""
    good: dict[str, object] = {
        "iss": ISSUER,
        "aud": APP_ID,
        "serviceurl": SERVICE_URL,
        "nbf": NOW - 60,
        "exp": 4_000_000_000,
    }
    return {name: value for name, value in (good | changed).items() if value is not None}


class FakeConnector(BaseAdapter):
    """Plays everything of Microsoft that the channel calls."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[Sent] = []
        self.called: list[str] = []
        self.timeouts: list[object] = []
        self.logins: list[dict[str, list[str]]] = []
        self.people: dict[str, str] = {}
        self.directory_ids: dict[str, str] = {}
        self.members: dict[str, tuple[str, ...]] = {}
        self.chats: dict[str, str] = {}
        self.teams: dict[str, list[dict[str, str | None]]] = {}
        self.keys: dict[str, list[str] | None] = {"teams": ["msteams"]}
        self.answers: deque[Answer | requests.RequestException] = deque()
        self.authority_is_down = False
        self.login_answer: Answer | None = None

    @property
    def session(self) -> requests.Session:
        session = requests.Session()
        session.mount("https://", self)
        session.mount("http://", self)
        return session

    def token(self) -> str:
        return sign(claims())

    def send(
        self, request: requests.PreparedRequest, *args: object, **kwargs: object
    ) -> requests.Response:
        self.timeouts.append(kwargs.get("timeout"))
        url = request.url or ""
        answer = self._answer(request.method or "", url, request)
        response = requests.Response()
        response.status_code = answer.status
        response.headers.update(answer.headers)
        body = answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
        response.raw = io.BytesIO(body)
        response.request, response.url = request, url
        return response

    def close(self) -> None:
        """Nothing is open."""

    def _answer(self, method: str, url: str, request: requests.PreparedRequest) -> Answer:
        if url in {OPENID_METADATA_URL, _KEYS_URL}:
            return self._authority(url)
        if url.startswith(LOGIN_URL):
            self.logins.append(parse_qs(str(request.body)))
            granted = {"access_token": f"token-{len(self.logins)}", "expires_in": 3600}
            return self.login_answer or Answer(200, granted)
        path = urlsplit(url).path.removeprefix("/emea")
        self.called.append(f"{method} {unquote(path)} {request.headers.get('Authorization', '')}")
        if self.answers:
            answer = self.answers.popleft()
            if isinstance(answer, requests.RequestException):
                raise answer
            return answer
        return self._connector(method, path, request)

    def _authority(self, url: str) -> Answer:
        self.called.append(f"GET {urlsplit(url).path}")
        if self.authority_is_down:
            raise requests.ConnectionError
        if url == OPENID_METADATA_URL:
            return Answer(200, {"issuer": ISSUER, "jwks_uri": _KEYS_URL})
        return Answer(200, {"keys": [self._jwk(kid) for kid in self.keys]})

    def _jwk(self, kid: str) -> dict[str, object]:
        public = RSAAlgorithm.to_jwk(signing_key(kid).public_key(), as_dict=True)
        endorsements = self.keys[kid]
        return {**public, "kid": kid} | ({"endorsements": endorsements} if endorsements else {})

    def _connector(self, method: str, path: str, request: requests.PreparedRequest) -> Answer:
        body = request.body.decode() if isinstance(request.body, bytes) else ""
        if path == "/v3/conversations":
            return Answer(201, {"id": self._chat_with(json.loads(body)["members"][0]["id"])})
        if found := _ACTIVITIES.fullmatch(path):
            return self._show(unquote(found[1]), found[2], body)
        if found := _MEMBERS.fullmatch(path):
            return self._who(unquote(found[1]), unquote(found[2] or ""))
        if found := _CHANNELS.fullmatch(path):
            return Answer(200, {"conversations": self.teams.get(unquote(found[1]), [])})
        return Answer(404, {"error": {"code": "BadPath"}})

    def _chat_with(self, person_id: str) -> str:
        return self.chats.setdefault(person_id, f"a:chat-with-{person_id}")

    def _show(self, conversation_id: str, replaced: str | None, body: str) -> Answer:
        message_id = unquote(replaced) if replaced else f"bot-message-{len(self.sent) + 1}"
        self.sent.append(Sent(conversation_id, message_id, body, message_id if replaced else None))
        return Answer(201, {"id": message_id})

    def _who(self, conversation_id: str, person_id: str) -> Answer:
        person_id = self.directory_ids.get(person_id, person_id)
        if conversation_id not in self.members or (person_id and person_id not in self.people):
            return Answer(404, {"error": {"code": "ConversationNotFound"}})
        if person_id:
            return Answer(200, {"id": person_id, "name": self.people[person_id]})
        members = [
            {"id": each, "name": self.people[each]} for each in self.members[conversation_id]
        ]
        return Answer(200, {"members": members})


CONFIG = TeamsConfig(app_id=APP_ID, app_password="secret", tenant_id=TENANT_ID)


def teams_channel(
    intake: Intake,
    connector: FakeConnector,
    references: MemoryReferences | None = None,
    config: TeamsConfig = CONFIG,
    *,
    look_up: Callable[[Roster], LookUp] | None = None,
    form_check: FormCheck | None = None,
) -> TeamsChannel:
    """The real channel, with the double in its HTTP client."""
    return TeamsChannel(
        config,
        intake,
        references or MemoryReferences(),
        http=connector.session,
        look_up=look_up,
        form_check=form_check,
    )
