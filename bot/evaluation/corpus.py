"""A corpus on disk: a company, its messages in time order, and questions; labels may be absent."""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal, TypeVar

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from bot.domain.taxonomy import CustomerStatus
from bot.errors import CorpusInvalid


class _Row(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class EmployeeRow(_Row):
    """One of our people."""

    id: str
    name: str
    role: str = ""


class ContactRow(_Row):
    """A person at a customer."""

    name: str
    role: str = ""


class CustomerRow(_Row):
    """A customer with everything it is called."""

    name: str
    aliases: tuple[str, ...] = ()
    segment: str = ""
    owner: str | None = None
    industry: str = ""
    status: CustomerStatus = CustomerStatus.EXISTING
    contacts: tuple[ContactRow, ...] = ()


class ChannelRow(_Row):
    """A conversation with its members."""

    id: str
    name: str
    kind: Literal["public", "private", "dm"]
    members: tuple[str, ...]


class CompanyRow(_Row):
    """Who there is."""

    employees: tuple[EmployeeRow, ...]
    customers: tuple[CustomerRow, ...]
    channels: tuple[ChannelRow, ...]


class NoteRow(_Row):
    """A message. Everything from `is_insight` on is a label, read only for scoring."""

    id: str
    author: str
    channel: str
    thread: str | None = None
    posted_at: AwareDatetime
    text: str
    is_insight: bool | None = None
    knowledge_type: str | None = None
    process_stage: str | None = None
    signal: str | None = None
    moment: str | None = None
    certainty: str | None = None
    customers: tuple[str, ...] = ()
    supersedes: tuple[str, ...] = ()
    contradicts: tuple[str, ...] = ()
    corroborates: tuple[str, ...] = ()


class QuestionRow(_Row):
    """A question. Everything from `kind` on is a label."""

    id: str
    asker: str
    asked_at: AwareDatetime
    question: str
    parent: str | None = None
    kind: str | None = None
    evidence: tuple[str, ...] = ()
    acceptable: tuple[str, ...] = ()
    must_not: tuple[str, ...] = ()


class Corpus(_Row):
    """All three files of a folder; questions may be missing."""

    company: CompanyRow
    notes: tuple[NoteRow, ...]
    questions: tuple[QuestionRow, ...] = Field(default=())

    @property
    def has_labels(self) -> bool:
        """Whether there is anything to score against."""
        return any(note.is_insight is not None for note in self.notes)


def read_corpus(folder: Path) -> Corpus:
    """Read `company.json`, `notes.jsonl` and `questions.jsonl`.

    Raises CorpusInvalid, naming the file and the line.
    """
    company, questions = folder / "company.json", folder / "questions.jsonl"
    notes = tuple(_rows(folder / "notes.jsonl", NoteRow))
    if not notes:
        raise CorpusInvalid("notes.jsonl holds no message")
    return Corpus(
        company=_parsed(CompanyRow, _read(company), company.name),
        notes=notes,
        questions=tuple(_rows(questions, QuestionRow)) if questions.exists() else (),
    )


_Parsed = TypeVar("_Parsed", bound=BaseModel)


def _rows(path: Path, row: type[_Parsed]) -> Iterator[_Parsed]:
    # Not splitlines: JSON may hold a line separator (U+2028) inside a text.
    for number, line in enumerate(_read(path).split("\n"), start=1):
        if line.strip():
            yield _parsed(row, line, f"{path.name}, line {number}")


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise CorpusInvalid(f"{path}: {error.strerror}") from error
    except UnicodeDecodeError:
        raise CorpusInvalid(f"{path.name} is not written in UTF-8") from None


def _parsed(model: type[_Parsed], text: str, where: str) -> _Parsed:
    try:
        return model.model_validate_json(text)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        field = ".".join(map(str, first["loc"]))
        raise CorpusInvalid(": ".join(filter(None, (where, field, first["msg"])))) from None
