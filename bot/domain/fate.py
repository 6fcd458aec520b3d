"""What became of what somebody told."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.note import Note
from bot.domain.taxonomy import UseKind

TO_A_QUESTION = " to a question"
"""How the evidence ends that an insight was in the answer to a question; lies in the database."""


@dataclass(frozen=True, slots=True)
class Use:
    """That a person applied one or more insights, in one press.

    `what` is the line that they add on what was done; whoever told the insights is shown it.
    """

    workspace: str
    press_key: str
    person_id: str
    insight_ids: tuple[str, ...]
    kind: UseKind
    at: datetime
    what: str = ""


@dataclass(frozen=True, slots=True)
class Fate:
    """What others made of one note in some time: never who, and never what they asked.

    `answers` counts the times that it was in an answer or an alert to somebody; `confirmations` the
    notes of others, which its contributor may see, that say the same, and the people who confirmed
    it. `uses` are kinds with the lines that were added, if any.
    """

    note: Note
    customer_ids: tuple[str, ...]
    answers: int = 0
    confirmations: int = 0
    uses: tuple[tuple[UseKind, str], ...] = ()
