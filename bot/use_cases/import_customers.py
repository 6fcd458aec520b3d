"""Registers customers from a CSV file, all of them or none. The format is in docs/import.md."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from bot.domain.customer import Contact, CustomerDraft
from bot.domain.people import Person
from bot.domain.taxonomy import CustomerStatus
from bot.errors import ImportRejected
from bot.ports import CustomerStore, DirectoryStore

COLUMNS = ("name", "aliases", "owner", "segment", "industry", "status", "contacts")
_PASSED_OVER = "id"  # an exported file has it
_FORMULA_SIGNS = ("=", "+", "-", "@")
_MOST_PROBLEMS = 50
_LONGEST_NAME = 200
_ENCODINGS = ("utf-8-sig", "cp1252")
_DELIMITERS = (",", ";", "\t")


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did. `warnings` name what was imported and is worth a look."""

    created: int
    updated: int
    warnings: tuple[str, ...] = ()


@dataclass(slots=True)
class _Findings:
    problems: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def check(self) -> None:
        """Raise ImportRejected, with as many problems as a person will read."""
        if not self.problems:
            return
        shown = self.problems[:_MOST_PROBLEMS]
        more = len(self.problems) - len(shown)
        if more:
            shown.append(f"and {more} more problems; correct these first")
        raise ImportRejected(tuple(shown))


@dataclass(frozen=True, slots=True)
class _Row:
    """A row by its columns. `line` is where it begins in the file, the heading is line 1."""

    line: int
    cells: Mapping[str, str]

    def get(self, column: str) -> str:
        cell = self.cells.get(column, "").strip()
        # An export puts an apostrophe before what a spreadsheet would run; it is no part of it.
        return cell[1:] if cell[:1] == "'" and cell[1:2] in _FORMULA_SIGNS else cell

    def items(self, column: str) -> list[str]:
        return [part for item in self.get(column).split(";") if (part := item.strip())]


def import_customers(
    source: TextIO | Path,
    *,
    workspace: str,
    customers: CustomerStore,
    directory: DirectoryStore,
) -> ImportReport:
    """Register every customer of the file, or change those that have the same name.

    An owner is a person's id or full name. Raises ImportRejected, and changes nothing, when any
    row is wrong.
    """
    findings = _Findings()
    rows = list(_rows(_text(source), findings))
    findings.check()
    drafts = list(_drafts(rows, directory.people(workspace), findings))
    _compare(rows, drafts, findings)
    findings.check()
    created, updated = customers.import_all(workspace, [d for d in drafts if d is not None])
    return ImportReport(created, updated, tuple(findings.warnings))


# --- the file ---


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


def _rows(text: str, findings: _Findings) -> Iterator[_Row]:
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        findings.problems.append(f"line {line}: has a NUL character: save the file as CSV in UTF-8")
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


