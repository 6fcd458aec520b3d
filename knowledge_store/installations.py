"""The InstallationStore port: who has installed the bot, their tokens encrypted."""

from collections.abc import Sequence
from datetime import datetime

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, CursorResult, or_, select, update
from sqlalchemy.orm import Session

from bot.domain.audit import SYSTEM, AuditEntry, AuditEvent
from bot.errors import EncryptionKeyWrong
from bot.ports import (
    AppInstallation,
    Clock,
    Grant,
    InstalledWorkspace,
    OutboxState,
    ServedTeam,
)
from knowledge_store.audit import append
from knowledge_store.encryption import Cipher
from knowledge_store.insights import new_id
from knowledge_store.tables import InstallationRow, InstalledWorkspaceRow, OutgoingRow
from knowledge_store.transactions import Transactions

_ALL_INSTALLATIONS = "installations"
_SEALED = TypeAdapter(tuple[str, Grant])


class SqlInstallationStore:
    """Installations in a relational database."""

    def __init__(self, transactions: Transactions, clock: Clock, cipher: Cipher) -> None:
        self._transactions = transactions
        self._clock = clock
        self._cipher = cipher

    def put(self, installation: AppInstallation, workspace: str | None) -> None:
        """A renewal that is under way for the earlier one comes to nothing."""
        with self._transactions.writing() as session:
            session.merge(
                InstallationRow(
                    id=installation.id,
                    name=installation.name,
                    url=installation.url,
                    bot_user_id=installation.bot_user_id,
                    bot_id=installation.bot_id,
                    bot_name=installation.bot_name,
                    is_org_wide=installation.is_org_wide,
                    installed_at=installation.installed_at,
                    generation=new_id(),
                    sealed_grant=self._seal(installation.id, installation.grant),
                    renewing_until=None,
                )
            )
            if workspace is not None:
                _note_served(session, workspace, installation.id, installation.id)
            self._tell(session, installation.id, AuditEvent.INSTALLED)

    def serving(self, team_id: str, org_id: str | None, workspace: str) -> AppInstallation | None:
        """Writes only when something is new."""
        with self._transactions.reading() as session:
            row = _serving(session, team_id, org_id)
            noted = session.get(InstalledWorkspaceRow, workspace)
        if row is None:
            return None
        if noted is None or noted.installation_id != row.id:
            with self._transactions.writing() as session:
                _note_served(session, workspace, team_id, row.id)
        return self._installation(row)

    def of_workspace(self, workspace: str) -> ServedTeam | None:
        """A team's own installation goes before its organisation's."""
        with self._transactions.reading() as session:
            noted = session.get(InstalledWorkspaceRow, workspace)
            row = _serving(session, noted.team_id, noted.installation_id) if noted else None
        if noted is None or row is None:
            return None
        return ServedTeam(noted.team_id, self._installation(row))

    def get(self, installation_id: str) -> AppInstallation | None:
        """None for one that is not known."""
        with self._transactions.reading() as session:
            row = session.get(InstallationRow, installation_id)
        return self._installation(row) if row else None

    def remove(self, installation_id: str) -> None:
        """What it served stays noted, since what was kept there is."""
        served = select(InstalledWorkspaceRow.workspace).where(
            InstalledWorkspaceRow.installation_id == installation_id
        )
        unsent = update(OutgoingRow).where(
            OutgoingRow.workspace.in_(served), OutgoingRow.settled_at.is_(None)
        )
        with self._transactions.writing() as session:
            row = session.get(InstallationRow, installation_id)
            if row is not None:
                session.delete(row)
                self._tell(session, installation_id, AuditEvent.UNINSTALLED)
            session.execute(
                unsent.values(state=OutboxState.FAILED, payload=None, settled_at=self._clock.now())
            )

    def _tell(self, session: Session, installation_id: str, event: AuditEvent) -> None:
        """In a chain of all installations: one may serve many workspaces."""
        told = AuditEntry(_ALL_INSTALLATIONS, event, SYSTEM, installation_id)
        append(session, told, self._clock.now())

    def begin_renewal(self, installation: AppInstallation, until: datetime) -> bool:
        """One statement decides, so that of all that ask at once one goes on."""
        row, now = InstallationRow, self._clock.now()
        free = or_(row.renewing_until.is_(None), row.renewing_until <= now)
        return self._change(installation, free, renewing_until=until)

    def renewed(self, installation: AppInstallation, grant: Grant) -> bool:
        """The generation tells whether the old grant is still there."""
        sealed = self._seal(installation.id, grant)
        return self._change(
            installation, generation=new_id(), sealed_grant=sealed, renewing_until=None
        )

    def all(self) -> Sequence[AppInstallation]:
        """By id."""
        with self._transactions.reading() as session:
            rows = session.scalars(select(InstallationRow).order_by(InstallationRow.id)).all()
        return [self._installation(row) for row in rows]

    def reseal(self) -> None:
        """All or none."""
        with self._transactions.writing() as session:
            for row in session.scalars(select(InstallationRow)):
                if not self._cipher.is_of_first(row.sealed_grant):
                    row.sealed_grant = self._seal(row.id, self._open(row))

    def _change(
        self, installation: AppInstallation, *conditions: ColumnElement[bool], **values: object
    ) -> bool:
        row = InstallationRow
        change = update(row).where(
            row.id == installation.id,
            row.generation == installation.generation,
            *conditions,
        )
        with self._transactions.writing() as session:
            result = session.execute(change.values(**values))
            return isinstance(result, CursorResult) and result.rowcount == 1

    def _installation(self, row: InstallationRow) -> AppInstallation:
        return AppInstallation(
            id=row.id,
            name=row.name,
            bot_user_id=row.bot_user_id,
            grant=self._open(row),
            installed_at=row.installed_at,
            url=row.url,
            bot_id=row.bot_id,
            bot_name=row.bot_name,
            is_org_wide=row.is_org_wide,
            generation=row.generation,
        )

    def _seal(self, installation_id: str, grant: Grant) -> str:
        return self._cipher.seal(_SEALED.dump_json((installation_id, grant)).decode())

    def _open(self, row: InstallationRow) -> Grant:
        """The id is sealed with it: whoever writes to the file cannot move tokens between rows."""
        installation_id, grant = _SEALED.validate_json(self._cipher.open(row.sealed_grant))
        if installation_id != row.id:
            raise EncryptionKeyWrong(f"the tokens of {row.id} are those of another installation")
        return grant


def installed_workspaces(transactions: Transactions) -> list[InstalledWorkspace]:
    """Every workspace that an installation serves or has served, in order. It needs no key."""
    with transactions.reading() as session:
        served = session.scalars(
            select(InstalledWorkspaceRow).order_by(InstalledWorkspaceRow.workspace)
        ).all()
        return [
            _listed(one.workspace, _serving(session, one.team_id, one.installation_id))
            for one in served
        ]


def _listed(workspace: str, row: InstallationRow | None) -> InstalledWorkspace:
    if row is None:
        return InstalledWorkspace(workspace)
    return InstalledWorkspace(workspace, row.name, row.installed_at, row.is_org_wide)


def _serving(session: Session, team_id: str, org_id: str | None) -> InstallationRow | None:
    own = session.get(InstallationRow, team_id)
    if own is not None or org_id is None:
        return own
    row = session.get(InstallationRow, org_id)
    return row if row is not None and row.is_org_wide else None


def _note_served(session: Session, workspace: str, team_id: str, installation_id: str) -> None:
    session.merge(
        InstalledWorkspaceRow(workspace=workspace, team_id=team_id, installation_id=installation_id)
    )
