"""Whether a request comes from Teams: the check of its token, on our own terms.

Microsoft's requirements: "Authenticate requests from the Bot Connector service to your bot" in the
Bot Framework's REST documentation.
"""

import asyncio
import logging
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import jwt
import requests
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt.algorithms import RSAAlgorithm

from adapters.teams.activity import JsonObject
from bot.errors import EarshotError

log = logging.getLogger(__name__)

ISSUER = "https://api.botframework.com"

_FRESH_S = 24 * 3600.0
_REFRESH_PAUSE_S = 300.0
_PAUSE_AFTER_FAILURE_S = 5.0
_PATIENCE_S = 4.0
_LEEWAY_S = 300
_TIMEOUT_S = 5.0
_SMALLEST_KEY_BITS = 2048
_BEARER = re.compile(
    r"Bearer ([A-Za-z0-9_-]{1,8000}\.[A-Za-z0-9_-]{1,8000}\.[A-Za-z0-9_-]{1,8000})"
)


class TokenRefused(EarshotError):
    """This request does not come from Teams. Send it with a valid token of the Bot Connector."""


class KeysUnavailable(EarshotError):
    """The keys of Teams' tokens cannot be had. Check TEAMS_OPENID_METADATA_URL and the network."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Whoever signed a request. `endorsements` is None where the key says nothing of channels."""

    service_url: str
    endorsements: frozenset[str] | None

    def vouches_for(self, *, service_url: str, channel_id: str) -> bool:
        """Whether the token was made for this very channel and address."""
        is_endorsed = self.endorsements is None or channel_id in self.endorsements
        return is_endorsed and self.service_url == service_url


@dataclass(frozen=True, slots=True)
class _Key:
    public: RSAPublicKey
    endorsements: frozenset[str] | None


class ChannelAuthenticator:
    """Verifies tokens with keys that are refreshed off the event loop, one download at a time.

    Keys that are a day old are refreshed while they go on being used, and stay when that fails. A
    token with an unknown key asks for a refresh, but a stranger cannot ask for more than one every
    five minutes. While the key server fails or is slow, an unknown key may be a new one: then
    nobody is judged.
    """

    def __init__(
        self,
        *,
        app_id: str,
        metadata_url: str,
        http: requests.Session,
        clock: Callable[[], float] = time.monotonic,
        patience_s: float = _PATIENCE_S,
    ) -> None:
        """`patience_s` is how long a request waits for keys, and goes on without waiting after."""
        if not app_id:
            raise ValueError("without an app id every audience would do")
        self._app_id = app_id
        self._metadata_url = metadata_url
        self._http = http
        self._clock = clock
        self._patience_s = patience_s
        self._has_failed = False
        self._keys: Mapping[str, _Key] = {}
        self._fetched_at = self._tried_at = float("-inf")
        self._download: asyncio.Task[None] | None = None

    async def verify(self, authorization: str) -> Caller:
        """Who signed the request. Raises TokenRefused or KeysUnavailable."""
        bearer = _BEARER.fullmatch(authorization)
        if bearer is None:
            raise TokenRefused("no bearer token")
        key = await self._key(_key_id(bearer[1]))
        return Caller(self._service_url(bearer[1], key), key.endorsements)

    async def warm_up(self) -> int:
        """Get the keys; returns how many there are. Raises KeysUnavailable."""
        await asyncio.shield(self._refresh())
        if not self._keys:
            raise KeysUnavailable(self._metadata_url)
        return len(self._keys)

    async def close(self) -> None:
        """Give up a download that is under way."""
        if self._download is not None:
            self._download.cancel()
            await asyncio.wait([self._download])

    async def _key(self, key_id: str) -> _Key:
        if self._is_due(key_id):
            self._refresh()
        if key_id not in self._keys and self._is_downloading:
            await asyncio.wait([self._refresh()], timeout=self._patience_s)
        if key_id in self._keys:
            return self._keys[key_id]
        if self._has_failed or self._is_downloading or not self._keys:
            raise KeysUnavailable(self._metadata_url)
        raise TokenRefused("signed with an unknown key")

    @property
    def _is_downloading(self) -> bool:
        return self._download is not None and not self._download.done()

    def _is_due(self, key_id: str) -> bool:
        now = self._clock()
        if key_id in self._keys and now - self._fetched_at < _FRESH_S:
            return False
        pause = _PAUSE_AFTER_FAILURE_S if self._has_failed else _REFRESH_PAUSE_S
        return now - self._tried_at >= pause

    def _refresh(self) -> asyncio.Task[None]:
        """The download that is under way, or a new one."""
        if self._download is None or not self._is_downloading:
            self._tried_at = self._clock()
            self._download = asyncio.create_task(self._replace_keys())
        return self._download

    async def _replace_keys(self) -> None:
        try:
            keys = await asyncio.to_thread(self._fetch)
        except (requests.RequestException, ValueError, TypeError, KeyError) as error:
            log.warning("the signing keys were not refreshed: %s", type(error).__name__)
            self._has_failed = True
            return
        self._keys, self._fetched_at, self._has_failed = keys, self._clock(), False

    def _fetch(self) -> Mapping[str, _Key]:
        found = self._get(self._get(self._metadata_url)["jwks_uri"])["keys"]
        keys = {entry["kid"]: key for entry in found if (key := _read_key(entry))}
        if not keys:
            raise ValueError("no usable key")
        return keys

    def _get(self, url: str) -> JsonObject:
        response = self._http.get(url, timeout=_TIMEOUT_S)
        response.raise_for_status()
        body: JsonObject = response.json()
        return body

    def _service_url(self, token: str, key: _Key) -> str:
        try:
            claims = jwt.decode(
                token,
                key.public,
                algorithms=["RS256"],
                audience=self._app_id,
                issuer=ISSUER,
                leeway=_LEEWAY_S,
                options={"require": ["exp", "iss", "aud"], "strict_aud": True},
            )
        except (jwt.PyJWTError, ValueError, OverflowError) as error:
            raise TokenRefused(type(error).__name__) from None
        service_url = claims.get("serviceurl")
        if not isinstance(service_url, str) or not service_url:
            raise TokenRefused("it names no service URL")
        return service_url


def _key_id(token: str) -> str:
    try:
        header = jwt.get_unverified_header(token)
    except (jwt.PyJWTError, ValueError, RecursionError):
        raise TokenRefused("its header cannot be read") from None
    key_id = header.get("kid")
    if header.get("alg") != "RS256" or not isinstance(key_id, str):
        raise TokenRefused("it is not signed by RS256 with a named key")
    return key_id


def _read_key(entry: JsonObject) -> _Key | None:
    """A key of the set, None for what cannot or must not be used."""
    if entry.get("kty") != "RSA" or not isinstance(entry.get("kid"), str):
        return None
    try:
        public = RSAAlgorithm.from_jwk(entry)
    except (jwt.PyJWTError, ValueError, TypeError, KeyError):
        return None
    if not isinstance(public, RSAPublicKey) or public.key_size < _SMALLEST_KEY_BITS:
        return None
    endorsements = entry.get("endorsements")
    return _Key(public, None if endorsements is None else frozenset(map(str, endorsements)))
