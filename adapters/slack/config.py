"""What the Slack channel is given, and what Slack says it is."""

from dataclasses import dataclass, field

from adapters.slack.pacing import Pace


@dataclass(frozen=True, slots=True)
class SlackConfig:
    """The settings of the channel. With a signing secret it listens to HTTP, else to a socket.

    `bot_token` is that of the one workspace; it is empty where several install the app by OAuth.
    `public_url` is what the addresses of customers begin with.
    """

    bot_token: str = field(default="", repr=False)
    signing_secret: str | None = field(default=None, repr=False)
    app_token: str | None = field(default=None, repr=False)
    api_base_url: str = "https://slack.com/api/"
    workspace: str = "main"
    save_emoji: str = "ear"
    pace: Pace = field(default_factory=Pace)
    public_url: str | None = None

    @property
    def uses_socket_mode(self) -> bool:
        """Whether events come over a socket that we open, since nothing is signed."""
        return self.signing_secret is None and self.app_token is not None


@dataclass(frozen=True, slots=True)
class OAuthConfig:
    """How workspaces install the app themselves.

    `allowed` are the ids of the teams and organisations that may; none means any. Cookies go over
    TLS alone unless `is_dev`.
    """

    client_id: str
    client_secret: str = field(repr=False)
    allowed: frozenset[str] = frozenset()
    is_dev: bool = False


@dataclass(frozen=True, slots=True)
class Installation:
    """Who the bot is and where it is installed, as `auth.test` tells.

    `team_url` ends with a slash, `https://acme.slack.com/`; empty where Slack gave none.
    `save_emoji` is the name of the emoji that saves a message. `org_id` is the organisation that
    has installed the app for all its teams, None where the team did.
    """

    workspace: str
    team_id: str
    bot_user_id: str
    bot_id: str = ""
    team_url: str = ""
    team_name: str = ""
    bot_name: str = ""
    save_emoji: str = "ear"
    org_id: str | None = None
