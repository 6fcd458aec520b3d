"""The one HTTP session to Slack, the loop it lives on, and who we are there."""

import asyncio
import logging
from collections.abc import Coroutine
from concurrent.futures import Future
from typing import Any, TypeVar

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from adapters.slack.api import ask
from adapters.slack.config import Installation, SlackConfig
from bot.errors import SendFailed

_Result = TypeVar("_Result")

_TIMEOUT_S = 15

# The SDK prints bodies at debug level, people's words among them: this logger never does.
sdk_logger = logging.getLogger("adapters.slack.sdk")


class Connection:
    """Opened on the event loop of the server; usable from any thread through `run`."""

    def __init__(self, config: SlackConfig) -> None:
        self.config = config
        self._session: aiohttp.ClientSession | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._client: AsyncWebClient | None = None
        self._installation: Installation | None = None
        self._asking = asyncio.Lock()
        self._begun: set[Future[None]] = set()

    async def open(self) -> None:
        """Open the session on the running loop."""
        sdk_logger.setLevel(logging.WARNING)
        self._loop = asyncio.get_running_loop()
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=_TIMEOUT_S))
        self._client = self.make_client(self.config.bot_token)

    async def close(self) -> None:
        """Close the session; whatever is still asked fails as unreachable, or is given up."""
        for begun in tuple(self._begun):
            begun.cancel()
        session, self._session, self._client = self._session, None, None
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

    @property
    def client(self) -> AsyncWebClient:
        """The Web API, as the bot. Raises SendFailed while the connection is not open."""
        if self._client is None:
            raise SendFailed("the connection to Slack is not open")
        return self._client

    def make_client(self, token: str) -> AsyncWebClient:
        """A client with another token on the same session.

        It tries nothing again by itself: the outbox does, and knows what was sent.
        """
        base_url = self.config.api_base_url
        client = AsyncWebClient(
            token, base_url, session=self.session, retry_handlers=[], logger=sdk_logger
        )
        if base_url.startswith("http://"):
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

    async def installation(self) -> Installation:
        """Who we are, asked once. Raises SendFailed or ApiRefused."""
        if self._installation is None:
            async with self._asking:
                if self._installation is None:
                    self._installation = await self._ask_who_we_are()
        return self._installation

    async def _ask_who_we_are(self) -> Installation:
        told = await ask(self.client.auth_test())
        return Installation(
            workspace=self.config.workspace,
            team_id=str(told.get("team_id", "")),
            bot_user_id=str(told.get("user_id", "")),
            bot_id=str(told.get("bot_id") or ""),
            team_url=str(told.get("url") or ""),
            team_name=str(told.get("team") or ""),
            bot_name=str(told.get("user") or ""),
            save_emoji=self.config.save_emoji,
        )

    def run(self, work: Coroutine[Any, Any, _Result], timeout_s: float) -> _Result:
        """Do the work on the connection's loop, and wait for it here, in another thread.

        Raises TimeoutError when it takes too long, SendFailed while the connection is not open.
        """
        future = asyncio.run_coroutine_threadsafe(work, self._home(work))
        try:
            return future.result(timeout_s)
        except TimeoutError:
            future.cancel()
            raise

    def begin(self, work: Coroutine[Any, Any, None]) -> None:
        """Let the work be done on the connection's loop, and wait for nothing.

        Raises SendFailed while the connection is not open. What the work raises is lost.
        """
        future = asyncio.run_coroutine_threadsafe(work, self._home(work))
        self._begun.add(future)
        future.add_done_callback(self._begun.discard)

    async def on_loop(self, work: Coroutine[Any, Any, _Result]) -> _Result:
        """Do the work on the connection's loop, whichever loop awaits it."""
        home = self._home(work)
        if home is asyncio.get_running_loop():
            return await work
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, home))

    def _home(self, work: Coroutine[Any, Any, _Result]) -> asyncio.AbstractEventLoop:
        if self._loop is None or self._session is None:
            work.close()
            raise SendFailed("the connection to Slack is not open")
        return self._loop
