"""Tells where a note says several things: of different customers, or of different types."""

from collections.abc import Sequence
from dataclasses import dataclass

from adapters.local_model.linear_model import Reading
from adapters.local_model.register import Register
from adapters.local_model.statements import Segment

_FEWEST_WORDS = 5

# A sentence stands for itself only where the model is this sure: a needless second insight costs
# more trust than a missed one.
_SURELY_CAPTURED = 0.95
_SURELY_OF_ITS_TYPE = 0.8
_WORTH_A_LOOK = 0.5


@dataclass(frozen=True, slots=True)
class Part:
    """Neighbouring segments that make one statement, and the ids of the customers they name."""

    segments: tuple[Segment, ...]
    customer_ids: frozenset[str]


def parts_by_customer(segments: Sequence[Segment], register: Register) -> list[Part]:
    """Cut where a segment names customers, and none of those named before it.

    A segment that names nobody goes on about the customers before it.
    """
    parts: list[Part] = []
    for segment in segments:
        named = frozenset(customer.id for customer in register.named(segment.text))
        if parts and not (
            named and parts[-1].customer_ids and named.isdisjoint(parts[-1].customer_ids)
        ):
            last = parts.pop()
            parts.append(Part((*last.segments, segment), last.customer_ids | named))
        else:
            parts.append(Part((segment,), named))
    return parts


def is_long_enough(segment: Segment) -> bool:
    """Whether a segment has enough words to be read by itself."""
    return len(segment.text.split()) >= _FEWEST_WORDS


def may_stand_for_itself(glance: Reading, main_types: set[str]) -> bool:
    """Whether a segment's words make it worth a closer look."""
    kind = glance.choice("knowledge_type")
    return kind.label not in main_types and kind.probability >= _WORTH_A_LOOK


def stands_for_itself(reading: Reading, main_types: set[str]) -> bool:
    """Whether a segment is surely an insight, and surely of a type that the note has not yet."""
    kind = reading.choice("knowledge_type")
    return (
        kind.label not in main_types
        and kind.probability >= _SURELY_OF_ITS_TYPE
        and reading.probability("captured") >= _SURELY_CAPTURED
    )
