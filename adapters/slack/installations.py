"""Several workspaces, each with the token that it gave by OAuth."""

import asyncio
import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, TypeVar

from adapters.slack.api import ApiRefused, ask
from adapters.slack.config import Installation
from adapters.slack.connection import Connection, Transport, check_scopes
from adapters.slack.envelope import Envelope, read_envelope
from adapters.slack.oauth import SlackOAuth
from adapters.slack.payloads import Payload
from adapters.slack.renewal import Renewals
from adapters.slack.revocation import read_revocation
from bot.errors import (
    EarshotError,
    EncryptionKeyWrong,
    SendFailed,
    SendRefused,
    StoreUnavailable,
)
from bot.ports import AppInstallation, InstallationStore

_Result = TypeVar("_Result")

FRESH_S: Final = 5.0
"""So long what was read is taken for true: other processes remove and renew installations, too."""

_USABLE_S: Final = 600.0  # to take in a payload, while it is read again in the background
_THREADS = 4
_INSTALL_AGAIN = "install it again at /slack/install"

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Known:
    """An installation as it was read then, and what it is used by in one workspace."""

    installation: AppInstallation
    connection: Connection
    read_at: float


def workspace_of(team_id: str) -> str:
    """The workspace that a team's knowledge is kept in."""
    return f"slack-{team_id}"


