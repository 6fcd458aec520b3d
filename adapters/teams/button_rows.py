"""Buttons in rows that a phone shows whole: within one row it would cut their words. Pure."""

from collections.abc import Iterator, Sequence

from adapters.teams.activity import JsonObject

# In pixels, as a phone of 320 shows a card.
_ROW = 276
_GAP = 8
_FRAME = 30
_CHARACTER = 7


def in_rows(card: JsonObject) -> JsonObject:
    """The same card; buttons that do not fit beside each other stand in rows below its text."""
    rows = list(_rows(card["actions"]))
    if len(rows) < 2:
        return card
    sets = [
        {"type": "ActionSet", "actions": row, "spacing": "Small" if number else "Default"}
        for number, row in enumerate(rows)
    ]
    return {**card, "body": [*card["body"], *sets], "actions": []}


def _rows(actions: Sequence[JsonObject]) -> Iterator[list[JsonObject]]:
    row: list[JsonObject] = []
    taken = 0
    for action in actions:
        width = _FRAME + _CHARACTER * len(action["title"])
        if row and taken + _GAP + width > _ROW:
            yield row
            row, taken = [], 0
        taken += width + (_GAP if row else 0)
        row.append(action)
    if row:
        yield row
