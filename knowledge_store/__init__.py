"""Persistence and search: `open_store` gives every port that keeps something."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, text

from bot.domain.masking import Mask
from bot.errors import StoreUnavailable
from bot.ports import (
    AttachedFileStore,
    AuditLog,
    Clock,
    CustomerStore,
    DirectoryStore,
    ErasureStore,
    HomeStore,
    InstallationStore,
    InstalledWorkspace,
    InstallStates,
    JobName,
    LearningStore,
    MomentStore,
    NoteStore,
    PersonSettingsStore,
    ProfileStore,
    QuestionStore,
    RatingStore,
    Retriever,
    SharingStore,
    UseStore,
    WallStore,
    WorkspaceSettingsStore,
)
from knowledge_store.attached_files import SqlAttachedFileStore
from knowledge_store.audit import SqlAuditLog
from knowledge_store.customers import SqlCustomerStore
from knowledge_store.dialects import POSTGRESQL
from knowledge_store.directory import SqlDirectoryStore
from knowledge_store.encryption import Cipher
from knowledge_store.engine import open_engine
from knowledge_store.erasure import SqlErasureStore
from knowledge_store.home import SqlHomeStore
from knowledge_store.inbox import SqlInbox
from knowledge_store.install_states import SqlInstallStates
from knowledge_store.installations import SqlInstallationStore, installed_workspaces
from knowledge_store.learning import SqlLearningStore
from knowledge_store.moments import SqlMomentStore
from knowledge_store.notes import SqlNoteStore
from knowledge_store.outbox import SqlOutbox
from knowledge_store.person_settings import SqlPersonSettingsStore
from knowledge_store.profiles import SqlProfileStore
from knowledge_store.questions import SqlQuestionStore
from knowledge_store.queue import TransactionalQueue
from knowledge_store.ratings import SqlRatingStore
from knowledge_store.reactions import SqlReactionStore
from knowledge_store.references import SqlReferences
from knowledge_store.schema import check_schema, migrate
from knowledge_store.search import SqlRetriever
from knowledge_store.search_postgres import PostgresIndex
from knowledge_store.search_sqlite import SqliteIndex
from knowledge_store.sharing import SqlSharingStore
from knowledge_store.spending import SqlSpendingStore
from knowledge_store.timetable import SqlTimetable
from knowledge_store.transactions import Transactions
from knowledge_store.uses import SqlUseStore
from knowledge_store.walls import SqlWallStore
from knowledge_store.workspace_settings import SqlWorkspaceSettingsStore

__all__ = ["Store", "TransactionalQueue", "check_schema", "migrate", "open_engine", "open_store"]


@dataclass(frozen=True, slots=True)
class Store:
    """One database, behind a port for each thing it keeps."""

    engine: Engine
    notes: NoteStore
    retriever: Retriever
    customers: CustomerStore
    walls: WallStore
    directory: DirectoryStore
    questions: QuestionStore
    home: HomeStore
    profiles: ProfileStore
    ratings: RatingStore
    sharing: SharingStore
    learning: LearningStore
    reactions: SqlReactionStore
    attached_files: AttachedFileStore
    erasures: ErasureStore
    audit: AuditLog
    spending: SqlSpendingStore
    workspace_settings: WorkspaceSettingsStore
    inbox: SqlInbox
    outbox: SqlOutbox
    timetable: SqlTimetable
    moments: MomentStore
    uses: UseStore
    person_settings: PersonSettingsStore
    install_states: InstallStates
    transactions: Transactions
    clock: Clock

    def waiting(self) -> Iterator[tuple[JobName, str]]:
        """What needs a job: deliveries in the order of arrival, replies, and what is due."""
        yield from ((JobName.HANDLE, delivery_id) for delivery_id in self.inbox.waiting())
        yield from ((JobName.SEND, outgoing_id) for outgoing_id in self.outbox.due())
        yield from ((JobName.DUE, work_id) for work_id in self.timetable.waiting())

    def is_reachable(self) -> bool:
        """Whether the database answers."""
        try:
            with self.transactions.reading() as session:
                session.execute(text("SELECT 1"))
        except StoreUnavailable:
            return False
        return True

    def references(self, workspace: str) -> SqlReferences:
        """What channel adapters remember of how a workspace's conversations are reached."""
        return SqlReferences(self.transactions, workspace)

    def installations(self, keys: Sequence[str]) -> InstallationStore:
        """Who has installed the bot; their tokens are encrypted with the first of these keys."""
        return SqlInstallationStore(self.transactions, self.clock, Cipher(keys))

    def workspaces(self) -> Sequence[InstalledWorkspace]:
        """Every workspace that somebody has installed the bot in."""
        return installed_workspaces(self.transactions)

    def forget_finished(self, before: datetime) -> int:
        """Delete what was done before then: deliveries, replies, due work, reactions, model costs.

        Returns how many.
        """
        parts = (self.inbox, self.outbox, self.timetable, self.reactions, self.spending)
        return sum(part.purge(before) for part in parts)

    def forget_expired(self) -> None:
        """Delete what its workspace keeps no longer, and all traces of what was deleted before."""
        self.erasures.expire_all()
        self.erasures.scrub()

    def close(self) -> None:
        """Give back every connection."""
        self.engine.dispose()


def open_store(
    url_or_engine: str | Engine, queue: TransactionalQueue, *, clock: Clock, mask: Mask
) -> Store:
    """The store on this database, whose schema is taken to fit: see `migrate`, `check_schema`.

    What others than its contributor read of a note goes through `mask`. Raises
    StoreUnsupported, SqliteTooOld or StoreUnavailable when given a URL.
    """
    engine = open_engine(url_or_engine) if isinstance(url_or_engine, str) else url_or_engine
    transactions = Transactions(engine, mask)
    customers = SqlCustomerStore(transactions)
    search_index = PostgresIndex() if engine.dialect.name == POSTGRESQL else SqliteIndex()
    return Store(
        engine=engine,
        notes=SqlNoteStore(transactions, clock),
        retriever=SqlRetriever(transactions, search_index),
        customers=customers,
        walls=SqlWallStore(transactions),
        directory=SqlDirectoryStore(transactions),
        questions=SqlQuestionStore(transactions),
        home=SqlHomeStore(transactions),
        profiles=SqlProfileStore(transactions),
        ratings=SqlRatingStore(transactions),
        sharing=SqlSharingStore(transactions),
        learning=SqlLearningStore(transactions, customers),
        reactions=SqlReactionStore(transactions),
        attached_files=SqlAttachedFileStore(transactions),
        erasures=SqlErasureStore(engine, transactions, queue, clock),
        audit=SqlAuditLog(transactions, clock),
        spending=SqlSpendingStore(transactions),
        workspace_settings=SqlWorkspaceSettingsStore(transactions, clock),
        inbox=SqlInbox(transactions, queue, clock),
        outbox=SqlOutbox(transactions, queue, clock),
        moments=SqlMomentStore(transactions),
        uses=SqlUseStore(transactions),
        timetable=SqlTimetable(transactions, queue, clock),
        person_settings=SqlPersonSettingsStore(transactions),
        install_states=SqlInstallStates(transactions, clock),
        transactions=transactions,
        clock=clock,
    )
