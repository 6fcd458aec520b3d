"""The PersonSettingsStore port: what people chose."""

from datetime import time

from sqlalchemy import select

from bot.domain.person_settings import PersonSettings, QuietHours
from knowledge_store.tables import PersonSettingsRow
from knowledge_store.transactions import Transactions


class SqlPersonSettingsStore:
    """A row for each person who chose something."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    def get(self, workspace: str, person_id: str) -> PersonSettings:
        """The defaults for whoever never chose."""
        with self._transactions.reading() as session:
            row = session.get(PersonSettingsRow, (workspace, person_id))
            return _settings(row) if row else PersonSettings(workspace, person_id)

    def put(self, settings: PersonSettings) -> None:
        """All of it."""
        quiet = settings.quiet
        with self._transactions.writing() as session:
            session.merge(
                PersonSettingsRow(
                    workspace=settings.workspace,
                    person_id=settings.person_id,
                    digest_on=settings.digest_on,
                    digest_weekday=settings.digest_weekday,
                    digest_hour=settings.digest_hour,
                    quiet_from_minute=_minute(quiet.start) if quiet else None,
                    quiet_to_minute=_minute(quiet.end) if quiet else None,
                    loop_on=settings.loop_on,
                    loop_paused_until=settings.loop_paused_until,
                )
            )

    def all(self, workspace: str) -> tuple[PersonSettings, ...]:
        """By person."""
        rows = (
            select(PersonSettingsRow)
            .where(PersonSettingsRow.workspace == workspace)
            .order_by(PersonSettingsRow.person_id)
        )
        with self._transactions.reading() as session:
            return tuple(_settings(row) for row in session.scalars(rows))


def _settings(row: PersonSettingsRow) -> PersonSettings:
    start, end = row.quiet_from_minute, row.quiet_to_minute
    return PersonSettings(
        workspace=row.workspace,
        person_id=row.person_id,
        digest_on=row.digest_on,
        digest_weekday=row.digest_weekday,
        digest_hour=row.digest_hour,
        quiet=None if start is None or end is None else QuietHours(_time(start), _time(end)),
        loop_on=row.loop_on,
        loop_paused_until=row.loop_paused_until,
    )


def _minute(clock: time) -> int:
    return clock.hour * 60 + clock.minute


def _time(minute: int) -> time:
    return time(*divmod(minute, 60))
