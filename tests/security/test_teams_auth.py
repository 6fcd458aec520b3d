"""Only Teams is heard: every other request gets its status, and nothing of it reaches the bot."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from starlette.applications import Starlette
from starlette.testclient import TestClient

from adapters.teams.authenticator import ISSUER
from adapters.teams.config import TeamsConfig
from bot.errors import SettingsInvalid
from tests.fakes import RecordingIntake
from tests.teams_connector import (
    APP_ID,
    SERVICE_URL,
    TENANT_ID,
    FakeConnector,
    claims,
    sign,
    signing_key,
    teams_channel,
)
from tests.unit.teams.activities import said


@dataclass
class Door:
    """The channel's address as a stranger sees it."""

    http: TestClient
    connector: FakeConnector
    intake: RecordingIntake

    def knock(
        self,
        authorization: str | None = None,
        body: Mapping[str, Any] | bytes | None = None,
        **headers: str,
    ) -> int:
        content = body if isinstance(body, bytes) else json.dumps(body or said()).encode()
        sent = {"Content-Type": "application/json"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        if authorization is not None:
            sent["Authorization"] = authorization
        raw = [(name.encode(), value.encode("latin-1")) for name, value in sent.items()]
        answer = self.http.post("/api/messages", content=content, headers=raw)
        return answer.status_code


@pytest.fixture
def door() -> Iterator[Door]:
    intake, connector = RecordingIntake(), FakeConnector()
    channel = teams_channel(intake, connector)
    yield Door(TestClient(Starlette(routes=channel.routes)), connector, intake)
    channel.gateway.close()


def bearer(**changed: object) -> str:
    return "Bearer " + sign(claims(**changed))


def part(value: object) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def unsigned(header: Mapping[str, object], payload: Mapping[str, object] | None = None) -> str:
    return f"Bearer {part(header)}.{part(payload or claims())}.{part(b'x' * 256)}"


def signed_with_the_public_key() -> str:
    """HS256 with the published key as the secret: accepted where the token picks the algorithm."""
    public = signing_key("teams").public_key()
    secret = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    head = f"{part({'alg': 'HS256', 'kid': 'teams', 'typ': 'JWT'})}.{part(claims())}"
    return f"Bearer {head}.{part(hmac.new(secret, head.encode(), hashlib.sha256).digest())}"


def signed(payload: bytes) -> str:
    """Properly, whatever it is."""
    token = jwt.api_jws.encode(payload, signing_key("teams"), "RS256", {"kid": "teams"})
    return f"Bearer {token}"


def tampered() -> str:
    head, _, signature = sign(claims(aud="another")).split(".")
    return f"Bearer {head}.{part(claims())}.{signature}"


FORGED: dict[str, Callable[[], str | None]] = {
    "none at all": lambda: None,
    "empty": lambda: "",
    "no scheme": lambda: sign(claims()),
    "another scheme": lambda: "Basic dXNlcjpwYXNz",
    "bearer without a token": lambda: "Bearer ",
    "two tokens": lambda: f"{bearer()} {sign(claims())}",
    "not a token": lambda: "Bearer abc",
    "garbage in three parts": lambda: "Bearer a.b.c",
    "letters beyond ASCII": lambda: "Bearer é.é.é",
    "very long": lambda: f"Bearer {'a' * 9000}.{'b' * 9000}.c",
    "header that is no object": lambda: f"Bearer {part([1])}.{part(claims())}.{part(b'x')}",
    "header nested deep": lambda: f"Bearer {part(b'[' * 5000)}.{part(claims())}.{part(b'x')}",
    "algorithm none": lambda: f"Bearer {part({'alg': 'none', 'kid': 'teams'})}.{part(claims())}.",
    "algorithm none with a signature": lambda: unsigned({"alg": "none", "kid": "teams"}),
    "HS256 with the public key": signed_with_the_public_key,
    "RS512": lambda: (
        "Bearer " + jwt.encode(claims(), signing_key("teams"), "RS512", {"kid": "teams"})
    ),
    "no key id": lambda: "Bearer " + jwt.encode(claims(), signing_key("teams"), "RS256"),
    "key id that is a number": lambda: unsigned({"alg": "RS256", "kid": 7}),
    "unknown key": lambda: "Bearer " + sign(claims(), kid="stranger"),
    "somebody else's key under a known id": lambda: "Bearer " + sign(claims(), key="stranger"),
    "signature of something else": tampered,
    "payload that is no object": lambda: signed(b"[]"),
    "another issuer": lambda: bearer(iss="https://sts.windows.net/"),
    "the emulator's issuer": lambda: bearer(
        iss="https://login.microsoftonline.com/d6d49420-f39b-4df7-a1dc-d59a935871db/v2.0"
    ),
    "the emulator's older issuer": lambda: bearer(
        iss="https://sts.windows.net/f8cdef31-a31e-4b4a-93e4-5f571e91255a/", appid=APP_ID
    ),
    "issuer with a slash more": lambda: bearer(iss=f"{ISSUER}/"),
    "several issuers": lambda: signed(json.dumps(claims() | {"iss": [ISSUER]}).encode()),
    "no issuer": lambda: bearer(iss=None),
    "another audience": lambda: bearer(aud="22222222-2222-2222-2222-222222222222"),
    "several audiences": lambda: bearer(aud=[APP_ID, "another"]),
    "empty audience": lambda: bearer(aud=""),
    "audience in other letters": lambda: bearer(aud=f" {APP_ID} "),
    "no audience": lambda: bearer(aud=None),
    "expired": lambda: bearer(exp=1_000_000_000),
    "no expiry": lambda: bearer(exp=None),
    "expiry that is no number": lambda: bearer(exp="soon"),
    "expiry beyond all numbers": lambda: bearer(exp=float("inf")),
    "not valid yet": lambda: bearer(nbf=3_900_000_000),
    "another service URL": lambda: bearer(serviceurl="https://smba.trafficmanager.net/amer/"),
    "service URL without its slash": lambda: bearer(serviceurl=SERVICE_URL.rstrip("/")),
    "no service URL": lambda: bearer(serviceurl=None),
    "service URL that is no text": lambda: bearer(serviceurl=[SERVICE_URL]),
}


@pytest.mark.parametrize("token", FORGED.values(), ids=FORGED.keys())
def test_a_forged_token_is_401_and_reaches_nothing(
    door: Door, token: Callable[[], str | None]
) -> None:
    """Never 500, whatever a stranger makes up, and the bot never hears of it."""
    assert door.knock(token()) == 401
    assert door.intake.taken == []


def test_a_good_token_is_heard(door: Door) -> None:
    """The table above would prove nothing if every token were refused."""
    assert door.knock(bearer()) == 200
    assert len(door.intake.taken) == 1


def test_a_clock_that_is_some_minutes_off_is_forgiven(door: Door) -> None:
    """Five minutes, as Microsoft allows."""
    now = int(time.time())
    assert door.knock(bearer(exp=now - 240)) == 200
    assert door.knock(bearer(exp=now - 360)) == 401


def test_a_key_for_other_channels_is_not_enough(door: Door) -> None:
    """A key vouches for the channels that it is endorsed for."""
    door.connector.keys = {"teams": ["webchat", "skype"]}
    assert door.knock(bearer()) == 401


def test_a_key_that_speaks_of_no_channel_will_do(door: Door) -> None:
    """Endorsements are checked where there are any."""
    door.connector.keys = {"teams": None}
    assert door.knock(bearer()) == 200


def test_a_key_that_was_rotated_out_is_refused_and_the_new_one_heard(door: Door) -> None:
    """Whoever stole the old one may not speak for Teams; see tests/unit/teams for the times."""
    door.connector.keys = {"new": ["msteams"]}
    assert door.knock("Bearer " + sign(claims(), kid="new")) == 200
    assert door.knock(bearer()) == 401


def test_without_keys_nobody_is_judged(door: Door) -> None:
    """503 makes Teams try again; 401 would lose the message."""
    door.connector.authority_is_down = True
    assert door.knock(bearer()) == 503
    assert door.knock("Bearer nonsense") == 401
    assert door.intake.taken == []


@pytest.mark.parametrize(
    "changed",
    [
        {"conversation": {"id": "c", "tenantId": "another", "conversationType": "personal"}},
        {"channelData": {"tenant": {"id": "another"}}},
        {"conversation": {"id": "c"}, "channelData": {}},
    ],
    ids=["in the conversation", "in the channel data", "nowhere"],
)
def test_another_tenant_is_403(door: Door, changed: Mapping[str, Any]) -> None:
    """A single-tenant bot serves its own people; one tenant named twice must be one."""
    assert door.knock(bearer(), said(**changed)) == 403
    assert door.intake.taken == []


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/",
        "http://smba.trafficmanager.net/emea/",
        "https://smba.trafficmanager.net.evil.example/",
        "https://evil.example\\@smba.trafficmanager.net/",
        "https://smba.trafficmanager.net@evil.example/",
        "https://evil.example#.botframework.com/",
        "https://evilbotframework.com/",
        "https://127.0.0.1/",
        "file:///etc/passwd",
        "https://smba.trafficmanager.net/\n",
    ],
)
def test_a_service_url_that_is_not_teams_is_403(door: Door, url: str) -> None:
    """Our own token would be sent there."""
    assert door.knock(bearer(serviceurl=url), said(serviceUrl=url)) == 403
    assert door.intake.taken == []


