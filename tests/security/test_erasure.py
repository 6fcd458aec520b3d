"""What was erased is in no file of the database any more, whichever way it had come in."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain.audience import Audience
from bot.domain.audit import OPERATOR
from bot.domain.customer import Contact, CustomerDraft
from bot.domain.erasure import ErasureCounts, ErasureKind, ErasureTarget
from bot.domain.people import Person
from bot.messages import (
    Action,
    Outgoing,
    Paragraph,
    Reply,
    Span,
    WayIn,
)
from tests.stage import ANNA, BEN, CARLA, SALES, WORKSPACE, Stage

FILLERS = 150
WORDS = (
    *("quillfeather9", "mossbracket8", "tanglewharf7", "brindlecoast6", "hollowmarsh5"),
    *("velvetgrove4", "cinderpatch3", "juniperdock2", "walnutspire1", "lanternbay0"),
)


def traces(stage: Stage, *words: str) -> list[str]:
    """The words of which the database's files hold a trace.

    Whatever the case, and without their first letters: the full-text index leaves out the beginning
    that a word shares with the one before it.
    """
    path = Path(str(stage.store.engine.url.database))
    raw = b"".join(file.read_bytes() for file in path.parent.glob(f"{path.name}*")).lower()
    return [word for word in words if word[3:].lower().encode() in raw]


def filled(stage: Stage) -> Stage:
    """Enough of other people's notes that every index has several pages."""
    for number in range(FILLERS):
        words = " ".join(f"w{number}x{part}" for part in range(30))
        stage.note(BEN, f"Brandvik tells {words}", where=SALES)
    return stage


@pytest.fixture
def full(stage: Stage) -> Stage:
    stage.customer("Brandvik")
    return filled(stage)


def forget(stage: Stage, kind: ErasureKind, subject_id: str) -> ErasureCounts:
    """See what would go, erase it, and find that it is what was foretold."""
    target = ErasureTarget(kind, WORKSPACE, subject_id)
    foretold = stage.store.erasures.preview(target)
    counts = stage.store.erasures.erase(target, by=OPERATOR)
    assert counts == foretold
    assert stage.store.erasures.scrub()
    return counts


def planted(stage: Stage, person: str, customer: str) -> tuple[str, ...]:
    """A word of its own through every way in, by this person and on this customer."""
    words = iter(WORDS)
    used: list[str] = []

    def word() -> str:
        used.append(next(words))
        return used[-1]

    stage.note(person, f"{customer} wants a {word()} discount", where=SALES, message_id="n1")
    stage.edit(person, "n1", f"{customer} wants a {word()} rebate", where=SALES)
    (noted,) = stage.note(person, f"{customer} has a {word()} plan", contacts=[word()])
    change = next(b for b in noted.buttons if b.action is Action.CHANGE)
    stage.submit(person, stage.press(person, change), signal="complaint", contacts=word())
    answer = stage.ask(person, f"What does {customer} say of {word()}?")
    bad = next(b for b in answer.buttons if b.action is Action.RATE_BAD)
    stage.submit(person, stage.press(person, bad), remark=f"It is {word()}")
    unknown = stage.ask(person, f"Who decides on {word()} at {customer}?")
    need = next((b for b in unknown.buttons if b.action is Action.RECORD_NEED), None)
    if need:
        stage.press(person, need)
    _under_way(stage, person, customer, word(), word())
    return tuple(used)


def _under_way(stage: Stage, person: str, customer: str, said: str, answered: str) -> None:
    """What was accepted and not worked on, and a reply that waits to be sent."""
    inbox = stage.store.inbox
    waiting = stage.message(person, f"{customer} says {said}", way_in=WayIn.MENTION, where=SALES)
    note_ids = [r.note.id for r in stage.notes() if r.note.author_id == person]
    reply = Reply((Paragraph((Span(f"{customer}: {answered}"),)),), shows=(note_ids[0],))
    first = stage.message(BEN, "Anything new?", way_in=WayIn.MENTION, where=SALES)
    assert inbox.accept(first)
    inbox.finish(inbox.waiting()[-1], [Outgoing("r1", first.place, BEN, reply)])
    assert inbox.accept(waiting)


def test_a_canary_would_be_found(full: Stage):
    """Each word that is planted lies in the files before anything is erased."""
    words = planted(full, ANNA, "Brandvik")
    assert traces(full, *words) == list(words)


def test_a_person_leaves_no_trace(full: Stage):
    """Of what they wrote, asked, corrected and rated; what others wrote stays."""
    full.store.directory.put_people([Person(ANNA, WORKSPACE, "Anna Quickthorn", "", "")])
    words = planted(full, ANNA, "Brandvik")

    counts = forget(full, ErasureKind.PERSON, ANNA)

    assert traces(full, *words, "Quickthorn") == []
    assert (counts.notes, counts.questions) == (2, 2)
    assert len(full.notes()) == FILLERS
    assert full.store.directory.person(WORKSPACE, ANNA) is None
    assert full.store.outbox.waiting() == []


def test_a_customer_leaves_no_trace(full: Stage):
    """Its notes go with it; a note on another customer stays without its name."""
    full.note(CARLA, "Brandvik sells to OSTRAKON  pharma, too", where=SALES, message_id="other")
    draft = CustomerDraft(name="Ostrakon Pharma", aliases=("Ostrako",), segment="pharmaseg")
    full.store.customers.import_all(
        WORKSPACE, [replace(draft, contacts=(Contact("Petra Kellerwood", "buyer"),))]
    )
    (customer,) = full.store.customers.named("Ostrakon Pharma", Audience.of_person(WORKSPACE, ANNA))
    words = planted(full, ANNA, "Ostrakon Pharma")
    full.note(CARLA, "Brandvik asks about Ostrako", where=SALES, message_id="both")

    forget(full, ErasureKind.CUSTOMER, customer.id)

    assert traces(full, *words, "Ostrakon", "Kellerwood", "Ostrako", "pharmaseg") == []
    (left,) = [r for r in full.notes() if r.note.key.message_id == "other"]
    assert left.note.text == "Brandvik sells to [erased], too"
    assert full.store.customers.named("Ostrakon Pharma", Audience.of_person(WORKSPACE, ANNA)) == ()


def test_a_note_leaves_no_trace(full: Stage):
    """With its versions, and a reply under way that shows it."""
    words = planted(full, ANNA, "Brandvik")
    (record,) = [r for r in full.notes() if r.note.key.message_id == "n1"]
    forget(full, ErasureKind.NOTE, record.note.id)
    assert traces(full, *words[:2]) == []
    assert traces(full, *words[2:5]) == list(words[2:5])


def test_a_workspace_leaves_no_trace_and_its_neighbour_stays(full: Stage):
    """Everything of it goes, also the names of people and channels."""
    words = planted(full, ANNA, "Brandvik")
    full.store.customers.create("other", CustomerDraft(name="Neighbourly"))
    forget(full, ErasureKind.WORKSPACE, WORKSPACE)
    assert traces(full, *words, "Brandvik", "w17x3", "pricing") == []
    assert traces(full, "Neighbourly") == ["Neighbourly"]
