"""The tables. Their rows never leave the store: what goes out is made of domain types.

Every table of knowledge carries the workspace, and every key begins with it or is random.
"""

from knowledge_store.tables.base import Base
from knowledge_store.tables.installations import (
    InstallationRow,
    InstalledWorkspaceRow,
    InstallStateRow,
)
from knowledge_store.tables.knowledge import (
    AttachedFileRow,
    CorrectionRow,
    HiddenMessageRow,
    HiddenReason,
    InsightCustomerRow,
    InsightRow,
    InsightVectorRow,
    NoteRevisionRow,
    NoteRow,
    ReactionRow,
    ReadingRow,
    RelationRow,
    StageEventRow,
)
from knowledge_store.tables.people import (
    ContactRow,
    ConversationRow,
    CustomerNameRow,
    CustomerRegisterRow,
    CustomerRow,
    ListeningRow,
    MemberRow,
    NamePart,
    PersonRow,
)
from knowledge_store.tables.work import (
    DeliveryRow,
    NeedRow,
    OutgoingRow,
    QuestionRow,
    RatingRow,
    ReferenceRow,
    SharedAnswerRow,
)

__all__ = [
    "AttachedFileRow",
    "Base",
    "ContactRow",
    "ConversationRow",
    "CorrectionRow",
    "CustomerNameRow",
    "CustomerRegisterRow",
    "CustomerRow",
    "DeliveryRow",
    "HiddenMessageRow",
    "HiddenReason",
    "InsightCustomerRow",
    "InsightRow",
    "InsightVectorRow",
    "InstallStateRow",
    "InstallationRow",
    "InstalledWorkspaceRow",
    "ListeningRow",
    "MemberRow",
    "NamePart",
    "NeedRow",
    "NoteRevisionRow",
    "NoteRow",
    "OutgoingRow",
    "PersonRow",
    "QuestionRow",
    "RatingRow",
    "ReactionRow",
    "ReadingRow",
    "ReferenceRow",
    "RelationRow",
    "SharedAnswerRow",
    "StageEventRow",
]
