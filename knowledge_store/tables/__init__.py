"""The tables. Their rows never leave the store: what goes out is made of domain types.

Every table carries the workspace, and every key begins with it or is random.
"""

from knowledge_store.tables.base import Base
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
    CustomerRegisterRow,
    CustomerRow,
    ListeningRow,
    MemberRow,
    PersonRow,
)
from knowledge_store.tables.work import (
    DeliveryRow,
    NeedRow,
    OutgoingRow,
    QuestionRow,
    RatingRow,
    ReferenceRow,
)

__all__ = [
    "AttachedFileRow",
    "Base",
    "ContactRow",
    "ConversationRow",
    "CorrectionRow",
    "CustomerRegisterRow",
    "CustomerRow",
    "DeliveryRow",
    "HiddenMessageRow",
    "HiddenReason",
    "InsightCustomerRow",
    "InsightRow",
    "InsightVectorRow",
    "ListeningRow",
    "MemberRow",
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
    "StageEventRow",
]