class InstalledConnections:
    """The workspaces that have installed the app. `now` gives seconds that never go back."""

    def __init__(
        self,
        transport: Transport,
        store: InstallationStore,
        oauth: SlackOAuth,
        save_emoji: str,
        *,
        now: Callable[[], float] = time.monotonic,
        utc_now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.transport = transport
        self._store = store
        self._save_emoji = save_emoji
        self._now = now
        self._known: dict[str, _Known] = {}
        self._being_read: set[str] = set()
        # Threads of its own: a database that hangs leaves the loop's free.
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="slack-installations")
        self._renewals = Renewals(store, oauth, self.in_thread, utc_now)

    async def of(self, workspace: str) -> Connection:
        """See `Connections`. A database that is away, or a wrong key, may do better later."""
        try:
            return await self._of(workspace)
        except (StoreUnavailable, EncryptionKeyWrong) as error:
            raise SendFailed(str(error)) from error

    async def _of(self, workspace: str) -> Connection:
        known = self._known.get(workspace)
        if known is None or self._age(known) > FRESH_S:
            known = await self._read(workspace)
        if known is None:
            raise SendRefused(f"{workspace} has not installed the app (any more): {_INSTALL_AGAIN}")
        if self._renewals.is_due(known.installation):
            installation = await self._renewals.renewed(known.installation)
            known = self._keep(workspace, known.connection.here.team_id, installation)
        return known.connection

    async def addressed(self, payload: Payload) -> Connection | None:
        """See `Connections`; the database is asked for a workspace that is new, or was idle."""
        envelope = read_envelope(payload)
        if envelope is None or envelope.team_id is None:
            return None
        workspace = workspace_of(envelope.team_id)
        known = self._known.get(workspace)
        if known is not None and self._age(known) <= _USABLE_S and _is_for(known, envelope):
            if self._age(known) > FRESH_S and workspace not in self._being_read:
                self.transport.begin(self._read_again(workspace))
            return known.connection
        installation = await self.in_thread(
            self._store.serving, envelope.team_id, envelope.org_id, workspace
        )
        if installation is None:
            self._known.pop(workspace, None)
            return None
        return self._keep(workspace, envelope.team_id, installation).connection

    async def ready(self) -> None:
        """See `Connections`: the keys must open every token there is."""
        await self.in_thread(self._store.reseal)

    async def examine(self) -> str:
        """See `Connections`."""
        installations = await self.in_thread(self._store.all)
        if not installations:
            return "no workspace has installed the app yet: open /slack/install"
        found = [await self._examined(installation) for installation in installations]
        told = "; ".join(said for _, said in found)
        if not all(is_fine for is_fine, _ in found):
            raise SendRefused(told)
        return told

    async def installed(self, installation: AppInstallation) -> None:
        """Keep an installation that was just made."""
        workspace = None if installation.is_org_wide else workspace_of(installation.id)
        await self.in_thread(self._store.put, installation, workspace)
        self._forget(installation.id)

    async def revoked(self, payload: Payload) -> None:
        """Forget the installation that was taken back. Raises SendFailed where Slack is away.

        Such events may be late, and come after a new installation; and one of a single team need
        not be meant for its whole organisation. Then Slack is asked whether the token still works.
        """
        revocation = read_revocation(payload)
        if revocation is None:
            return
        installation = await self._meant(revocation.envelope)
        if installation is None:
            return
        is_late = revocation.happened_at <= installation.installed_at
        is_of_one_team = installation.is_org_wide and revocation.envelope.team_id is not None
        if (is_late or is_of_one_team) and await self._works(installation):
            return
        await self.in_thread(self._store.remove, installation.id)
        self._forget(installation.id)
        _log.warning("%s has removed the app; nothing is sent there any more", installation.id)

    async def in_thread(self, do: Callable[..., _Result], *arguments: object) -> _Result:
        """What the database is asked, off the event loop."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, do, *arguments)

    # --- what is known --------------------------------------------------------------------------

    def _age(self, known: _Known) -> float:
        return self._now() - known.read_at

    async def _read(self, workspace: str) -> _Known | None:
        served = await self.in_thread(self._store.of_workspace, workspace)
        if served is None:
            self._known.pop(workspace, None)
            return None
        return self._keep(workspace, served.team_id, served.installation)

    async def _read_again(self, workspace: str) -> None:
        self._being_read.add(workspace)
        try:
            await self._read(workspace)
        except EarshotError as error:
            _log.warning("whether %s has the app could not be read: %s", workspace, error)
        finally:
            self._being_read.discard(workspace)

    def _keep(self, workspace: str, team_id: str, installation: AppInstallation) -> _Known:
        known = self._known.get(workspace)
        if known and _is_same(known.installation, installation) and self._is_usable(known):
            connection = known.connection  # it knows how fast Slack may be called there
            connection.client.token = installation.grant.token
        else:
            here = self._here(workspace, team_id, installation)
            connection = Connection(here, self.transport.make_client(installation.grant.token))
        self._known[workspace] = _Known(installation, connection, self._now())
        return self._known[workspace]

    def _is_usable(self, known: _Known) -> bool:
        return self.transport.is_open and known.connection.client.session is self.transport.session

    def _here(self, workspace: str, team_id: str, installation: AppInstallation) -> Installation:
        return Installation(
            workspace=workspace,
            team_id=team_id,
            bot_user_id=installation.bot_user_id,
            bot_id=installation.bot_id,
            team_url=installation.url,
            team_name=installation.name,
            bot_name=installation.bot_name,
            save_emoji=self._save_emoji,
            org_id=installation.id if installation.is_org_wide else None,
        )

    def _forget(self, installation_id: str) -> None:
        """Also of a team whose organisation's installation has served it until now."""
        self._known = {
            workspace: known
            for workspace, known in self._known.items()
            if installation_id not in {known.installation.id, known.connection.here.team_id}
        }

    # --- what Slack is asked --------------------------------------------------------------------

    async def _meant(self, envelope: Envelope) -> AppInstallation | None:
        for installation_id in (envelope.team_id, envelope.org_id):
            if installation_id is not None:
                found = await self.in_thread(self._store.get, installation_id)
                if found is not None:
                    return found
        return None

    async def _works(self, installation: AppInstallation) -> bool:
        try:
            await ask(self.transport.make_client(installation.grant.token).auth_test())
        except ApiRefused:
            return False
        return True

    async def _examined(self, installation: AppInstallation) -> tuple[bool, str]:
        what = f"{installation.name or 'a workspace'} ({installation.id})"
        try:
            if self._renewals.is_due(installation):
                installation = await self._renewals.renewed(installation)
            client = self.transport.make_client(installation.grant.token)
            await check_scopes(client)
        except ApiRefused as refusal:
            return False, f"{what}: {refusal.code}: {_INSTALL_AGAIN}"
        except EarshotError as error:
            return False, f"{what}: {error.detail}"
        return True, f"connected to {what} as @{installation.bot_name}"


def _is_for(known: _Known, envelope: Envelope) -> bool:
    """An organisation's installation is for payloads of that organisation alone."""
    return known.connection.here.org_id in {None, envelope.org_id}


def _is_same(one: AppInstallation, other: AppInstallation) -> bool:
    return (one.id, one.installed_at) == (other.id, other.installed_at)
