"""What was found: where it stands and what it is."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Kind(StrEnum):
    """What is personal; the value is what a mask says in its place."""

    EMAIL = "email"
    PHONE = "phone"
    ADDRESS = "address"
    BANK_ACCOUNT = "bank account"
    CARD = "card"
    ID_NUMBER = "id number"
    BIRTH_DATE = "date of birth"
    HEALTH = "health"

    @property
    def mask(self) -> str:
        """What is read in the place of what was found."""
        return f"[{self.value}]"


@dataclass(frozen=True, slots=True)
class Found:
    """Personal data at `text[start:end]`."""

    start: int
    end: int
    kind: Kind


MASK: Final = re.compile("|".join(re.escape(kind.mask) for kind in Kind))


def without_overlaps(found: Iterable[Found]) -> tuple[Found, ...]:
    """In the order of the text; of those that overlap the first given wins, and takes their room.

    So nothing that any of them covers stays readable.
    """
    by_rank = list(found)
    rank = {id(one): number for number, one in enumerate(by_rank)}
    merged: list[tuple[int, Found]] = []
    for one in sorted(by_rank, key=lambda found: found.start):
        if merged and one.start < merged[-1][1].end:
            merged[-1] = _joined(merged[-1], (rank[id(one)], one))
        else:
            merged.append((rank[id(one)], one))
    return tuple(one for _, one in merged)


def _joined(left: tuple[int, Found], right: tuple[int, Found]) -> tuple[int, Found]:
    number, best = min(left, right, key=lambda pair: pair[0])
    return number, Found(left[1].start, max(left[1].end, right[1].end), best.kind)
