"""The InstallStates port: installations that were begun in a browser."""

import hashlib
import hmac
from datetime import timedelta
from typing import Final

from sqlalchemy import delete, select

from bot.ports import Clock
from knowledge_store.tables import InstallStateRow
from knowledge_store.transactions import Transactions

VALID: Final = timedelta(minutes=10)
_MOST = 1000  # anybody can begin one: the oldest give way


class SqlInstallStates:
    """Digests in a relational database: whoever reads it can go on with none of them."""

    def __init__(self, transactions: Transactions, clock: Clock) -> None:
        self._transactions = transactions
        self._clock = clock

    def put(self, state: str, browser: str) -> None:
        """Those that are over are forgotten with each new one."""
        now, row = self._clock.now(), InstallStateRow
        newest = select(row.digest).order_by(row.expires_at.desc()).limit(_MOST - 1)
        with self._transactions.writing() as session:
            session.execute(delete(row).where(row.expires_at <= now))
            session.execute(delete(row).where(row.digest.not_in(newest)))
            session.add(
                row(digest=_digest(state), browser_digest=_digest(browser), expires_at=now + VALID)
            )

    def take(self, state: str, browser: str) -> bool:
        """Used up by whoever comes with it, from the right browser or not."""
        row = InstallStateRow
        taken = delete(row).where(row.digest == _digest(state))
        with self._transactions.writing() as session:
            found = session.execute(taken.returning(row.browser_digest, row.expires_at)).first()
        if found is None:
            return False
        is_same = hmac.compare_digest(found.browser_digest, _digest(browser))
        return is_same and self._clock.now() < found.expires_at


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
