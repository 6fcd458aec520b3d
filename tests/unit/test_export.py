"""What is stored comes out as lines, harmless to a spreadsheet and exact as JSON."""

import csv
import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta, timezone

import pytest

from bot.domain.answer import AnswerRating, Question, Verdict
from bot.domain.audience import Audience
from bot.domain.customer import Contact, Customer
from bot.domain.insight import Facets, Insight, ResolvedDate
from bot.domain.note import MessageKey, Note, NoteRecord
from bot.domain.taxonomy import Belief, KnowledgeType, ProcessStage, Signal, Topic
from bot.ports import CustomerStore, NoteStore, RatingStore
from bot.use_cases.export import ExportFormat, ExportKind, export

OPERATOR = Audience.operator("W")
ANOTHER = Audience.of_person("W", "U2")
POSTED = datetime(2026, 11, 9, 9, 0, tzinfo=timezone(timedelta(hours=2)))
VELMORA = Customer(
    id="C1",
    workspace="W",
    name="Velmora Therapeutics",
    aliases=("Velmora", "VMT"),
    owner_id="U1",
    contacts=(Contact("Dana Whitlock", "VP Operations"), Contact("Lorna Tate")),
)
QUESTION = Question("q1", "W", "CC1", None, "anna", "Who decides there?", POSTED, "en")
RATING = AnswerRating("W", "q1", "anna", Verdict.BAD, POSTED, "=it is old")
SECRET = Customer(id="C2", workspace="W", name="Secret AG")


def record(number: int, text: str, *customer_ids: str) -> NoteRecord:
    key = MessageKey("W", "CC1", f"{number}.0")
    note = Note(f"N{number}", key, "slack", "U1", "Mirja Halonen", text, POSTED)
    insight = Insight(
        id=f"I{number}",
        note_id=note.id,
        position=0,
        statement=text,
        facets=Facets(
            KnowledgeType.FROM, signal=Signal.COMPLAINT, topics=(Topic.DELIVERY, Topic.PRICE)
        ),
        customer_ids=customer_ids,
        contacts=("Dana Whitlock",),
        dates=(ResolvedDate("next week", date(2026, 11, 16), date(2026, 11, 22)),),
        belief=Belief.UNVERIFIED,
        classified_by="local/2026-11",
        confidence=0.5,
        reached=ProcessStage.DISSEMINATION,
    )
    return NoteRecord(note, (insight,), "acct-velmora")


class NotesInMemory(NoteStore):
    """Gives out notes one by one, and counts how many were asked for."""

    def __init__(self, *records: NoteRecord) -> None:
        self.records = records
        self.given = 0

    def all(self, audience: Audience) -> Iterator[NoteRecord]:
        for found in self.records if audience == OPERATOR else ():
            self.given += 1
            yield found


class CustomersInMemory(CustomerStore):
    """The operator knows both customers, others only one."""

    def all(self, audience: Audience) -> tuple[Customer, ...]:
        return (VELMORA, SECRET) if audience == OPERATOR else (VELMORA,)


class RatingsInMemory(RatingStore):
    """The operator knows of one rating, others of none."""

    def all(self, audience: Audience) -> tuple[tuple[Question, AnswerRating], ...]:
        return ((QUESTION, RATING),) if audience == OPERATOR else ()


def lines(
    kind: str, written: str, *records: NoteRecord, audience: Audience = OPERATOR
) -> list[str]:
    return list(
        export(
            ExportKind(kind),
            ExportFormat(written),
            audience,
            notes=NotesInMemory(*records),
            customers=CustomersInMemory(),
            ratings=RatingsInMemory(),
        )
    )


def rows(kind: str, *records: NoteRecord) -> list[dict[str, str]]:
    return list(csv.DictReader(lines(kind, "csv", *records)))


