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
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

import jwt
import requests
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm
from requests.adapters import BaseAdapter

from adapters.teams.authenticator import ISSUER
from adapters.teams.channel import TeamsChannel
from adapters.teams.config import TeamsConfig
from adapters.teams.pacing import Timing
from bot.ports import FormCheck, Intake, LookUp, Roster
from tests.teams_judge import DOCKET, Call

APP_ID = "11111111-1111-1111-1111-111111111111"
TENANT_ID = "00000000-0000-0000-0000-000000000001"
BOT_ID = f"28:{APP_ID}"
SERVICE_URL = "https://smba.trafficmanager.net/emea/"
NOW = 1_795_000_000

_METADATA, _KEYS = "/v1/.well-known/openidconfiguration", "/v1/.well-known/keys"
_LOGIN = re.compile(r"/[^/]+/oauth2/v2\.0/token")
_LOGIN_METADATA = re.compile(r"/([^/]+)/v2\.0/\.well-known/openid-configuration")
_CLOUDS = "/common/discovery/instance"
_MACHINE = "/metadata/identity/oauth2/token"
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
        self.typing: list[str] = []
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
        self.identities: list[Mapping[str, list[str]]] = []

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
        url, sent = request.url or "", request.body or b""
        answer = self.answer(
            request.method or "",
            url,
            sent if isinstance(sent, bytes) else str(sent).encode(),
            request.headers.get("Authorization", ""),
        )
        response = requests.Response()
        response.status_code = answer.status
        response.headers.update(answer.headers)
        body = answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
        response.raw = io.BytesIO(body)
        response.request, response.url = request, url
        return response

    def close(self) -> None:
        """Nothing is open."""

    def answer(self, method: str, url: str, body: bytes = b"", authorization: str = "") -> Answer:
        """What Microsoft's servers answer to a request, wherever they are said to be."""
        parts = urlsplit(url)
        if parts.path in {_METADATA, _KEYS}:
            return self._authority(parts)
        if identity := self._identity_platform(parts, body):
            return identity
        path = parts.path.removeprefix("/emea")
        DOCKET.add(
            Call(method, path + (f"?{parts.query}" if parts.query else ""), body, authorization)
        )
        self.called.append(f"{method} {unquote(path)} {authorization}")
        if self.answers:
            answer = self.answers.popleft()
            if isinstance(answer, requests.RequestException):
                raise answer
            return answer
        return self._connector(path, body.decode())

    def _identity_platform(self, parts: SplitResult, body: bytes) -> Answer | None:
        """The logins: of an application with its secret, and of a machine in Azure."""
        if _LOGIN.fullmatch(parts.path):
            self.logins.append(parse_qs(body.decode()))
            return self.login_answer or Answer(200, self._granted(len(self.logins)))
        if parts.path == _MACHINE:
            self.identities.append(parse_qs(parts.query))
            return self.login_answer or Answer(200, self._granted(len(self.identities)))
        if parts.path == _CLOUDS:
            return Answer(200, {"tenant_discovery_endpoint": "", "metadata": []})
        if found := _LOGIN_METADATA.fullmatch(parts.path):
            tenant = f"{parts.scheme}://{parts.netloc}/{found[1]}"
            return Answer(
                200,
                {
                    "issuer": f"{tenant}/v2.0",
                    "authorization_endpoint": f"{tenant}/oauth2/v2.0/authorize",
                    "token_endpoint": f"{tenant}/oauth2/v2.0/token",
                },
            )
        return None

    def _granted(self, number: int) -> dict[str, object]:
        return {"token_type": "Bearer", "access_token": f"token-{number}", "expires_in": 3600}

    def _authority(self, parts: SplitResult) -> Answer:
        self.called.append(f"GET {parts.path}")
        if self.authority_is_down:
            raise requests.ConnectionError
        if parts.path == _METADATA:
            keys_url = f"{parts.scheme}://{parts.netloc}{_KEYS}"
            return Answer(200, {"issuer": ISSUER, "jwks_uri": keys_url})
        return Answer(200, {"keys": [self._jwk(kid) for kid in self.keys]})

    def _jwk(self, kid: str) -> dict[str, object]:
        public = RSAAlgorithm.to_jwk(signing_key(kid).public_key(), as_dict=True)
        endorsements = self.keys[kid]
        return {**public, "kid": kid} | ({"endorsements": endorsements} if endorsements else {})

    def _connector(self, path: str, body: str) -> Answer:
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
        if json.loads(body)["type"] == "typing":
            self.typing.append(conversation_id)
            return Answer(202, {"id": "typing"})
        message_id = unquote(replaced) if replaced else f"bot-message-{len(self.sent) + 1}"
        self.sent.append(Sent(conversation_id, message_id, body, message_id if replaced else None))
        return Answer(201, {"id": message_id})

    def _who(self, conversation_id: str, person_id: str) -> Answer:
        person_id = self.directory_ids.get(person_id, person_id)
        if conversation_id not in self.members or (person_id and person_id not in self.people):
            return Answer(404, {"error": {"code": "ConversationNotFound"}})
        if person_id:
            return Answer(200, self._member(person_id))
        return Answer(200, {"members": list(map(self._member, self.members[conversation_id]))})

    def _member(self, person_id: str) -> dict[str, str]:
        ours = {"tenantId": TENANT_ID, "userRole": "user"}
        return {"id": person_id, "name": self.people[person_id], **ours}


class QuickTime:
    """A clock that goes on as soon as somebody waits for it, and remembers by how much."""

    def __init__(self) -> None:
        self.now = 0.0
        self.waited: list[float] = []

    @property
    def timing(self) -> Timing:
        return Timing(lambda: self.now, self._wait, lambda: 0.0)

    def _wait(self, pause_s: float) -> None:
        self.waited.append(pause_s)
        self.now += pause_s


CONFIG = TeamsConfig(app_id=APP_ID, app_password="secret", tenant_id=TENANT_ID)


def teams_channel(
    intake: Intake,
    connector: FakeConnector,
    references: MemoryReferences | None = None,
    config: TeamsConfig = CONFIG,
    *,
    look_up: Callable[[Roster], LookUp] | None = None,
    form_check: FormCheck | None = None,
    http: requests.Session | None = None,
) -> TeamsChannel:
    """The real channel, with the double in its HTTP client, or at the other end of `http`."""
    return TeamsChannel(
        config,
        intake,
        references or MemoryReferences(),
        http=http or connector.session,
        look_up=look_up,
        form_check=form_check,
        timing=QuickTime().timing,
    )