def test_another_channel_of_the_same_bot_is_403(door: Door) -> None:
    """A bot that is also published as a web chat has other people there."""
    door.connector.keys = {"teams": None}
    assert door.knock(bearer(), said(channelId="webchat")) == 403


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b'"text"',
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b'{"type": "message"}',
        b"9" * 5000,
        json.dumps(said(text=["a"])).encode(),
        json.dumps(said(timestamp="yesterday")).encode(),
        json.dumps(said(conversation=None)).encode(),
        json.dumps(said(conversation={"id": ""})).encode(),
        json.dumps(said(id="x" * 2000)).encode(),
        json.dumps(said(entities={"type": "mention"})).encode(),
    ],
    ids=range(16),
)
def test_a_body_that_is_no_activity_is_400(door: Door, body: bytes) -> None:
    """Even when Teams itself vouches for whoever sent it."""
    assert door.knock(bearer(), body) == 400
    assert door.intake.taken == []


def test_a_strangers_body_is_not_even_read(door: Door) -> None:
    """The token is judged first: 401, not 400."""
    assert door.knock("Bearer a.b.c", b"[" * 100_000) == 401


def test_more_than_a_mebibyte_is_413(door: Door) -> None:
    """Whether it is declared or not."""
    assert door.knock(bearer(), b" " * (1024 * 1024 + 1)) == 413
    assert door.knock(None, said(), Content_Length="9" * 5000) == 413


