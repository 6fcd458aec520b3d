"""The one HTTP session to Slack, the loop it lives on, and who we are in which workspace."""

import asyncio
import logging
from collections.abc import Coroutine
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from adapters.slack.api import ask, response_of
from adapters.slack.config import Installation, SlackConfig
from adapters.slack.manifest import SCOPES
from adapters.slack.paced_client import PacedClient
from adapters.slack.pacing import Pace, Pacing
from adapters.slack.payloads import Payload
from adapters.slack.revocation import read_revocation
from bot.errors import SendFailed, SendRefused

_Result = TypeVar("_Result")

_TIMEOUT_S = 15

_log = logging.getLogger(__name__)
# The SDK prints bodies at debug level, people's words among them: this logger never does.
sdk_logger = logging.getLogger("adapters.slack.sdk")


class Transport:
    """Opened on the event loop of the server; usable from any thread through `run`."""

    def __init__(self, api_base_url: str, pace: Pace) -> None:
        self.api_base_url = api_base_url
        self._pace = pace
        self._session: aiohttp.ClientSession | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._begun: set[Future[None]] = set()

    async def open(self) -> None:
        """Open the session on the running loop."""
        sdk_logger.setLevel(logging.WARNING)
        self._loop = asyncio.get_running_loop()
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=_TIMEOUT_S))

    async def close(self) -> None:
        """Close the session; whatever is still asked fails as unreachable, or is given up."""
        for begun in tuple(self._begun):
            begun.cancel()
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    @property
    def is_open(self) -> bool:
        """Whether calls can be made."""
        return self._session is not None

    @property
    def session(self) -> aiohttp.ClientSession:
        """The session. Raises SendFailed while it is not open."""
        if self._session is None:
            raise SendFailed("the connection to Slack is not open")
        return self._session

    def make_client(self, token: str | None) -> AsyncWebClient:
        """The Web API with this token, or none. Raises SendFailed while the session is not open.

        It tries nothing again by itself: the outbox does, and knows what was sent.
        """
        client = PacedClient(
            token,
            self.api_base_url,
            session=self.session,
            retry_handlers=[],
            logger=sdk_logger,
            pacing=Pacing(self._pace),
        )
        if self.api_base_url.startswith("http://"):
            client.proxy = None  # the SDK would take HTTPS_PROXY for this address too
        return client

    def make_webhook(self, url: str) -> AsyncWebhookClient:
        """A client for one of Slack's response URLs."""
        webhook = AsyncWebhookClient(
            url, session=self.session, retry_handlers=[], logger=sdk_logger
        )
        if url.startswith("http://"):
            webhook.proxy = None
        return webhook

    def run(self, work: Coroutine[Any, Any, _Result], timeout_s: float) -> _Result:
        """Do the work on the session's loop, and wait for it here, in another thread.

        Raises TimeoutError when it takes too long, SendFailed while the session is not open.
        """
        future = asyncio.run_coroutine_threadsafe(work, self._home(work))
        try:
            return future.result(timeout_s)
        except TimeoutError:
            future.cancel()
            raise

    def begin(self, work: Coroutine[Any, Any, None]) -> None:
        """Let the work be done on the session's loop, and wait for nothing.

        Raises SendFailed while the session is not open. What the work raises is lost.
        """
        future = asyncio.run_coroutine_threadsafe(work, self._home(work))
        self._begun.add(future)
        future.add_done_callback(self._begun.discard)

    async def on_loop(self, work: Coroutine[Any, Any, _Result]) -> _Result:
        """Do the work on the session's loop, whichever loop awaits it."""
        home = self._home(work)
        if home is asyncio.get_running_loop():
            return await work
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, home))

    def _home(self, work: Coroutine[Any, Any, _Result]) -> asyncio.AbstractEventLoop:
        if self._loop is None or self._session is None:
            work.close()
            raise SendFailed("the connection to Slack is not open")
        return self._loop


