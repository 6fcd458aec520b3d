"""Who will read a reply decides what may be in it, not who asked."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Audience:
    """The readers of what is about to be shown.

    Exactly one of three: a person (a direct message or a reply only they see), everybody in a
    conversation, or the operator who has the database in hand (export, reclassification).
    A note is visible to an audience when every one of its readers may see it: notes of public
    conversations to all of the workspace, others to those who are members there now. Unknown
    membership is no membership.
    """

    workspace: str
    person_id: str | None = None
    conversation_id: str | None = None
    is_operator: bool = False

    def __post_init__(self) -> None:
        chosen = [self.person_id is not None, self.conversation_id is not None, self.is_operator]
        if sum(chosen) != 1:
            raise ValueError("an audience is one person, one conversation, or the operator")

    @classmethod
    def of_person(cls, workspace: str, person_id: str) -> "Audience":
        """What only this person will read."""
        return cls(workspace, person_id=person_id)

    @classmethod
    def of_conversation(cls, workspace: str, conversation_id: str) -> "Audience":
        """What everybody in this conversation will read."""
        return cls(workspace, conversation_id=conversation_id)

    @classmethod
    def operator(cls, workspace: str) -> "Audience":
        """Whoever runs the server and holds the database file; never a reply in chat."""
        return cls(workspace, is_operator=True)
