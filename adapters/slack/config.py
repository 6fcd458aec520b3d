"""What the Slack channel is given, and what Slack says it is."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class SlackConfig:
    """The settings of the channel. With a signing secret it listens to HTTP, else to a socket."""

    bot_token: str = field(repr=False)
    signing_secret: str | None = field(default=None, repr=False)
    app_token: str | None = field(default=None, repr=False)
    api_base_url: str = "https://slack.com/api/"
    workspace: str = "main"
    save_emoji: str = "ear"

    @property
    def uses_socket_mode(self) -> bool:
        """Whether events come over a socket that we open, since nothing is signed."""
        return self.signing_secret is None and self.app_token is not None


@dataclass(frozen=True, slots=True)
class Installation:
    """Who the bot is and where it is installed, as `auth.test` tells.

    `team_url` ends with a slash, `https://acme.slack.com/`; empty where Slack gave none.
    `save_emoji` is the name of the emoji that saves a message.
    """

    workspace: str
    team_id: str
    bot_user_id: str
    bot_id: str = ""
    team_url: str = ""
    team_name: str = ""
    bot_name: str = ""
    save_emoji: str = "ear"
