"""Persistence and search: `open_store` gives every port that keeps something."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, text

from bot.errors import StoreUnavailable
from bot.ports import (
    AttachedFileStore,
    Clock,
    CustomerStore,
    DirectoryStore,
    HomeStore,
    InstallationStore,
    InstalledWorkspace,
    InstallStates,
    JobName,
    LearningStore,
    NoteStore,
    ProfileStore,
    QuestionStore,
    RatingStore,
    Retriever,
    SharingStore,
)
from knowledge_store.attached_files import SqlAttachedFileStore
from knowledge_store.customers import SqlCustomerStore
from knowledge_store.directory import SqlDirectoryStore
from knowledge_store.encryption import Cipher
from knowledge_store.engine import open_engine
from knowledge_store.home import SqlHomeStore
from knowledge_store.inbox import SqlInbox
from knowledge_store.install_states import SqlInstallStates
from knowledge_store.installations import SqlInstallationStore, installed_workspaces
from knowledge_store.learning import SqlLearningStore
from knowledge_store.notes import SqlNoteStore
from knowledge_store.outbox import SqlOutbox
from knowledge_store.profiles import SqlProfileStore
from knowledge_store.questions import SqlQuestionStore
from knowledge_store.queue import TransactionalQueue
from knowledge_store.ratings import SqlRatingStore
from knowledge_store.reactions import SqlReactionStore
from knowledge_store.references import SqlReferences
from knowledge_store.schema import check_schema, migrate
from knowledge_store.search_sqlite import SqliteRetriever
from knowledge_store.sharing import SqlSharingStore
from knowledge_store.transactions import Transactions

__all__ = ["Store", "TransactionalQueue", "check_schema", "migrate", "open_engine", "open_store"]


@dataclass(frozen=True, slots=True)
class Store:
    """One database, behind a port for each thing it keeps."""

    engine: Engine
    notes: NoteStore
    retriever: Retriever
    customers: CustomerStore
    directory: DirectoryStore
    questions: QuestionStore
    home: HomeStore
    profiles: ProfileStore
    ratings: RatingStore
    sharing: SharingStore
    learning: LearningStore
    reactions: SqlReactionStore
    attached_files: AttachedFileStore
    inbox: SqlInbox
    outbox: SqlOutbox
    install_states: InstallStates
    transactions: Transactions
    clock: Clock

    def waiting(self) -> Iterator[tuple[JobName, str]]:
        """The work that needs a job: deliveries in the order of arrival, then replies."""
        yield from ((JobName.HANDLE, delivery_id) for delivery_id in self.inbox.waiting())
        yield from ((JobName.SEND, outgoing_id) for outgoing_id in self.outbox.due())

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
        """Delete what was done before then: deliveries, replies, and reactions taken off.

        Returns how many.
        """
        return sum(part.purge(before) for part in (self.inbox, self.outbox, self.reactions))

    def close(self) -> None:
        """Give back every connection."""
        self.engine.dispose()


def open_store(url_or_engine: str | Engine, queue: TransactionalQueue, *, clock: Clock) -> Store:
    """The store on this database, whose schema is taken to fit: see `migrate`, `check_schema`.

    Raises StoreUnsupported, SqliteTooOld or StoreUnavailable when given a URL.
    """
    engine = open_engine(url_or_engine) if isinstance(url_or_engine, str) else url_or_engine
    transactions = Transactions(engine)
    customers = SqlCustomerStore(transactions)
    return Store(
        engine=engine,
        notes=SqlNoteStore(transactions, clock),
        retriever=SqliteRetriever(transactions),
        customers=customers,
        directory=SqlDirectoryStore(transactions),
        questions=SqlQuestionStore(transactions),
        home=SqlHomeStore(transactions),
        profiles=SqlProfileStore(transactions),
        ratings=SqlRatingStore(transactions),
        sharing=SqlSharingStore(transactions),
        learning=SqlLearningStore(transactions, customers),
        reactions=SqlReactionStore(transactions),
        attached_files=SqlAttachedFileStore(transactions),
        inbox=SqlInbox(transactions, queue, clock),
        outbox=SqlOutbox(transactions, queue, clock),
        install_states=SqlInstallStates(transactions, clock),
        transactions=transactions,
        clock=clock,
    )