def test_a_length_that_is_no_number_is_400(door: Door) -> None:
    """What cannot be read is not guessed at."""
    assert door.knock(bearer(), said(), Content_Length="-1") == 400


@pytest.mark.parametrize("kind", ["text/plain", "application/xml", "", "application/jsonp"])
def test_another_content_type_is_415(door: Door, kind: str) -> None:
    """A form on a web page can be made to post anything but JSON."""
    assert door.knock(bearer(), said(), Content_Type=kind) == 415


def test_only_post_is_answered(door: Door) -> None:
    """There is nothing to read here."""
    assert door.http.get("/api/messages").status_code == 405


def test_a_stranger_learns_nothing_from_a_refusal(door: Door) -> None:
    """Which check failed is in the log alone."""
    answers = {
        door.http.post(
            "/api/messages",
            content=b"{}",
            headers={"Content-Type": "application/json", "Authorization": token},
        ).text
        for token in ("", bearer(exp=1), bearer(aud="x"), "Bearer a.b.c")
    }
    assert answers == {'{"error":"Not authenticated."}'}


def test_the_log_has_neither_token_nor_text(door: Door, caplog: pytest.LogCaptureFixture) -> None:
    """Logs are read by more people than notes are."""
    caplog.set_level("DEBUG")
    token = bearer(exp=1)
    door.knock(token, said("a secret of Novara"))
    door.knock(bearer(), said("a secret of Novara", conversation=None))
    door.knock(bearer(), said("a secret of Novara"))
    assert token.removeprefix("Bearer ")[:40] not in caplog.text
    assert "secret of Novara" not in caplog.text


@pytest.mark.parametrize("app_id", [None, ""])
def test_the_bot_does_not_start_with_the_door_open(app_id: str | None) -> None:
    """An empty app id would let everybody in."""
    with pytest.raises(SettingsInvalid, match="TEAMS_APP_ID"):
        TeamsConfig(app_id=app_id, app_password=None, tenant_id=None)


def test_half_a_login_is_refused_by_name() -> None:
    """The message says which variable to set."""
    with pytest.raises(SettingsInvalid, match=r"TEAMS_APP_PASSWORD.*TEAMS_TENANT_ID"):
        TeamsConfig(app_id=APP_ID, app_password=None, tenant_id=None)


@pytest.mark.parametrize("field", ["login_url", "openid_metadata_url"])
@pytest.mark.parametrize("url", ["http://login.example", "ftp://x", "", "https://", "http://[::1"])
def test_keys_and_passwords_travel_encrypted(field: str, url: str) -> None:
    """Over plain HTTP anybody on the way could become Teams."""
    urls: dict[str, Any] = {field: url}
    with pytest.raises(SettingsInvalid, match="https"):
        TeamsConfig(app_id=APP_ID, app_password="secret", tenant_id=TENANT_ID, **urls)


def test_a_config_does_not_show_its_secret() -> None:
    """It may be printed in an error."""
    config = TeamsConfig(app_id=APP_ID, app_password="s3cret", tenant_id=TENANT_ID)
    assert "s3cret" not in repr(config)
