"""Which insight of an edited note is which of the insights it had before."""

from collections.abc import Sequence

from rapidfuzz import fuzz

from bot.ports import InsightToStore
from knowledge_store.tables import InsightRow

_ALIKE = 85.0
# With one insight before and one after there is nothing to confuse it with, so that more of its
# words may change; below this the note says something else altogether.
_ALIKE_WHEN_SINGLE = 50.0


def counterparts(
    rows: Sequence[InsightRow], wanted: Sequence[InsightToStore]
) -> list[InsightRow | None]:
    """For each wanted insight the row that it continues: the likeliest first, then the nearest."""
    needed = _ALIKE_WHEN_SINGLE if len(rows) == len(wanted) == 1 else _ALIKE
    pairs = sorted(
        (-fuzz.ratio(row.statement, insight.statement), abs(row.position - position), old, position)
        for old, row in enumerate(rows)
        for position, insight in enumerate(wanted)
    )
    found: dict[int, int] = {}
    for unlikeness, _, old, position in pairs:
        is_free = position not in found and old not in found.values()
        if is_free and -unlikeness >= needed:
            found[position] = old
    return [rows[found[p]] if p in found else None for p in range(len(wanted))]