@dataclass(frozen=True, slots=True)
class Connection:
    """One workspace: who we are there, and the Web API with its token."""

    here: Installation
    client: AsyncWebClient


class Connections(Protocol):
    """Which workspaces the bot is installed in. Awaited on the transport's loop alone."""

    @property
    def transport(self) -> Transport:
        """What all of them share."""
        ...

    async def of(self, workspace: str) -> Connection:
        """The workspace's connection, with a token that works now.

        Raises SendRefused where the bot is not installed there (any more), and SendFailed.
        """
        ...

    async def addressed(self, payload: Payload) -> Connection | None:
        """Whose installation a genuine payload is for; None where it is for none of ours.

        Raises SendFailed or SendRefused, and StoreUnavailable.
        """
        ...

    async def revoked(self, payload: Payload) -> None:
        """An event says that an installation was taken back: from now on nothing is sent there.

        Raises SendFailed and StoreUnavailable, for Slack to send the event again.
        """
        ...

    async def ready(self) -> None:
        """Look at the start whether it can work; a Slack that is away is asked again later.

        Raises SendRefused, and EncryptionKeyWrong.
        """
        ...

    async def examine(self) -> str:
        """Whether Slack knows every installation, in words. Raises SendRefused or SendFailed."""
        ...


async def check_scopes(client: AsyncWebClient) -> None:
    """Raise SendRefused, naming what the token may not do that the manifest asks for.

    Raises SendFailed and ApiRefused, too.
    """
    response = await response_of(client.auth_test())
    granted = response.headers.get("x-oauth-scopes")
    missing = SCOPES.keys() - {scope.strip() for scope in (granted or "").split(",")}
    if granted is not None and missing:
        names = ", ".join(sorted(missing))
        raise SendRefused(f"add the scopes {names} under OAuth & Permissions and reinstall")


class SingleConnection:
    """The one workspace whose token is in the settings."""

    def __init__(self, transport: Transport, config: SlackConfig) -> None:
        self.transport = transport
        self._config = config
        self._connection: Connection | None = None
        self._asking = asyncio.Lock()

    async def of(self, workspace: str) -> Connection:
        """See `Connections`; who we are is asked once."""
        if workspace != self._config.workspace:
            raise SendRefused(f"Slack is not installed in the workspace {workspace}")
        return await self.only()

    async def addressed(self, _payload: Payload) -> Connection:
        """The one there is: `parse` leaves out what another team's envelope brings."""
        return await self.only()

    async def only(self) -> Connection:
        """The one there is. Raises SendFailed or ApiRefused."""
        async with self._asking:
            known = self._connection
            if known is None or known.client.session is not self.transport.session:
                known = self._connection = await self._ask_who_we_are()
        return known

    async def revoked(self, payload: Payload) -> None:
        """Whoever has set the token has to set another one."""
        revocation, known = read_revocation(payload), self._connection
        is_ours = revocation and known and revocation.envelope.team_id == known.here.team_id
        if is_ours:
            _log.error("SLACK_BOT_TOKEN was revoked: install the app again, and set its new token")

    async def ready(self) -> None:
        """See `Connections`."""
        try:
            await self.only()
        except SendFailed as error:
            _log.warning("Slack cannot be reached yet: %s", error)

    async def examine(self) -> str:
        """See `Connections`."""
        connection = await self.only()
        await check_scopes(connection.client)
        return f"connected to {connection.here.team_name} as @{connection.here.bot_name}"

    async def _ask_who_we_are(self) -> Connection:
        client = self.transport.make_client(self._config.bot_token)
        told = await ask(client.auth_test())
        here = Installation(
            workspace=self._config.workspace,
            team_id=str(told.get("team_id", "")),
            bot_user_id=str(told.get("user_id", "")),
            bot_id=str(told.get("bot_id") or ""),
            team_url=str(told.get("url") or ""),
            team_name=str(told.get("team") or ""),
            bot_name=str(told.get("user") or ""),
            save_emoji=self._config.save_emoji,
        )
        return Connection(here, client)
