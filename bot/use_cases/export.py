"""Writes what is stored as lines: JSON objects, or CSV that a spreadsheet opens without harm."""

import csv
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date
from enum import StrEnum
from typing import TypeAlias

from bot.domain.answer import AnswerRating, Question
from bot.domain.audience import Audience
from bot.domain.customer import Contact, Customer
from bot.domain.insight import Insight, ResolvedDate
from bot.domain.note import NoteRecord
from bot.ports import CustomerStore, NoteStore, RatingStore

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
# A spreadsheet of another country parts cells at semicolons; then no quotes hold lines together.
_FORMULA_INSIDE = re.compile('(?:(?<=[;\t\r\n])|(?<=[;\t\r\n]"))(?=[=+\\-@＝＋－＠])')
_LIST_SEPARATOR = "; "


class ExportKind(StrEnum):
    """What can be exported."""

    NOTES = "notes"
    INSIGHTS = "insights"
    CUSTOMERS = "customers"
    RATINGS = "ratings"


class ExportFormat(StrEnum):
    """How it is written."""

    JSONL = "jsonl"
    CSV = "csv"


def export(
    kind: ExportKind,
    format: ExportFormat,  # noqa: A002 - the word that the command's option has
    audience: Audience,
    *,
    notes: NoteStore,
    customers: CustomerStore,
    ratings: RatingStore,
) -> Iterator[str]:
    """Lines with their line ends, one at a time, of everything that the audience may see.

    In JSONL every value is exact. In CSV a cell that a spreadsheet would run as a formula gets an
    apostrophe before it.
    """
    line_type, lines = _lines(ExportKind(kind), audience, notes, customers, ratings)
    if ExportFormat(format) is ExportFormat.JSONL:
        return _as_jsonl(lines)
    return _as_csv([column.name for column in fields(line_type)], lines)


# --- what a line holds: the fields are the columns ---


