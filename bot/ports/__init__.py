"""What the core needs from outside, a protocol each. Every read of knowledge takes an audience."""

from bot.ports.files import (
    AttachedFileStore,
    DocumentReader,
    FileSource,
    StoredFile,
    TranscriptState,
)
from bot.ports.forms import FormCheck
from bot.ports.home import HomeStore, PageSize
from bot.ports.installations import (
    AppInstallation,
    Grant,
    InstallationStore,
    InstalledWorkspace,
    InstallStates,
    ServedTeam,
)
from bot.ports.knowledge import (
    CustomerStore,
    DirectoryStore,
    InsightToStore,
    NoteStore,
    NoteToStore,
    QuestionStore,
    Retriever,
)
from bot.ports.learning import (
    CorrectedExample,
    LearningStore,
    Measured,
    Proposal,
    Retrainer,
)
from bot.ports.look_up import Find, LookUp
from bot.ports.models import (
    AnswerJudge,
    Classification,
    Classifier,
    Embedder,
    LanguageDetector,
    LanguageModel,
    NoteContext,
    Passage,
    RenderedPrompt,
    Schema,
)
from bot.ports.pointing import MessageSource, ReactionStore
from bot.ports.profiles import ProfileStore
from bot.ports.ratings import RatingStore
from bot.ports.sharing import SharingStore
from bot.ports.work import (
    Clock,
    Gateway,
    Inbox,
    Intake,
    JobHandler,
    JobName,
    Jobs,
    Meter,
    Outbox,
    OutboxState,
    Roster,
    WorkSign,
)

__all__ = [
    "AnswerJudge",
    "AppInstallation",
    "AttachedFileStore",
    "Classification",
    "Classifier",
    "Clock",
    "CorrectedExample",
    "CustomerStore",
    "DirectoryStore",
    "DocumentReader",
    "Embedder",
    "FileSource",
    "Find",
    "FormCheck",
    "Gateway",
    "Grant",
    "HomeStore",
    "Inbox",
    "InsightToStore",
    "InstallStates",
    "InstallationStore",
    "InstalledWorkspace",
    "Intake",
    "JobHandler",
    "JobName",
    "Jobs",
    "LanguageDetector",
    "LanguageModel",
    "LearningStore",
    "LookUp",
    "Measured",
    "MessageSource",
    "Meter",
    "NoteContext",
    "NoteStore",
    "NoteToStore",
    "Outbox",
    "OutboxState",
    "PageSize",
    "Passage",
    "ProfileStore",
    "Proposal",
    "QuestionStore",
    "RatingStore",
    "ReactionStore",
    "RenderedPrompt",
    "Retrainer",
    "Retriever",
    "Roster",
    "Schema",
    "ServedTeam",
    "SharingStore",
    "StoredFile",
    "TranscriptState",
    "WorkSign",
]
