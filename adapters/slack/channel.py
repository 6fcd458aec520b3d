"""The Slack channel: everything of this package put together."""

from collections.abc import Callable
from dataclasses import dataclass

from starlette.routing import Route

from adapters.slack.agent import SlackWorkSign
from adapters.slack.api import ApiRefused, ask
from adapters.slack.config import OAuthConfig, SlackConfig
from adapters.slack.connection import Connections, SingleConnection, Transport
from adapters.slack.files import SlackFiles
from adapters.slack.form_check import PatientCheck
from adapters.slack.front import SlackFront
from adapters.slack.gateway import SlackGateway
from adapters.slack.installations import InstalledConnections
from adapters.slack.manifest import ADDRESS
from adapters.slack.messages import SlackMessages
from adapters.slack.oauth import SlackOAuth
from adapters.slack.oauth_routes import OAuthRoutes
from adapters.slack.options import SlackOptions
from adapters.slack.receiver import SlackReceiver
from adapters.slack.response_urls import ResponseUrls
from adapters.slack.roster import SlackRoster
from adapters.slack.socket_mode import SlackSocket
from bot.domain.addresses import CustomerAddresses
from bot.errors import EarshotError, SendFailed, SendRefused
from bot.ports import (
    CustomerOffers,
    FormCheck,
    InstallationStore,
    InstallStates,
    Intake,
    Roster,
)


@dataclass(frozen=True, slots=True)
class SeveralWorkspaces:
    """What it takes that workspaces install the app themselves."""

    oauth: OAuthConfig
    installations: InstallationStore
    states: InstallStates


class SlackChannel:
    """One workspace, or with `several` each that installs the app.

    `gateway`, `roster`, `messages` and `files` work between `start` and `stop`. Without `customers`
    none are offered in forms, and without `form_check` every form is taken as it is.
    """

    name = "slack"

    def __init__(
        self,
        config: SlackConfig,
        intake: Intake,
        several: SeveralWorkspaces | None = None,
        *,
        offers: Callable[[Roster], CustomerOffers] | None = None,
        form_check: FormCheck | None = None,
    ) -> None:
        self._config = config
        self._transport = Transport(config.api_base_url, config.pace)
        self._oauth_routes: OAuthRoutes | None = None
        self._connections: Connections
        if several is None:
            self._connections = SingleConnection(self._transport, config)
        else:
            self._connections = self._connect(several)
        response_urls = ResponseUrls(config.api_base_url)
        self.roster = SlackRoster(self._connections)
        self._receiver = SlackReceiver(
            self._connections,
            intake,
            response_urls,
            SlackOptions(offers(self.roster) if offers else None),
            PatientCheck(form_check),
            addresses=CustomerAddresses(config.public_url),
        )
        self.gateway = SlackGateway(self._connections, response_urls)
        self.messages = SlackMessages(self._connections)
        self.files = SlackFiles(self._connections)
        self.work_sign = SlackWorkSign(self._connections)
        self._socket: SlackSocket | None = None

    @property
    def routes(self) -> list[Route]:
        """The one address for events, commands and interactions, and those of the installation.

        None in Socket Mode.
        """
        if self._config.signing_secret is None:
            return []
        front = SlackFront(self._config.signing_secret, self._receiver.receive)
        by_browsers = self._oauth_routes.routes if self._oauth_routes else []
        return [Route(ADDRESS, front), *by_browsers]

    async def start(self, *, receive: bool = True) -> None:
        """Connect, on the loop that serves the routes; without `receive` only to send.

        A Slack that cannot be reached now is asked again with the first request. Raises
        SendRefused when it does not know the tokens.
        """
        await self._transport.open()
        try:
            await self._connections.ready()
        except EarshotError:
            await self.stop()
            raise
        if receive and self._config.uses_socket_mode and self._config.app_token is not None:
            await self._open_socket(self._config.app_token)

    async def stop(self) -> None:
        """Take nothing more and close every connection."""
        if self._socket is not None:
            await self._socket.close()
            self._socket = None
        await self._transport.close()

    async def check(self) -> str:
        """Whether Slack knows us, in words. Raises SendRefused or SendFailed with what to do."""
        was_open = self._transport.is_open
        if not was_open:
            await self._transport.open()
        try:
            return await self._check()
        finally:
            if not was_open:
                await self._transport.close()

    def _connect(self, several: SeveralWorkspaces) -> InstalledConnections:
        oauth = SlackOAuth(self._transport, several.oauth)
        connections = InstalledConnections(
            self._transport, several.installations, oauth, self._config.save_emoji
        )
        self._oauth_routes = OAuthRoutes(
            oauth, connections, several.states, is_secure=not several.oauth.is_dev
        )
        return connections

    async def _open_socket(self, app_token: str) -> None:
        self._socket = SlackSocket(self._transport, app_token, self._receiver.receive)
        try:
            await self._socket.open()
        except (SendFailed, SendRefused):
            await self.stop()
            raise

    async def _check(self) -> str:
        said = await self._connections.examine()
        way = "over HTTP at /slack/events"
        if self._config.uses_socket_mode and self._config.app_token is not None:
            await self._check_app_token(self._config.app_token)
            way = "in Socket Mode"
        return f"{said}, listening {way}"

    async def _check_app_token(self, app_token: str) -> None:
        client = self._transport.make_client(app_token)
        try:
            await ask(client.apps_connections_open(app_token=app_token))
        except ApiRefused as refusal:
            advice = "create an app token with connections:write for SLACK_APP_TOKEN"
            raise SendRefused(f"{refusal.code}: {advice}, and turn Socket Mode on") from refusal