@dataclass(frozen=True, slots=True)
class _CustomerLine:
    id: str
    name: str
    aliases: tuple[str, ...]
    owner: str | None
    segment: str
    industry: str
    status: str
    contacts: tuple[Contact, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Where:
    note_id: str
    workspace: str
    platform: str
    channel_id: str
    channel: str
    message_id: str
    thread_id: str | None
    permalink: str | None
    author_id: str
    author: str
    posted_at: str
    text: str
    customers: tuple[str, ...]
    customer_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _NoteLine(_Where):
    edited_at: str | None
    version: int
    insights: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _InsightLine(_Where):
    insight_id: str
    position: int
    statement: str
    knowledge_type: str
    process_stage: str
    stage: str
    use_kind: str | None
    signal: str | None
    topics: tuple[str, ...]
    moment: str | None
    moment_direction: str | None
    certainty: str
    source: str
    weak_signal: bool
    belief: str
    contacts: tuple[str, ...]
    dates: tuple[ResolvedDate, ...]
    classified_by: str
    confidence: float | None


@dataclass(frozen=True, slots=True)
class _RatingLine:
    question_id: str
    person_id: str
    question: str
    asked_at: str
    verdict: str
    remark: str
    rated_at: str


_Line: TypeAlias = _CustomerLine | _NoteLine | _InsightLine | _RatingLine


def _lines(
    kind: ExportKind,
    audience: Audience,
    notes: NoteStore,
    customers: CustomerStore,
    ratings: RatingStore,
) -> tuple[type[_Line], Iterable[_Line]]:
    if kind is ExportKind.RATINGS:
        return _RatingLine, (_rating_line(*rated) for rated in ratings.all(audience))
    registered = customers.all(audience)
    if kind is ExportKind.CUSTOMERS:
        return _CustomerLine, map(_customer_line, registered)
    names = {customer.id: customer.name for customer in registered}
    if kind is ExportKind.NOTES:
        return _NoteLine, (_note_line(record, names) for record in notes.all(audience))
    return _InsightLine, (
        _insight_line(record, insight, names)
        for record in notes.all(audience)
        for insight in record.insights
    )


def _rating_line(question: Question, rating: AnswerRating) -> _RatingLine:
    return _RatingLine(
        question_id=question.id,
        person_id=rating.person_id,
        question=question.text,
        asked_at=question.asked_at.isoformat(),
        verdict=rating.verdict.value,
        remark=rating.remark,
        rated_at=rating.rated_at.isoformat(),
    )


def _customer_line(customer: Customer) -> _CustomerLine:
    return _CustomerLine(
        id=customer.id,
        name=customer.name,
        aliases=customer.aliases,
        owner=customer.owner_id,
        segment=customer.segment,
        industry=customer.industry,
        status=customer.status,
        contacts=customer.contacts,
    )


def _where(record: NoteRecord, links: Sequence[str], names: Mapping[str, str]) -> _Where:
    note = record.note
    visible = tuple(customer_id for customer_id in links if customer_id in names)
    return _Where(
        note_id=note.id,
        workspace=note.key.workspace,
        platform=note.channel,
        channel_id=note.key.conversation_id,
        channel=record.conversation_name,
        message_id=note.key.message_id,
        thread_id=note.thread_id,
        permalink=note.permalink,
        author_id=note.author_id,
        author=note.author_name,
        posted_at=note.posted_at.isoformat(),
        text=note.text,
        customers=tuple(names[customer_id] for customer_id in visible),
        customer_ids=visible,
    )


def _note_line(record: NoteRecord, names: Mapping[str, str]) -> _NoteLine:
    note = record.note
    return _NoteLine(
        **asdict(_where(record, record.customer_ids, names)),
        edited_at=note.edited_at.isoformat() if note.edited_at else None,
        version=note.version,
        insights=len(record.insights),
    )


def _insight_line(record: NoteRecord, insight: Insight, names: Mapping[str, str]) -> _InsightLine:
    facets = insight.facets
    return _InsightLine(
        **asdict(_where(record, insight.customer_ids, names)),
        insight_id=insight.id,
        position=insight.position,
        statement=insight.statement,
        knowledge_type=facets.knowledge_type,
        process_stage=facets.process_stage,
        stage=insight.stage,
        use_kind=facets.use_kind,
        signal=facets.signal,
        topics=facets.topics,
        moment=facets.moment,
        moment_direction=facets.moment_direction,
        certainty=facets.certainty,
        source=facets.source,
        weak_signal=facets.weak_signal,
        belief=insight.belief,
        contacts=insight.contacts,
        dates=insight.dates,
        classified_by=insight.classified_by,
        confidence=insight.confidence,
    )


# --- formats ---


def _as_jsonl(lines: Iterable[_Line]) -> Iterator[str]:
    for line in lines:
        yield json.dumps(asdict(line), ensure_ascii=False, default=date.isoformat) + "\n"


def _as_csv(columns: Sequence[str], lines: Iterable[_Line]) -> Iterator[str]:
    taken = _LastLine()
    writer = csv.writer(taken)
    writer.writerow(columns)
    yield taken.line
    for line in lines:
        writer.writerow([_harmless(_cell(getattr(line, column))) for column in columns])
        yield taken.line


class _LastLine:
    """A file that remembers only what was written last."""

    line = ""

    def write(self, line: str) -> int:
        self.line = line
        return len(line)


def _cell(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case tuple():
            return _LIST_SEPARATOR.join(_cell(item) for item in value)
        case Contact(name, role):
            return f"{name} ({role})" if role else name
        case ResolvedDate(words, start, end):
            return f"{words} ({start})" if start == end else f"{words} ({start} to {end})"
        case _:
            return str(value)


def _harmless(cell: str) -> str:
    marked = _FORMULA_INSIDE.sub("'", cell)
    return f"'{marked}" if marked.startswith(_FORMULA_STARTS) else marked
