"""The environment, read and checked once."""

import re
from enum import StrEnum
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import SettingsConfigDict

from bot.domain.model_use import ModelUse
from bot.errors import SettingsInvalid
from bot.settings.encryption_keys import is_key
from bot.settings.model_limits import ModelLimitSettings
from bot.settings.wholeness import problems_of

_SQLITE, _POSTGRESQL = "sqlite:///", "postgresql+psycopg://"


class Environment(StrEnum):
    """Where the product runs."""

    DEV = "dev"
    PRODUCTION = "production"


class Settings(ModelLimitSettings):
    """Every setting there is. The description of each is its row in docs/settings.md."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", env_ignore_empty=True)

    database_url: Annotated[
        str,
        Field(
            description="Where knowledge is kept: `sqlite:///path/to/file.db`, or "
            "`postgresql+psycopg://user:password@host/database`.",
            repr=False,  # it holds a password
        ),
    ] = "sqlite:///var/earshot.db"
    port: Annotated[
        int, Field(ge=1, le=65535, description="The one port for Slack, Teams, health and metrics.")
    ] = 8080
    earshot_env: Annotated[
        Environment,
        Field(
            description="`dev` binds to loopback and opens the playground page; `production` binds "
            "to all addresses and has no such page."
        ),
    ] = Environment.PRODUCTION

    earshot_public_url: Annotated[
        str | None,
        Field(
            description="The public https address in front of Earshot. With it people can share "
            "customers as links, which unfold in Slack into what everybody there may know."
        ),
    ] = None

    slack_bot_token: Annotated[
        SecretStr | None, Field(description="Slack: the bot token of a single workspace, `xoxb-…`.")
    ] = None
    slack_signing_secret: Annotated[
        SecretStr | None, Field(description="Slack: what requests over HTTP are signed with.")
    ] = None
    slack_app_token: Annotated[
        SecretStr | None,
        Field(
            description="Slack: an app token, `xapp-…`; without a signing secret it selects Socket "
            "Mode."
        ),
    ] = None
    slack_client_id: Annotated[
        str | None,
        Field(
            description="Slack: the app's client id, with which several workspaces install it "
            "themselves; not used beside `SLACK_BOT_TOKEN`."
        ),
    ] = None
    slack_client_secret: Annotated[
        SecretStr | None,
        Field(description="Slack: the app's client secret, which goes with `SLACK_CLIENT_ID`."),
    ] = None
    slack_allowed_teams: Annotated[
        str | None,
        Field(
            description="Slack: the ids of the teams (`T…`) and organisations (`E…`) that may "
            "install the app, with commas between them; without it any may."
        ),
    ] = None
    slack_app_id: Annotated[
        str | None,
        Field(
            pattern=r"^[A-Z][A-Z0-9]{1,30}$",
            description="Slack: the app's id, `A…`; links to customers that are opened in a "
            "browser then lead to the app.",
        ),
    ] = None
    slack_save_emoji: Annotated[
        str,
        Field(description="Slack: the emoji that saves the message it is put on, by its name."),
    ] = "ear"
    slack_api_base_url: Annotated[
        str, Field(description="Slack: where its Web API is; another one only for tests.")
    ] = "https://slack.com/api/"
    slack_tier_factor: Annotated[
        float,
        Field(
            gt=0,
            allow_inf_nan=False,
            description="Slack: how many times the calls a minute of Slack's published tiers the "
            "workspace may make; more than 1 only where Slack has agreed to it.",
        ),
    ] = 1.0

    teams_app_id: Annotated[str | None, Field(description="Teams: the bot's application id.")] = (
        None
    )
    teams_app_password: Annotated[
        SecretStr | None, Field(description="Teams: the client secret of the application.")
    ] = None
    teams_tenant_id: Annotated[
        str | None, Field(description="Teams: the tenant that the bot belongs to (single tenant).")
    ] = None
    teams_openid_metadata_url: Annotated[
        str, Field(description="Teams: where the keys of inbound tokens are found.")
    ] = "https://login.botframework.com/v1/.well-known/openidconfiguration"
    teams_login_url: Annotated[
        str, Field(description="Teams: the authority that gives out our tokens, before the tenant.")
    ] = "https://login.microsoftonline.com"

    teams_managed_identity_client_id: Annotated[
        str | None,
        Field(
            description="Teams: the client id of a user-assigned managed identity that the bot "
            "logs in as, instead of `TEAMS_APP_PASSWORD`."
        ),
    ] = None
    teams_without_login: Annotated[
        bool,
        Field(
            description="Teams: `true` believes whoever connects, for a test client on this "
            "machine; only with `EARSHOT_ENV=dev` and without `TEAMS_APP_ID`."
        ),
    ] = False

    earshot_encryption_key: Annotated[
        SecretStr | None,
        Field(
            description="What the tokens of several Slack workspaces are encrypted with; "
            "`earshot new-key` makes one. Of several with commas between them the first encrypts, "
            "and each decrypts."
        ),
    ] = None

    openai_api_key: Annotated[
        SecretStr | None,
        Field(description="Turns the language model on. Without it everything runs locally."),
    ] = None
    openai_base_url: Annotated[
        str | None, Field(description="Any OpenAI-compatible server; the default is OpenAI's.")
    ] = None
    earshot_chat_model: Annotated[
        str, Field(description="The language model that classifies and answers.")
    ] = "gpt-5-mini"
    earshot_embedding_model: Annotated[
        str, Field(description="`local`, or the name of an embedding model at the same server.")
    ] = "local"
    earshot_model_use: Annotated[
        ModelUse,
        Field(
            description="What of people's words may go to the language and embedding models, where "
            "a workspace decided nothing else: `off`, `redacted` (all but personal data) or `full`."
        ),
    ] = ModelUse.REDACTED
    earshot_classifier_adjustment: Annotated[
        Path | None,
        Field(
            description="A file that `earshot retrain --write` made: the local classifier as your "
            "own corrections adjusted it."
        ),
    ] = None

    @field_validator("database_url")
    @classmethod
    def _is_supported(cls, url: str) -> str:
        if not url.startswith((_SQLITE, _POSTGRESQL)):
            raise ValueError(
                f"only {_SQLITE}path/to/file.db and {_POSTGRESQL}user:password@host/database "
                "are supported"
            )
        return url

    @field_validator("earshot_public_url")
    @classmethod
    def _is_public_address(cls, url: str | None) -> str | None:
        if url is None:
            return None
        parts = urlsplit(url.strip())
        is_plain = not (parts.username or parts.query or parts.fragment)
        if parts.scheme not in {"http", "https"} or not parts.hostname or not is_plain:
            raise ValueError("give an address such as https://earshot.example.com")
        return url.strip().rstrip("/")

    @field_validator("slack_bot_token")
    @classmethod
    def _is_bot_token(cls, token: SecretStr | None) -> SecretStr | None:
        if token and not token.get_secret_value().startswith("xoxb-"):
            raise ValueError("a bot token starts with xoxb-; copy it from OAuth & Permissions")
        return token

    @field_validator("slack_app_token")
    @classmethod
    def _is_app_token(cls, token: SecretStr | None) -> SecretStr | None:
        if token and not token.get_secret_value().startswith("xapp-"):
            raise ValueError("an app token starts with xapp-; copy it from Basic Information")
        return token

    @field_validator("slack_allowed_teams")
    @classmethod
    def _are_slack_ids(cls, ids: str | None) -> str | None:
        listed = _listed(ids or "")
        is_named = listed and all(re.fullmatch(r"[TE][A-Z0-9]{1,63}", one) for one in listed)
        if ids is not None and not is_named:  # none named would let everybody in
            raise ValueError("give ids such as T0123ABCD or E0123ABCD, with commas between them")
        return ids

    @field_validator("earshot_encryption_key")
    @classmethod
    def _are_keys(cls, keys: SecretStr | None) -> SecretStr | None:
        listed = _listed(keys.get_secret_value()) if keys else ()
        if keys is not None and not (listed and all(map(is_key, listed))):
            raise ValueError("this is no key; make one with `earshot new-key`")
        return keys

    @field_validator("slack_save_emoji")
    @classmethod
    def _is_emoji_name(cls, name: str) -> str:
        bare = name.strip().strip(":")
        if not re.fullmatch(r"[a-z0-9_+'-]{1,100}", bare):
            raise ValueError("give the name of an emoji as Slack shows it, for example ear")
        return bare

    @model_validator(mode="after")
    def _is_whole(self) -> "Settings":
        problems = problems_of(self)
        if problems:
            raise ValueError("; ".join(problems))
        return self

    @property
    def is_dev(self) -> bool:
        """Whether the playground page is open, on loopback only."""
        return self.earshot_env is Environment.DEV

    @property
    def host(self) -> str:
        """The address to bind to."""
        return "127.0.0.1" if self.is_dev else "0.0.0.0"  # noqa: S104  # nosec B104 - behind a proxy

    @property
    def slack_is_on(self) -> bool:
        """Whether the Slack channel has its settings."""
        return self.slack_bot_token is not None or self.slack_has_several_workspaces

    @property
    def slack_has_several_workspaces(self) -> bool:
        """Whether workspaces install the app themselves; a bot token is for one alone."""
        return self.slack_bot_token is None and self.slack_client_id is not None

    @property
    def slack_allowed(self) -> frozenset[str]:
        """The ids of SLACK_ALLOWED_TEAMS."""
        return frozenset(_listed(self.slack_allowed_teams or ""))

    @property
    def encryption_keys(self) -> tuple[str, ...]:
        """The keys of EARSHOT_ENCRYPTION_KEY, the one that encrypts first."""
        keys = self.earshot_encryption_key
        return _listed(keys.get_secret_value()) if keys else ()

    @property
    def slack_uses_socket_mode(self) -> bool:
        """Whether events come over a socket that we open, since there is no signing secret."""
        return self.slack_is_on and self.slack_signing_secret is None

    @property
    def teams_is_on(self) -> bool:
        """Whether the Teams channel has its settings."""
        return self.teams_app_id is not None or self.teams_is_open

    @property
    def teams_is_open(self) -> bool:
        """Whether nobody is authenticated in Teams; the server is bound to loopback then."""
        return self.teams_without_login and self.is_dev

    @property
    def database_file(self) -> Path | None:
        """The file behind DATABASE_URL; None where that is a server's database."""
        if not self.database_url.startswith(_SQLITE):
            return None
        return Path(self.database_url.removeprefix(_SQLITE))

    @property
    def database_name(self) -> str:
        """What the database is called where people read it: without a password."""
        if self.database_file is not None:
            return str(self.database_file)
        parts = urlsplit(self.database_url)
        return f"PostgreSQL's {parts.path.removeprefix('/')} on {parts.hostname or 'this machine'}"


def read_settings() -> Settings:
    """Read the environment. Raises SettingsInvalid, naming each variable and what to do."""
    try:
        return Settings()
    except ValidationError as error:
        problems = [
            f"{'.'.join(map(str, problem['loc'])).upper() or 'settings'}: {_reason(problem['msg'])}"
            for problem in error.errors(include_input=False, include_url=False)
        ]
        raise SettingsInvalid("; ".join(problems)) from None


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _reason(message: str) -> str:
    return message.removeprefix("Value error, ")
