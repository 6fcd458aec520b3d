"""What can be erased for good, and what that takes with it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class ErasureKind(StrEnum):
    """What is erased. The values lie in the database and in the file of erasures."""

    NOTE = "note"
    PERSON = "person"
    CUSTOMER = "customer"
    WORKSPACE = "workspace"


@dataclass(frozen=True, slots=True)
class ErasureTarget:
    """One note, person, customer or workspace, by its id; of a workspace both are the same."""

    kind: ErasureKind
    workspace: str
    subject_id: str

    @classmethod
    def of_workspace(cls, workspace: str) -> "ErasureTarget":
        """Everything that a workspace keeps."""
        return cls(ErasureKind.WORKSPACE, workspace, workspace)


@dataclass(frozen=True, slots=True)
class Tombstone:
    """That something was erased: ids and a time, never a text or a name.

    Of a note, `conversation_id` and `message_id` name the message that it was; else they are
    empty.
    """

    target: ErasureTarget
    erased_at: datetime
    conversation_id: str = ""
    message_id: str = ""


@dataclass(frozen=True, slots=True)
class ErasureCounts:
    """How much goes, or went.

    `notes` are deleted, with all that was made of them. `masked` are notes and questions of others
    in which the name of what is erased is replaced by a mark; `unsure` are the ids of notes of
    others in which a word stands that may be its name or not: nothing is done to these.
    `records` are all other rows: questions, ratings, memberships, messages under way.
    """

    notes: int = 0
    questions: int = 0
    needs: int = 0
    masked: int = 0
    records: int = 0
    unsure: tuple[str, ...] = ()

    def __add__(self, other: "ErasureCounts") -> "ErasureCounts":
        """Both together."""
        return ErasureCounts(
            notes=self.notes + other.notes,
            questions=self.questions + other.questions,
            needs=self.needs + other.needs,
            masked=self.masked + other.masked,
            records=self.records + other.records,
            unsure=(*self.unsure, *other.unsure),
        )

    @property
    def nothing(self) -> bool:
        """Whether there is nothing to erase."""
        return not (self.notes or self.questions or self.needs or self.masked or self.records)
