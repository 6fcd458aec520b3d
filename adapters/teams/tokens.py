"""Our own tokens for the Bot Connector: by a client secret, or as a managed identity of Azure."""

import logging
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Protocol
from urllib.parse import quote

import msal
import requests

from adapters.teams.activity import JsonObject
from adapters.teams.config import TeamsConfig
from adapters.teams.responses import object_in
from bot.errors import SendFailed

log = logging.getLogger(__name__)

CONNECTOR: Final = "https://api.botframework.com"
"""What our tokens are for. There is one such scope, so one token."""

_TIMEOUT_S = 12.0
_SPARE_S = 300.0
_LOGIN_ERROR = re.compile(r"AADSTS\d+")


@dataclass(frozen=True, slots=True)
class Grant:
    """A token, and for how many seconds it is good from now on."""

    token: str
    lasts_s: float


class Login(Protocol):
    """How we prove who we are."""

    def grant(self) -> Grant:
        """A new token. Blocks; raises SendFailed."""
        ...


class AccessTokens:
    """Our token, asked for once and kept until shortly before its end."""

    def __init__(self, login: Login, clock: Callable[[], float] = time.monotonic) -> None:
        self._login = login
        self._clock = clock
        self._lock = threading.Lock()
        self._token = ""  # nosec B105 - none yet
        self._good_until = float("-inf")

    def get(self) -> str:
        """A token that is good for some minutes. Raises SendFailed, which is logged each time."""
        with self._lock:
            if self._clock() >= self._good_until:
                self._renew()
            return self._token

    def forget(self, token: str) -> None:
        """Ask for a new one next time: this one was refused."""
        with self._lock:
            if token == self._token:
                self._good_until = float("-inf")

    def _renew(self) -> None:
        try:
            grant = self._login.grant()
        except SendFailed as error:
            log.warning("Earshot cannot log in to Teams, and says nothing there: %s", error.detail)
            raise
        self._token = grant.token
        self._good_until = self._clock() + grant.lasts_s - _SPARE_S


def login_of(config: TeamsConfig, http: requests.Session) -> Login:
    """The way that the settings ask for."""
    if config.managed_identity_client_id:
        return ManagedIdentityLogin(config.managed_identity_client_id, http)
    return SecretLogin(config, http)


class SecretLogin:
    """The client credentials grant, as Microsoft's identity platform documents it."""

    def __init__(self, config: TeamsConfig, http: requests.Session) -> None:
        self._config = config
        self._http = http

    def grant(self) -> Grant:
        """See `Login`."""
        config = self._config
        url = f"{config.login_url.rstrip('/')}/{quote(config.tenant_id or '')}/oauth2/v2.0/token"
        form = {
            "grant_type": "client_credentials",
            "client_id": config.app_id,
            "client_secret": config.app_password,
            "scope": f"{CONNECTOR}/.default",
        }
        try:
            response = self._http.post(url, data=form, timeout=_TIMEOUT_S, allow_redirects=False)
        except requests.RequestException as error:
            raise SendFailed(f"TEAMS_LOGIN_URL: {type(error).__name__}") from None
        return _grant(object_in(response), f"{response.status_code} ")


class ManagedIdentityLogin:
    """The identity that Azure gives the machine we run on; there is no secret to keep or renew.

    Microsoft's library knows where each kind of machine has it. It would keep tokens as well, also
    one that was refused: so each login has a client of its own.
    """

    def __init__(self, client_id: str, http: requests.Session) -> None:
        self._identity = msal.UserAssignedManagedIdentity(client_id=client_id)
        self._http = _WithTimeout(http)

    def grant(self) -> Grant:
        """See `Login`."""
        client = msal.ManagedIdentityClient(self._identity, http_client=self._http)
        try:
            granted = client.acquire_token_for_client(resource=CONNECTOR)
        except (requests.RequestException, msal.ManagedIdentityError, ValueError) as error:
            raise SendFailed(f"the managed identity: {type(error).__name__}") from None
        return _grant(granted if isinstance(granted, dict) else {}, "managed identity: ")


class _WithTimeout:
    """The HTTP client that the library is given: it sets no time-out itself."""

    def __init__(self, http: requests.Session) -> None:
        self._http = http

    def get(self, url: str, **options: Any) -> requests.Response:
        return self._http.get(url, timeout=_TIMEOUT_S, **options)

    def post(self, url: str, **options: Any) -> requests.Response:
        return self._http.post(url, timeout=_TIMEOUT_S, **options)

    def close(self) -> None:
        """It is not the library's to close."""


def _grant(granted: JsonObject, how: str) -> Grant:
    """What was granted. Raises SendFailed where it is no token."""
    token, lasts_s = granted.get("access_token"), granted.get("expires_in")
    if not isinstance(token, str) or not token:
        raise SendFailed(f"the login was refused: {how}{_reason(granted)}")
    try:
        return Grant(token, float(lasts_s or 0))
    except (TypeError, ValueError):
        return Grant(token, 0.0)


def _reason(granted: JsonObject) -> str:
    """Microsoft's number of the error, and none of its prose: that may quote us."""
    found = _LOGIN_ERROR.search(str(granted.get("error_description") or ""))
    return found[0] if found else str(granted.get("error") or "")[:80]
