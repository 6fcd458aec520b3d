"""A corpus on disk: a company, its messages in time order, and questions; labels may be absent."""

from datetime import datetime
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

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
    posted_at: datetime
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
    asked_at: datetime
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
    """Read `company.json`, `notes.jsonl` and `questions.jsonl`. Raises CorpusInvalid."""
    try:
        questions = folder / "questions.jsonl"
        return Corpus(
            company=CompanyRow.model_validate_json((folder / "company.json").read_bytes()),
            notes=tuple(map(NoteRow.model_validate_json, _lines(folder / "notes.jsonl"))),
            questions=tuple(map(QuestionRow.model_validate_json, _lines(questions)))
            if questions.exists()
            else (),
        )
    except FileNotFoundError as error:
        raise CorpusInvalid(f"missing: {error.filename}") from error
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise CorpusInvalid(f"{first['loc']}: {first['msg']}") from None


def _lines(path: Path) -> list[str]:
    return [line for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
