"""Tokens that expire are renewed ahead of that, once however many calls want it.

Slack takes a refresh token once, so the thread or process that has begun a renewal in the database
has it to itself. What it got is kept even when whoever asked for it is gone.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

from adapters.slack.api import ApiRefused
from adapters.slack.oauth import SlackOAuth
from bot.errors import EarshotError, SendFailed, SendRefused, StoreUnavailable
from bot.ports import AppInstallation, Grant, InstallationStore

AHEAD: Final = timedelta(hours=2)
"""Slack's tokens are good for twelve hours; one that is renewed stays so until then."""

_TO_ITSELF = timedelta(seconds=60)
_LOOKS, _TRIES, _PAUSE_S = 50, 50, 0.2
_ADVICE = "have the app installed again at /slack/install"

_log = logging.getLogger(__name__)


class InThread(Protocol):
    """Asks the database off the event loop."""

    def __call__(self, do: Callable[..., Any], *arguments: object) -> Awaitable[Any]:
        """What `do` returns."""
        ...


class Renewals:
    """Of all installations, on the transport's loop."""

    def __init__(
        self,
        store: InstallationStore,
        oauth: SlackOAuth,
        in_thread: InThread,
        now: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._oauth = oauth
        self._in_thread = in_thread
        self._now = now
        self._running: dict[str, asyncio.Task[AppInstallation]] = {}

    def is_due(self, installation: AppInstallation) -> bool:
        """Whether its token expires soon."""
        return self._expires_within(installation, AHEAD)

    async def renewed(self, installation: AppInstallation) -> AppInstallation:
        """The installation with a token that works now, not always a new one.

        Raises SendRefused where nothing but a new installation helps, and SendFailed.
        """
        task = self._running.get(installation.id)
        if task is None:
            task = asyncio.create_task(self._renew(installation.id))
            self._running[installation.id] = task
            task.add_done_callback(lambda done: self._ended(installation.id, done))
        return await asyncio.shield(task)  # whoever waits may be cancelled, the renewal may not

    def _ended(self, installation_id: str, task: asyncio.Task[AppInstallation]) -> None:
        del self._running[installation_id]
        if not task.cancelled():
            task.exception()  # so that it counts as seen where nobody waits any more

    async def _renew(self, installation_id: str) -> AppInstallation:
        installation = await self._stored(installation_id)
        if not self.is_due(installation):
            return installation
        until = self._now() + _TO_ITSELF
        if not await self._in_thread(self._store.begin_renewal, installation, until):
            return await self._renewed_elsewhere(installation)
        try:
            grant = await self._oauth.renew(installation.grant, self._now())
        except EarshotError as error:
            return self._without_renewal(installation, error)
        await self._keep(installation, grant)
        return await self._stored(installation_id)

    async def _keep(self, installation: AppInstallation, grant: Grant) -> None:
        """Slack gives no second answer, so where the database is away this is tried again."""
        for _ in range(_TRIES - 1):
            try:
                await self._in_thread(self._store.renewed, installation, grant)
            except StoreUnavailable as error:
                _log.warning("a new token of %s is not kept yet: %s", installation.id, error)
                await asyncio.sleep(_PAUSE_S)
            else:
                return
        await self._in_thread(self._store.renewed, installation, grant)

    async def _renewed_elsewhere(self, installation: AppInstallation) -> AppInstallation:
        """Wait for it only where the token at hand is of no use any more."""
        for _ in range(_LOOKS):
            if not self._expires_within(installation, timedelta(0)):
                return installation
            await asyncio.sleep(_PAUSE_S)
            installation = await self._stored(installation.id)
        raise SendFailed(f"the token of {installation.id} is still being renewed")

    def _without_renewal(
        self, installation: AppInstallation, error: EarshotError
    ) -> AppInstallation:
        next_step = _ADVICE if isinstance(error, ApiRefused) else "it is tried again"
        _log.error(
            "the token of %s was not renewed: %s; %s", installation.id, error.detail, next_step
        )
        if not self._expires_within(installation, timedelta(0)):
            return installation
        if isinstance(error, ApiRefused):
            raise SendRefused(f"{error.code}: the token of {installation.id} expired; {_ADVICE}")
        raise error

    async def _stored(self, installation_id: str) -> AppInstallation:
        installation: AppInstallation | None = await self._in_thread(
            self._store.get, installation_id
        )
        if installation is None:
            raise SendRefused(f"{installation_id} has removed the app")
        return installation

    def _expires_within(self, installation: AppInstallation, time: timedelta) -> bool:
        expires_at = installation.grant.expires_at
        return expires_at is not None and expires_at <= self._now() + time
