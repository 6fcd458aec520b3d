"""Answers that whoever asked shows to everybody in the conversation."""

from typing import Protocol

from bot.domain.answer import Question


class SharingStore(Protocol):
    """What an answer rests on, and whether it was shared."""

    def cited(self, question: Question) -> tuple[str, ...]:
        """The ids of the insights that its answer cited, in the order of their numbers."""
        ...

    def claim(self, question: Question, press_key: str) -> bool:
        """Whether this press is the one that shares the answer.

        The first is, however often it is worked on, and no other.
        """
        ...