def test_a_rating_comes_out_with_its_question_and_what_was_wrong() -> None:
    """For whoever wants to find out why; others know of none."""
    (line,) = lines("ratings", "jsonl")
    assert json.loads(line) == {
        "question_id": "q1",
        "person_id": "anna",
        "question": "Who decides there?",
        "asked_at": POSTED.isoformat(),
        "verdict": "bad",
        "remark": "=it is old",
        "rated_at": POSTED.isoformat(),
    }
    (row,) = rows("ratings")
    assert row["remark"] == "'=it is old"
    assert lines("ratings", "jsonl", audience=ANOTHER) == []


def test_an_insight_comes_out_with_labels_links_and_origin() -> None:
    """As one JSON object a line."""
    (line,) = lines("insights", "jsonl", record(1, "too late", "C1", "C2"))
    assert line.endswith("}\n")
    found = json.loads(line)
    expected = {
        "text": "too late",
        "knowledge_type": "from",
        "process_stage": "acquisition",
        "stage": "dissemination",
        "signal": "complaint",
        "moment": None,
        "topics": ["delivery", "price"],
        "customers": ["Velmora Therapeutics", "Secret AG"],
        "customer_ids": ["C1", "C2"],
        "author": "Mirja Halonen",
        "channel": "acct-velmora",
        "posted_at": "2026-11-09T09:00:00+02:00",
        "belief": "unverified",
        "classified_by": "local/2026-11",
        "dates": [{"words": "next week", "start": "2026-11-16", "end": "2026-11-22"}],
    }
    assert {name: found[name] for name in expected} == expected


def test_a_csv_has_a_heading_and_a_row_for_each() -> None:
    """Lists are one cell, dates show their days."""
    (row,) = rows("insights", record(1, 'says "no",\nthen left', "C1"))
    assert row["text"] == 'says "no",\nthen left'
    assert row["topics"] == "delivery; price"
    assert row["dates"] == "next week (2026-11-16 to 2026-11-22)"
    assert row["weak_signal"] == "no"
    assert row["moment"] == ""


@pytest.mark.parametrize("kind", ["notes", "insights"])
def test_an_empty_csv_has_its_heading(kind: str) -> None:
    """So that what reads it finds the columns."""
    (heading,) = lines(kind, "csv")
    assert "note_id" in heading


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@cmd", "\tx", "\rx", "\n=1", "＝1"])
def test_formulas_are_harmless_in_csv_and_exact_in_jsonl(text: str) -> None:
    """A spreadsheet would run them; a program wants them as they were."""
    (row,) = rows("notes", record(1, text))
    assert row["text"].startswith("'")
    assert row["text"].replace("'", "") == text
    (line,) = lines("notes", "jsonl", record(1, text))
    assert json.loads(line)["text"] == text


def test_a_customer_comes_out_as_it_can_be_imported() -> None:
    """Aliases and contacts are written as docs/import.md has them."""
    row = rows("customers")[0]
    assert row["name"] == "Velmora Therapeutics"
    assert row["aliases"] == "Velmora; VMT"
    assert row["contacts"] == "Dana Whitlock (VP Operations); Lorna Tate"
    assert row["owner"] == "U1"
    assert row["status"] == "existing"


def test_an_audience_gets_what_it_may_see() -> None:
    """Neither notes nor customers that are not for it."""
    assert lines("notes", "jsonl", record(1, "x"), audience=ANOTHER) == []
    found = lines("customers", "jsonl", audience=ANOTHER)
    assert [json.loads(line)["name"] for line in found] == ["Velmora Therapeutics"]


def test_lines_come_as_they_are_read() -> None:
    """A large store is never held in memory."""
    notes = NotesInMemory(record(1, "a"), record(2, "b"), record(3, "c"))
    going = export(
        ExportKind.NOTES,
        ExportFormat.JSONL,
        OPERATOR,
        notes=notes,
        customers=CustomersInMemory(),
        ratings=RatingsInMemory(),
    )
    next(going)
    assert notes.given == 1
