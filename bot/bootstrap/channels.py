"""Which channels are on, by the settings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from bot.bootstrap.core import (
    WORKSPACE,
    build_customer_offers,
    build_form_check,
    build_look_up,
)
from bot.ports import (
    Clock,
    DirectoryStore,
    FileSource,
    Gateway,
    Intake,
    MessageSource,
    Roster,
    WorkSign,
)
from bot.settings import Settings

if TYPE_CHECKING:
    from starlette.routing import BaseRoute

    from adapters.slack.channel import SeveralWorkspaces, SlackChannel
    from adapters.teams.channel import TeamsChannel
    from adapters.web.playground.channel import PlaygroundChannel
    from knowledge_store import Store


class Channel(Protocol):
    """One platform: its routes in, its gateway out, and who is there."""

    @property
    def name(self) -> str:
        """What a `Place` calls it."""
        ...

    @property
    def routes(self) -> "Sequence[BaseRoute]":
        """Where the platform sends what happens."""
        ...

    @property
    def gateway(self) -> Gateway:
        """The way out."""
        ...

    @property
    def roster(self) -> Roster:
        """Who is there."""
        ...

    async def start(self, *, receive: bool) -> None:
        """Open what is needed to send and, where wished, to receive without a route."""
        ...

    async def stop(self) -> None:
        """Close it again."""
        ...

    async def check(self) -> str:
        """What the platform says of us, in words. Raises an EarshotError that says what to do."""
        ...


@dataclass(frozen=True, slots=True)
class Channels:
    """The channels that are on, and a line for each on whether and why.

    `sources` are, by channel name, where messages can be read that somebody points at, `files`
    where files are fetched, and `work_signs` what shows that a question is being worked on.
    """

    on: tuple[Channel, ...]
    told: tuple[str, ...]
    playground: "PlaygroundChannel | None" = None
    sources: Mapping[str, MessageSource] = field(default_factory=dict)
    work_signs: Mapping[str, WorkSign] = field(default_factory=dict)
    files: Mapping[str, FileSource] = field(default_factory=dict)

    @property
    def gateways(self) -> Mapping[str, Gateway]:
        """By channel name."""
        return {channel.name: channel.gateway for channel in self.on}

    @property
    def rosters(self) -> Mapping[str, Roster]:
        """By channel name."""
        return {channel.name: channel.roster for channel in self.on}

    @property
    def routes(self) -> "list[BaseRoute]":
        """Of all channels."""
        return [route for channel in self.on for route in channel.routes]


def build_channels(
    settings: Settings, intake: Intake, store: "Store", clock: Clock, *, with_playground: bool
) -> Channels:
    """Slack and Teams where they have their settings; the playground page in development."""
    on: list[Channel] = []
    told = []
    sources: dict[str, MessageSource] = {}
    work_signs: dict[str, WorkSign] = {}
    files: dict[str, FileSource] = {}
    if settings.slack_is_on:
        slack = _slack(settings, intake, store, clock)
        on.append(slack)
        sources[slack.name] = slack.messages
        work_signs[slack.name] = slack.work_sign
        files[slack.name] = slack.files
        told.append(f"Slack is on ({_way_into_slack(settings)}).")
    else:
        told.append("Slack is off: SLACK_BOT_TOKEN is not set.")
    if settings.slack_client_id and not settings.slack_has_several_workspaces:
        told.append("SLACK_CLIENT_ID is not used: SLACK_BOT_TOKEN is that of the one workspace.")
    if settings.teams_is_on:
        teams = _teams(settings, intake, store, clock)
        on.append(teams)
        sources[teams.name] = teams.messages
        work_signs[teams.name] = teams.work_sign
        told.append(f"Teams is on ({_way_into_teams(settings)}).")
    else:
        told.append("Teams is off: TEAMS_APP_ID is not set.")
    playground = _playground(settings, intake, store.directory, clock) if with_playground else None
    every = (*on, *([playground] if playground else []))
    return Channels(every, tuple(told), playground, sources, work_signs, files)


def _way_into_slack(settings: Settings) -> str:
    if settings.slack_has_several_workspaces:
        return "HTTP at /slack/events; workspaces install it at /slack/install"
    return "Socket Mode" if settings.slack_uses_socket_mode else "HTTP at /slack/events"


def _way_into_teams(settings: Settings) -> str:
    way = "HTTP at /api/messages"
    return f"{way}; OPEN: whoever connects is believed" if settings.teams_is_open else way


def _slack(settings: Settings, intake: Intake, store: "Store", clock: Clock) -> "SlackChannel":
    from adapters.slack.channel import SlackChannel
    from adapters.slack.config import SlackConfig
    from adapters.slack.pacing import Pace

    return SlackChannel(
        SlackConfig(
            bot_token=_value(settings.slack_bot_token),
            signing_secret=_value(settings.slack_signing_secret) or None,
            app_token=_value(settings.slack_app_token) or None,
            api_base_url=settings.slack_api_base_url,
            workspace=WORKSPACE,
            save_emoji=settings.slack_save_emoji,
            pace=Pace(factor=settings.slack_tier_factor),
            public_url=settings.earshot_public_url,
        ),
        intake,
        _several_workspaces(settings, store) if settings.slack_has_several_workspaces else None,
        offers=lambda roster: build_customer_offers(store, {"slack": roster}, clock),
        form_check=build_form_check(store),
    )


def _several_workspaces(settings: Settings, store: "Store") -> "SeveralWorkspaces":
    from adapters.slack.channel import SeveralWorkspaces
    from adapters.slack.config import OAuthConfig

    return SeveralWorkspaces(
        OAuthConfig(
            client_id=settings.slack_client_id or "",
            client_secret=_value(settings.slack_client_secret),
            allowed=settings.slack_allowed,
            is_dev=settings.is_dev,
        ),
        store.installations(settings.encryption_keys),
        store.install_states,
    )


def _teams(settings: Settings, intake: Intake, store: "Store", clock: Clock) -> "TeamsChannel":
    from adapters.teams.channel import TeamsChannel
    from adapters.teams.config import TeamsConfig
    from adapters.teams.whereabouts import CHANNEL

    return TeamsChannel(
        TeamsConfig(
            app_id=settings.teams_app_id or "",
            app_password=_value(settings.teams_app_password),
            tenant_id=settings.teams_tenant_id or "",
            openid_metadata_url=settings.teams_openid_metadata_url,
            login_url=settings.teams_login_url,
            managed_identity_client_id=settings.teams_managed_identity_client_id or "",
            workspace=WORKSPACE,
            open_on_loopback=settings.teams_is_open,
        ),
        intake,
        store.references(WORKSPACE),
        look_up=lambda roster: build_look_up(store, {CHANNEL: roster}, clock),
        form_check=build_form_check(store),
    )


def _playground(
    settings: Settings, intake: Intake, directory: DirectoryStore, clock: Clock
) -> "PlaygroundChannel":
    from adapters.slack import previews as slack
    from adapters.teams import previews as teams
    from adapters.web.playground.channel import PlaygroundChannel
    from bot.demo import load_demo

    demo = load_demo(workspace=WORKSPACE, channel="playground", now=clock.now())
    return PlaygroundChannel(
        intake=intake,
        directory=directory,
        clock=clock,
        workspace=WORKSPACE,
        base_url=f"http://{settings.host}:{settings.port}",
        renderers={"slack": slack.preview, "teams": teams.preview},
        save_forms={"slack": slack.saving, "teams": teams.saving},
        suggestions=demo.questions,
    )


def _value(secret: object) -> str:
    reveal = getattr(secret, "get_secret_value", None)
    return reveal() if reveal else ""
