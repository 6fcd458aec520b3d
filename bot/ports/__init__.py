"""What the core needs from outside, a protocol each. Every read of knowledge takes an audience."""

from bot.ports.audit import AuditLog
from bot.ports.erasure import ErasureStore
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
from bot.ports.look_up import CustomerOffers, Find, LookUp
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
from bot.ports.moments import MomentStore
from bot.ports.person_settings import PersonSettingsStore
from bot.ports.pointing import MessageSource, ReactionStore
from bot.ports.profiles import ProfileStore
from bot.ports.ratings import RatingStore
from bot.ports.sharing import SharingStore
from bot.ports.spending import SpendingStore
from bot.ports.timetable import Done, DueHandler, Plan, Timetable
from bot.ports.uses import UseStore
from bot.ports.walls import WallStore
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
from bot.ports.workspace_settings import WorkspaceSettingsStore

__all__ = [
    "AnswerJudge",
    "AppInstallation",
    "AttachedFileStore",
    "AuditLog",
    "Classification",
    "Classifier",
    "Clock",
    "CorrectedExample",
    "CustomerOffers",
    "CustomerStore",
    "DirectoryStore",
    "DocumentReader",
    "Done",
    "DueHandler",
    "Embedder",
    "ErasureStore",
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
    "MomentStore",
    "NoteContext",
    "NoteStore",
    "NoteToStore",
    "Outbox",
    "OutboxState",
    "PageSize",
    "Passage",
    "PersonSettingsStore",
    "Plan",
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
    "SpendingStore",
    "StoredFile",
    "Timetable",
    "TranscriptState",
    "UseStore",
    "WallStore",
    "WorkSign",
    "WorkspaceSettingsStore",
]
