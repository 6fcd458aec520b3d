"""Steps of workflows that a platform runs, and what they are told."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from bot.messages.origin import Place


@dataclass(frozen=True, slots=True)
class StepRun:
    """A workflow wants a note saved, and waits to be told how it went.

    `person_id` is who set the workflow going, as the platform vouches for it; empty where nobody
    did. `said_by_id` is who said the words, as the workflow tells and nobody vouches for; empty
    where it is the same person. `place` is what is between that person and the bot, or the
    conversation that the workflow names (`is_for_conversation`).
    """

    place: Place
    run_id: str
    person_id: str
    text: str
    ran_at: datetime
    said_by_id: str = ""
    customer: str = ""
    is_for_conversation: bool = False
    kind: Literal["step"] = "step"

    @property
    def delivery_key(self) -> str:
        """One key for each run."""
        return f"{self.place.workspace}|step|{self.run_id}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a step went, for the workflow and the steps after it.

    With a `problem`, which tells why, nothing was saved. `link` leads to the customer, if any.
    """

    summary: str = ""
    link: str = ""
    problem: str = ""
