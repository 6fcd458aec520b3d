"""The stores that every suite of a store's port runs on, and short ways to fill one."""

from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, Engine

from bot.domain.answer import Vector
from bot.domain.audience import Audience
from bot.domain.insight import Facets, ResolvedDate
from bot.domain.note import MessageKey
from bot.domain.people import Conversation, ConversationKind, Person, Standing
from bot.domain.taxonomy import KnowledgeType
from bot.ports import InsightToStore, JobName, NoteToStore
from bot.services.personal_data import masked
from knowledge_store import Store, migrate, open_engine, open_store
from tests.fakes import MONDAY, FakeClock

W = "workspace-1"
OPERATOR = Audience.operator(W)
ABOUT = Facets(KnowledgeType.ABOUT)


class RecordingQueue:
    """Remembers the jobs, and can be told to fail on the next one."""

    def __init__(self) -> None:
        self.jobs: list[tuple[JobName, str]] = []
        self.failure: Exception | None = None

    def enqueue(self, connection: Connection, job: JobName, subject_id: str) -> None:
        assert connection.in_transaction()
        if self.failure is not None:
            raise self.failure
        self.jobs.append((job, subject_id))


def everything_in(engine: Engine) -> str:
    """All that lies in the database: in a file's every byte, or in a server's every row."""
    if engine.dialect.name == "sqlite":
        file = Path(str(engine.url.database))
        return "".join(
            part.read_bytes().decode("latin-1") for part in file.parent.glob(f"{file.name}*")
        )
    names = "SELECT quote_ident(schemaname) || '.' || quote_ident(tablename) FROM pg_tables"
    with engine.connect() as connection:
        tables = connection.exec_driver_sql(f"{names} WHERE schemaname IN ('public', 'dbos')")
        return "".join(
            str(connection.exec_driver_sql(f"SELECT * FROM {table}").all())
            for table in tables.scalars().all()
        )


class StoreKit:
    """A fresh store with its queue and its clock."""

    def __init__(self, url: str) -> None:
        self.queue = RecordingQueue()
        self.clock = FakeClock()
        self.url = url
        engine = open_engine(url)
        migrate(engine)
        self.store: Store = open_store(engine, self.queue, clock=self.clock, mask=masked)

    def has_members(self, *person_ids: str, workspace: str = W) -> None:
        """Full members of the workspace."""
        self.store.directory.put_people(
            Person(one, workspace, one.title(), standing=Standing.MEMBER) for one in person_ids
        )

    def has_conversation(
        self,
        conversation_id: str,
        *member_ids: str,
        kind: ConversationKind = ConversationKind.PRIVATE,
        workspace: str = W,
    ) -> None:
        self.store.directory.put_conversation(
            Conversation(
                conversation_id, workspace, "slack", kind, f"#{conversation_id}", member_ids
            )
        )


def key(message_id: str = "1", conversation_id: str = "open", workspace: str = W) -> MessageKey:
    return MessageKey(workspace, conversation_id, message_id)


def insight(
    statement: str = "Novara will close its Lyon site",
    *,
    facets: Facets = ABOUT,
    customer_ids: tuple[str, ...] = (),
    dates: tuple[ResolvedDate, ...] = (),
    search_text: str | None = None,
    vector: Vector | None = None,
    vector_model: str | None = None,
    classified_by: str = "fake/1",
) -> InsightToStore:
    return InsightToStore(
        statement=statement,
        facets=facets,
        customer_ids=customer_ids,
        contacts=("P. Keller",),
        dates=dates,
        classified_by=classified_by,
        confidence=0.75,
        search_text=statement if search_text is None else search_text,
        vector=vector,
        vector_model=vector_model,
    )


def note(
    text: str = "Novara will close its Lyon site",
    *insights: InsightToStore,
    at: MessageKey | None = None,
    author_id: str = "anna",
    posted_at: datetime = MONDAY,
    thread_id: str | None = None,
    edited_at: datetime | None = None,
) -> NoteToStore:
    """A note; without insights given it has one, of the whole text."""
    return NoteToStore(
        key=at or key(),
        channel="slack",
        author_id=author_id,
        author_name=author_id.title(),
        text=text,
        posted_at=posted_at,
        thread_id=thread_id,
        permalink="https://chat.example/1",
        insights=insights or (insight(text),),
        edited_at=edited_at,
    )
