"""What the Teams channel has to know before it starts, and whose addresses it trusts."""

import ipaddress
import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from bot.errors import SettingsInvalid

OPENID_METADATA_URL = "https://login.botframework.com/v1/.well-known/openidconfiguration"
LOGIN_URL = "https://login.microsoftonline.com"

# Our token is sent to service URLs, so they are matched as a whole: a parser that reads
# `https://evil\@smba…` differently from the HTTP client would otherwise decide who gets it.
_SERVICE_URL = re.compile(r"(https?)://([a-z0-9.-]+)(?::\d{1,5})?(?:/[A-Za-z0-9._~/-]*)?")
_TEAMS_HOST = re.compile(
    r"smba\.trafficmanager\.net|[a-z0-9.-]{1,200}\.(?:botframework\.com|teams\.microsoft\.com)"
)


@dataclass(frozen=True, slots=True)
class TeamsConfig:
    """A single-tenant bot registration.

    `workspace` is the name that everything from this tenant is kept under. Without `app_id` nobody
    is authenticated, which is only allowed with `open_on_loopback`: a developer's machine whose
    server is bound to loopback. A metadata URL on another host than Microsoft's is a private
    authority, which also vouches for service URLs on its own host. With
    `managed_identity_client_id` the bot logs in as that identity, and has no password. Raises
    SettingsInvalid.
    """

    app_id: str | None
    app_password: str | None = field(repr=False)
    tenant_id: str | None
    openid_metadata_url: str = OPENID_METADATA_URL
    login_url: str = LOGIN_URL
    managed_identity_client_id: str = ""
    workspace: str = "main"
    open_on_loopback: bool = False

    def __post_init__(self) -> None:
        problems = self._login_problems() if self.app_id else self._open_problems()
        if problems:
            raise SettingsInvalid("; ".join(problems))

    def _login_problems(self) -> list[str]:
        password = self.app_password or self.managed_identity_client_id
        named = {"TEAMS_APP_PASSWORD": password, "TEAMS_TENANT_ID": self.tenant_id}
        problems = [f"TEAMS_APP_ID is set: also set {name}" for name in named if not named[name]]
        urls = {
            "TEAMS_OPENID_METADATA_URL": self.openid_metadata_url,
            "TEAMS_LOGIN_URL": self.login_url,
        }
        problems += [
            f"{name} must start with https:// unless it is on this machine"
            for name, url in urls.items()
            if not _is_private_enough(url)
        ]
        return problems

    def _open_problems(self) -> list[str]:
        if self.open_on_loopback:
            return []
        return ["TEAMS_APP_ID is missing: without it anybody could speak to the bot"]

    @property
    def login_settings(self) -> str:
        """The settings that a login rests on."""
        if self.managed_identity_client_id:
            return "TEAMS_MANAGED_IDENTITY_CLIENT_ID"
        return "TEAMS_APP_ID, TEAMS_APP_PASSWORD and TEAMS_TENANT_ID"

    def trusts_service_url(self, url: str) -> bool:
        """Whether our token may be sent there."""
        matched = _SERVICE_URL.fullmatch(url)
        if matched is None:
            return False
        scheme, host = matched.groups()
        if scheme == "https" and _TEAMS_HOST.fullmatch(host):
            return True
        authority = urlsplit(self.openid_metadata_url).hostname or ""
        if not self.app_id or is_loopback(authority):
            return is_loopback(host)
        is_ours = self.openid_metadata_url != OPENID_METADATA_URL and host == authority
        return is_ours and scheme == "https"


def is_loopback(host: str) -> bool:
    """Whether a host name or address is this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _is_private_enough(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    host = parts.hostname or ""
    return bool(host) and (
        parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host))
    )
