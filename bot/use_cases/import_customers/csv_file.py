"""From a file as a spreadsheet saves it to rows that know their line."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from bot.errors import ImportRejected
from bot.use_cases.import_customers.findings import Findings

COLUMNS = (
    *("name", "aliases", "owner", "segment", "industry", "status", "contacts"),
    *("let_in", "kept_out"),
)
_PASSED_OVER = "id"  # an exported file has it
_FORMULA_SIGNS = ("=", "+", "-", "@")
_ENCODINGS = ("utf-8-sig", "cp1252")
_DELIMITERS = (",", ";", "\t")


@dataclass(frozen=True, slots=True)
class Row:
    """A row by its columns. `line` is where it begins in the file, the heading is line 1."""

    line: int
    cells: Mapping[str, str]

    def get(self, column: str) -> str:
        """A cell's text; empty where the row or the file ends before it."""
        cell = self.cells.get(column, "").strip()
        # An export puts an apostrophe before what a spreadsheet would run; it is no part of it.
        return cell[1:] if cell[:1] == "'" and cell[1:2] in _FORMULA_SIGNS else cell

    def items(self, column: str) -> list[str]:
        """What a cell lists, separated by semicolons."""
        return [part for item in self.get(column).split(";") if (part := item.strip())]


def read_rows(source: TextIO | Path, findings: Findings) -> list[Row]:
    """The rows below the heading. Raises ImportRejected where there is no text to read."""
    return list(_rows(_text(source), findings))


def _text(source: TextIO | Path) -> str:
    if not isinstance(source, Path):
        return source.read().removeprefix("\ufeff")
    try:
        data = source.read_bytes()
    except OSError as error:
        raise ImportRejected((f"{source} cannot be read: {error.strerror}",)) from error
    for encoding in _ENCODINGS:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ImportRejected((f"{source} is not text: save it as CSV in UTF-8",))


def _rows(text: str, findings: Findings) -> Iterator[Row]:
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        findings.problem(line, "has a NUL character: save the file as CSV in UTF-8")
        return
    if not text.strip():
        findings.problems.append(f"the file is empty: its first line must be {','.join(COLUMNS)}")
        return
    records = _records(text, findings)
    _, heading = next(records, (1, []))
    columns = [column.strip().lower() for column in heading]
    if not _is_heading(columns, findings):
        return
    for line, record in records:
        row = _row(line, columns, record, findings)
        if row:
            yield row


def _records(text: str, findings: Findings) -> Iterator[tuple[int, list[str]]]:
    """Each record with the line that it begins on; stops where the quotes are broken."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    begin = 1
    try:
        for record in reader:
            if any(cell.strip() for cell in record):
                yield begin, record
            begin = reader.line_num + 1
    except csv.Error as error:
        findings.problem(begin, _explained(error))


def _explained(error: csv.Error) -> str:
    if "field larger" in str(error):
        limit = f"{csv.field_size_limit():,} characters"
        return f"a cell is longer than {limit}: shorten it, or close its quotes"
    return 'the quotes are broken: put "…" around a cell, and write a quote inside it twice'


def _delimiter(text: str) -> str:
    heading = text.lstrip().partition("\n")[0]
    return max(_DELIMITERS, key=heading.count)


def _is_heading(columns: Sequence[str], findings: Findings) -> bool:
    known = f"the columns are {', '.join(COLUMNS)}"
    for column in dict.fromkeys(columns):
        if column not in (*COLUMNS, _PASSED_OVER):
            shown = f"the column {column!r} is unknown" if column else "a column has no name"
            findings.problem(1, f"{shown}: {known}")
        elif columns.count(column) > 1:
            findings.problem(1, f"the column {column} is there twice: keep one")
    if "name" not in columns:
        findings.problem(1, f"there is no column name: {known}")
    return not findings.problems


def _row(
    line: int, columns: Sequence[str], record: Sequence[str], findings: Findings
) -> Row | None:
    if len(record) > len(columns):
        findings.problem(
            line,
            f"has {len(record)} cells for {len(columns)} columns: "
            'put "…" around a cell that holds the separator',
        )
        return None
    return Row(line, dict(zip(columns, record, strict=False)))
