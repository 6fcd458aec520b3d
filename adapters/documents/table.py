"""Tables: each row becomes a line that can be read by itself."""

import csv
import io
from collections.abc import Iterator, Sequence
from itertools import chain, islice
from typing import Final

from adapters.documents.plain import decode
from bot.errors import FileNotRead, FileProblem

_DELIMITERS: Final = ",;\t|"
_LOOKED_AT_LINES = 20
_LONGEST_TITLE = 60


def read(content: bytes, most_characters: int) -> str:
    """Rows as `title: cell; title: cell` under a row of titles, else as `cell | cell`.

    A cell is only ever text: one that a spreadsheet would calculate stays as it was written.
    """
    lines: list[str] = []
    length = 0
    for line in _lines(decode(content), most_characters):
        lines.append(line)
        length += len(line) + 1
        if length > most_characters + 1:
            raise FileNotRead(FileProblem.TOO_LONG)
    return "\n".join(lines)


def _lines(text: str, longest_cell: int) -> Iterator[str]:
    rows = _rows(text, longest_cell)
    top = list(islice(rows, 2))
    if len(top) == 2 and _are_titles(top[0]):
        titles = top.pop(0)
        yield from (_titled(titles, row) for row in chain(top, rows))
    else:
        yield from (" | ".join(row) for row in chain(top, rows))


def _rows(text: str, longest_cell: int) -> Iterator[list[str]]:
    """Rows with words in them. Raises FileNotRead for a cell that no note could hold."""
    csv.field_size_limit(longest_cell)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    try:
        for row in rows:
            cells = [" ".join(cell.split()) for cell in row]
            if any(cells):
                yield cells
    except csv.Error:
        raise FileNotRead(FileProblem.TOO_LONG) from None


def _delimiter(text: str) -> str:
    """The one that the first line has, and most lines after it at least as often."""
    lines = [line for line in text[:100_000].splitlines()[:_LOOKED_AT_LINES] if line.strip()]

    def agreement(delimiter: str) -> tuple[int, int]:
        in_first, *others = [line.count(delimiter) for line in lines] or [0]
        if not in_first:
            return 0, 0
        return 1 + sum(count >= in_first for count in others), in_first

    return max(_DELIMITERS, key=agreement)


def _are_titles(row: Sequence[str]) -> bool:
    """Whether a first row names what is below it: words, short, all different."""
    return (
        len(row) > 1
        and all(cell and len(cell) <= _LONGEST_TITLE for cell in row)
        and len(set(row)) == len(row)
        and not any(character.isdigit() for cell in row for character in cell[:1])
    )


def _titled(titles: Sequence[str], row: Sequence[str]) -> str:
    named = [
        f"{titles[index]}: {cell}" if index < len(titles) else cell
        for index, cell in enumerate(row)
        if cell
    ]
    return "; ".join(named)
