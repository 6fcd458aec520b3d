"""Who has installed the bot, where several workspaces may; and what they let it do."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Grant:
    """What the platform lets the bot in with. `expires_at` is None for a token that stays valid."""

    token: str = field(repr=False)
    refresh_token: str | None = field(default=None, repr=False)
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class AppInstallation:
    """A team, or an organisation for all its teams (`is_org_wide`), that has installed the bot.

    `id` is the platform's for it; `generation` is another one with each new grant, and given by
    the store. `url` ends with a slash, or is empty where it is not known.
    """

    id: str
    name: str
    bot_user_id: str
    grant: Grant
    installed_at: datetime
    url: str = ""
    bot_id: str = ""
    bot_name: str = ""
    is_org_wide: bool = False
    generation: str = ""


@dataclass(frozen=True, slots=True)
class ServedTeam:
    """A team, and the installation that serves it."""

    team_id: str
    installation: AppInstallation


@dataclass(frozen=True, slots=True)
class InstalledWorkspace:
    """A workspace that the bot is or was installed in; `name` is that of who installed it.

    `installed_at` is None when it is not installed any more.
    """

    workspace: str
    name: str = ""
    installed_at: datetime | None = None
    is_org_wide: bool = False


class InstallationStore(Protocol):
    """Installations, their tokens encrypted. All methods raise StoreUnavailable.

    Those that give an installation raise EncryptionKeyWrong where its tokens cannot be read.
    """

    def put(self, installation: AppInstallation, workspace: str | None) -> None:
        """Keep it in the place of an earlier one of the same id.

        `workspace` is the one that it serves, None for a whole organisation.
        """
        ...

    def serving(self, team_id: str, org_id: str | None, workspace: str) -> AppInstallation | None:
        """The team's own installation, else its organisation's; None where there is neither.

        What is found is noted as serving that workspace.
        """
        ...

    def of_workspace(self, workspace: str) -> ServedTeam | None:
        """What serves this workspace now."""
        ...

    def get(self, installation_id: str) -> AppInstallation | None:
        """The installation of this team or organisation."""
        ...

    def remove(self, installation_id: str) -> None:
        """Forget its tokens, and give up what waits to be sent in the workspaces it served."""
        ...

    def begin_renewal(self, installation: AppInstallation, until: datetime) -> bool:
        """Have the renewal of its grant to oneself until then, whichever thread or process asks.

        False where another one has it, or has renewed the grant already.
        """
        ...

    def renewed(self, installation: AppInstallation, grant: Grant) -> bool:
        """Put the new grant in the place of the one it was got with, and end the renewal.

        False, and nothing is changed, where that one is not there any more.
        """
        ...

    def all(self) -> Sequence[AppInstallation]:
        """Every installation, by id."""
        ...

    def reseal(self) -> None:
        """Encrypt what an older key encrypted anew with the first one."""
        ...


class InstallStates(Protocol):
    """Installations that were begun and not ended. Both methods raise StoreUnavailable."""

    def put(self, state: str, browser: str) -> None:
        """One was begun in this browser."""
        ...

    def take(self, state: str, browser: str) -> bool:
        """Whether one was begun in this browser, not long ago; the state is then used up."""
        ...