def _records(text: str, findings: _Findings) -> Iterator[tuple[int, list[str]]]:
    """Each record with the line that it begins on; stops where the quotes are broken."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    try:
        begin = 1
        for record in reader:
            if any(cell.strip() for cell in record):
                yield begin, record
            begin = reader.line_num + 1
    except csv.Error as error:
        findings.problems.append(f"line {begin}: {_explained(error)}")


def _explained(error: csv.Error) -> str:
    if "field larger" in str(error):
        limit = f"{csv.field_size_limit():,} characters"
        return f"a cell is longer than {limit}: shorten it, or close its quotes"
    return 'the quotes are broken: put "…" around a cell, and write a quote inside it twice'


def _delimiter(text: str) -> str:
    heading = text.lstrip().partition("\n")[0]
    return max(_DELIMITERS, key=heading.count)


def _is_heading(columns: Sequence[str], findings: _Findings) -> bool:
    known = f"the columns are {', '.join(COLUMNS)}"
    for column in columns:
        if column not in (*COLUMNS, _PASSED_OVER):
            shown = f"the column {column!r} is unknown" if column else "a column has no name"
            findings.problems.append(f"line 1: {shown}: {known}")
        elif columns.count(column) > 1:
            findings.problems.append(f"line 1: the column {column} is there twice: keep one")
    if "name" not in columns:
        findings.problems.append(f"line 1: there is no column name: {known}")
    findings.problems[:] = dict.fromkeys(findings.problems)
    return not findings.problems


def _row(
    line: int, columns: Sequence[str], record: Sequence[str], findings: _Findings
) -> _Row | None:
    if len(record) > len(columns):
        findings.problems.append(
            f"line {line}: has {len(record)} cells for {len(columns)} columns: "
            'put "…" around a cell that holds the separator'
        )
        return None
    return _Row(line, dict(zip(columns, record, strict=False)))


# --- its rows ---


def _drafts(
    rows: Sequence[_Row], people: Sequence[Person], findings: _Findings
) -> Iterator[CustomerDraft | None]:
    """A draft for each row, None where it is wrong."""
    owners = _Owners(people)
    for row in rows:
        before = len(findings.problems)
        draft = CustomerDraft(
            name=_name(row, findings),
            aliases=tuple(dict.fromkeys(row.items("aliases"))),
            owner_id=owners.find(row, findings),
            segment=row.get("segment"),
            industry=row.get("industry"),
            status=_status(row, findings),
            contacts=tuple(_contacts(row, findings)),
        )
        yield draft if len(findings.problems) == before else None


def _name(row: _Row, findings: _Findings) -> str:
    name = " ".join(row.get("name").split())
    if not name:
        findings.problems.append(f"line {row.line}: the name is missing: fill it in")
    elif len(name) > _LONGEST_NAME:
        findings.problems.append(
            f"line {row.line}: the name has {len(name)} characters: {_LONGEST_NAME} at most"
        )
    return name


def _status(row: _Row, findings: _Findings) -> CustomerStatus:
    written = row.get("status").lower()
    if not written:
        return CustomerStatus.EXISTING
    try:
        return CustomerStatus(written)
    except ValueError:
        allowed = ", ".join(CustomerStatus)
        findings.problems.append(
            f"line {row.line}: the status {_shown(written)} is unknown: write one of {allowed}"
        )
        return CustomerStatus.EXISTING


def _contacts(row: _Row, findings: _Findings) -> Iterator[Contact]:
    """`Dana Whitlock (VP Operations); Lorna Tate`."""
    for item in row.items("contacts"):
        name, bracket, role = item.partition("(")
        closes = role.rstrip().endswith(")")
        if not name.strip() or bool(bracket) != closes:
            findings.problems.append(
                f"line {row.line}: the contact {_shown(item)} is not written as Name (role)"
            )
            continue
        yield Contact(" ".join(name.split()), role.rstrip().removesuffix(")").strip())


class _Owners:
    """Finds an employee by id, or by a name that one alone has."""

    def __init__(self, people: Sequence[Person]) -> None:
        self._ids = {person.id for person in people}
        self._by_name: dict[str, list[str]] = {}
        for person in people:
            self._by_name.setdefault(_same(person.name), []).append(person.id)

    def find(self, row: _Row, findings: _Findings) -> str | None:
        written = row.get("owner")
        if not written or written in self._ids:
            return written or None
        found = self._by_name.get(_same(written), [])
        if len(found) == 1:
            return found[0]
        reason = "is the name of several people" if found else "is not known here"
        findings.problems.append(
            f"line {row.line}: the owner {_shown(written)} {reason}: write a person's id, or a "
            "full name, of somebody the bot has met, or leave it empty"
        )
        return None


# --- between its rows ---


def _compare(
    rows: Sequence[_Row], drafts: Sequence[CustomerDraft | None], findings: _Findings
) -> None:
    """A name that is there twice is an error; an alias that is shared links to nobody."""
    lines: dict[str, int] = {}
    for row, draft in zip(rows, drafts, strict=True):
        if draft is None:
            continue
        first = lines.setdefault(_same(draft.name), row.line)
        if first != row.line:
            findings.problems.append(
                f"line {row.line}: the name {_shown(draft.name)} is in line {first} too: "
                "merge the rows"
            )
    aliases: dict[str, int] = {}
    for row, draft in zip(rows, drafts, strict=True):
        for alias in draft.aliases if draft else ():
            other = lines.get(_same(alias)) or aliases.get(_same(alias)) or row.line
            if other != row.line:
                findings.warnings.append(
                    f"line {row.line}: the alias {_shown(alias)} names the customer in line "
                    f"{other} too: notes that use it are linked to neither without asking"
                )
            aliases.setdefault(_same(alias), row.line)


def _same(name: str) -> str:
    return " ".join(name.casefold().split())


def _shown(written: str) -> str:
    short = written if len(written) <= 60 else written[:60] + "…"
    return f"“{short}”"
