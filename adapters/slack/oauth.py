"""OAuth with Slack: what is asked for, and what a code or a refresh token gets.

Sources: docs.slack.dev/authentication/installing-with-oauth, docs.slack.dev/reference/methods
/oauth.v2.access and docs.slack.dev/authentication/using-token-rotation.
"""

from base64 import b64encode
from datetime import datetime, timedelta
from typing import Annotated, TypeVar
from urllib.parse import urlencode, urljoin

from pydantic import BeforeValidator, Field

from adapters.slack.api import ApiRefused, ask
from adapters.slack.config import OAuthConfig
from adapters.slack.connection import Transport
from adapters.slack.manifest import SCOPES
from adapters.slack.parse import read_as
from adapters.slack.payloads import Id, Part, Payload, Words
from bot.ports import AppInstallation, Grant

_BOT = "bot"
_Seconds = Annotated[int, Field(gt=0, le=366 * 24 * 3600)]


def _none_if_empty(value: object) -> object:
    return value or None


class _Named(Part):
    id: Id
    name: Words = ""


class _Granted(Part):
    """An answer of `oauth.v2.access`."""

    access_token: str = Field(min_length=1, max_length=4096, repr=False)
    token_type: str = ""
    refresh_token: Annotated[str | None, BeforeValidator(_none_if_empty)] = Field(None, repr=False)
    expires_in: Annotated[_Seconds | None, BeforeValidator(_none_if_empty)] = None


class _Installed(_Granted):
    """The answer to a code."""

    bot_user_id: Id
    team: _Named | None = None
    enterprise: _Named | None = None
    is_enterprise_install: bool = False

    @property
    def owner(self) -> _Named | None:
        """The organisation where it has installed the app for all its teams, else the team."""
        return self.enterprise if self.is_enterprise_install else self.team


_Model = TypeVar("_Model", bound=_Granted)


class SlackOAuth:
    """Talks to Slack as the app. To be used on the transport's loop."""

    def __init__(self, transport: Transport, config: OAuthConfig) -> None:
        self._transport = transport
        self._config = config

    def authorize_url(self, state: str) -> str:
        """Where a person allows the installation. Slack then goes on to the app's redirect URL."""
        asked = {
            "client_id": self._config.client_id,
            "scope": ",".join(SCOPES),
            "state": state,
        }
        page = urljoin(self._transport.api_base_url, "/oauth/v2/authorize")
        return f"{page}?{urlencode(asked)}"

    def may_install(self, installation: AppInstallation) -> bool:
        """Whether the settings let this team or organisation in."""
        return not self._config.allowed or installation.id in self._config.allowed

    async def exchange(self, code: str, now: datetime) -> AppInstallation:
        """The installation that a code stands for. Raises ApiRefused and SendFailed."""
        installed = _read(_Installed, await self._access(code=code))
        owner = installed.owner
        if owner is None:
            raise ApiRefused("unexpected_answer")
        # The answer names neither the bot nor the workspace's address.
        told = await ask(self._transport.make_client(installed.access_token).auth_test())
        return AppInstallation(
            id=owner.id,
            name=owner.name,
            bot_user_id=installed.bot_user_id,
            grant=_grant(installed, now),
            installed_at=now,
            url=str(told.get("url") or ""),
            bot_id=str(told.get("bot_id") or ""),
            bot_name=str(told.get("user") or ""),
            is_org_wide=installed.is_enterprise_install,
        )

    async def renew(self, grant: Grant, now: datetime) -> Grant:
        """A grant in the place of this one, whose refresh token is then used up.

        Raises ApiRefused and SendFailed.
        """
        answer = await self._access(
            grant_type="refresh_token", refresh_token=grant.refresh_token or ""
        )
        return _grant(_read(_Granted, answer), now)

    async def revoke(self, grant: Grant) -> None:
        """Give a token back that is not kept. Raises ApiRefused and SendFailed."""
        await ask(self._transport.make_client(grant.token).auth_revoke())

    async def _access(self, **arguments: str) -> Payload:
        # Not by the SDK's own method: it has aiohttp make the header in a way that is deprecated.
        secret = f"{self._config.client_id}:{self._config.client_secret}".encode()
        headers = {"Authorization": f"Basic {b64encode(secret).decode()}"}
        client = self._transport.make_client(None)
        return await ask(client.api_call("oauth.v2.access", data=arguments, headers=headers))


def _read(model: type[_Model], answer: Payload) -> _Model:
    """What Slack granted. Raises ApiRefused for anything but a bot's token."""
    granted = read_as(model, answer)
    if granted is None or granted.token_type != _BOT:
        raise ApiRefused("unexpected_answer")
    return granted


def _grant(granted: _Granted, now: datetime) -> Grant:
    lasts = granted.expires_in
    return Grant(
        token=granted.access_token,
        refresh_token=granted.refresh_token,
        expires_at=None if lasts is None else now + timedelta(seconds=lasts),
    )
