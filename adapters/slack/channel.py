"""The Slack channel: everything of this package put together."""

import logging

from starlette.routing import Route

from adapters.slack.agent import SlackWorkSign
from adapters.slack.api import ApiRefused, ask
from adapters.slack.config import SlackConfig
from adapters.slack.connection import Connection
from adapters.slack.files import SlackFiles
from adapters.slack.front import SlackFront
from adapters.slack.gateway import Pace, SlackGateway
from adapters.slack.manifest import ADDRESS, SCOPES
from adapters.slack.messages import SlackMessages
from adapters.slack.receiver import SlackReceiver
from adapters.slack.response_urls import ResponseUrls
from adapters.slack.roster import SlackRoster
from adapters.slack.socket_mode import SlackSocket
from bot.errors import SendFailed, SendRefused
from bot.ports import Intake

_log = logging.getLogger(__name__)


class SlackChannel:
    """One workspace. `gateway`, `roster`, `messages` and `files` work between `start` and `stop`.

    `message_interval_s` is Slack's pace for one conversation; only tests have another one.
    """

    name = "slack"

    def __init__(
        self, config: SlackConfig, intake: Intake, *, message_interval_s: float = 1.0
    ) -> None:
        self._config = config
        self._connection = Connection(config)
        response_urls = ResponseUrls(config.api_base_url)
        self._receiver = SlackReceiver(self._connection, intake, response_urls)
        self.gateway = SlackGateway(self._connection, response_urls, Pace(message_interval_s))
        self.roster = SlackRoster(self._connection)
        self.messages = SlackMessages(self._connection)
        self.files = SlackFiles(self._connection)
        self.work_sign = SlackWorkSign(self._connection)
        self._socket: SlackSocket | None = None

    @property
    def routes(self) -> list[Route]:
        """The one address for events, commands and interactions; none in Socket Mode."""
        if self._config.signing_secret is None:
            return []
        front = SlackFront(self._config.signing_secret, self._receiver.receive)
        return [Route(ADDRESS, front)]

    async def start(self, *, receive: bool = True) -> None:
        """Connect, on the loop that serves the routes; without `receive` only to send.

        A Slack that cannot be reached now is asked again with the first request. Raises
        SendRefused when it does not know the tokens.
        """
        await self._connection.open()
        try:
            await self._connection.installation()
        except SendFailed as error:
            _log.warning("Slack cannot be reached yet: %s", error)
        except SendRefused:
            await self.stop()
            raise
        if receive and self._config.uses_socket_mode and self._config.app_token is not None:
            await self._open_socket(self._config.app_token)

    async def stop(self) -> None:
        """Take nothing more and close every connection."""
        if self._socket is not None:
            await self._socket.close()
            self._socket = None
        await self._connection.close()

    async def check(self) -> str:
        """Whether Slack knows us, in words. Raises SendRefused or SendFailed with what to do."""
        was_open = self._connection.is_open
        if not was_open:
            await self._connection.open()
        try:
            return await self._check()
        finally:
            if not was_open:
                await self._connection.close()

    async def _open_socket(self, app_token: str) -> None:
        self._socket = SlackSocket(self._connection, app_token, self._receiver.receive)
        try:
            await self._socket.open()
        except (SendFailed, SendRefused):
            await self.stop()
            raise

    async def _check(self) -> str:
        here = await self._connection.installation()
        await self._check_scopes()
        way = "over HTTP at /slack/events"
        if self._config.uses_socket_mode and self._config.app_token is not None:
            await self._check_app_token(self._config.app_token)
            way = "in Socket Mode"
        return f"connected to {here.team_name} as @{here.bot_name}, listening {way}"

    async def _check_scopes(self) -> None:
        response = await self._connection.client.auth_test()
        granted = response.headers.get("x-oauth-scopes")
        missing = SCOPES.keys() - {scope.strip() for scope in (granted or "").split(",")}
        if granted is not None and missing:
            names = ", ".join(sorted(missing))
            raise SendRefused(f"add the scopes {names} under OAuth & Permissions and reinstall")

    async def _check_app_token(self, app_token: str) -> None:
        client = self._connection.make_client(app_token)
        try:
            await ask(client.apps_connections_open(app_token=app_token))
        except ApiRefused as refusal:
            advice = "create an app token with connections:write for SLACK_APP_TOKEN"
            raise SendRefused(f"{refusal.code}: {advice}, and turn Socket Mode on") from refusal
