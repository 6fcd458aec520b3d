"""Nobody is told what was said where they are not, whatever anybody says, asks or presses."""

import random
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from bot.bootstrap.core import Models, build_deliveries
from bot.deliveries import address, readers_of
from bot.domain.audience import Audience
from bot.domain.insight import Facets, InsightDraft, InsightRelation
from bot.domain.people import Conversation, ConversationKind
from bot.domain.taxonomy import KnowledgeType, Relation
from bot.messages import (
    Action,
    ActionTaken,
    ConversationChanged,
    CustomerLink,
    IncomingMessage,
    LinksShared,
    Outgoing,
    Place,
    Reply,
    WayIn,
)
from bot.ports import Classification, NoteContext
from bot.services.presentation import general
from tests.fakes import FakeEmbedder, RecordingGateway
from tests.stage import (
    ANNA,
    BEN,
    CARLA,
    CHANNEL,
    PRICING,
    SALES,
    WORKSPACE,
    Stage,
    one_of_us,
    raise_curtain,
)

DAVE = "dave"
EVERYBODY = (ANNA, BEN, CARLA, DAVE)
BOARD = "board"
UNKNOWN_ID = "0" * 32
WORDS = ("vials", "budget", "audit", "price", "delivery", "complaint", "tender", "report")


class TakesAllForKnowledge:
    """A classifier for which every note is one insight, with a person in it where one is named."""

    def classify(self, text: str, context: NoteContext) -> Classification:
        people = tuple(word for word in text.split() if word.startswith("kontakt"))
        draft = InsightDraft(text, Facets(KnowledgeType.FROM), contacts=people)
        return Classification((draft,), "fake/1")


@dataclass
class Told:
    """A note that was posted, and the words that nobody else would say."""

    id: str
    insight_id: str
    message_id: str
    conversation: str
    author: str
    canaries: list[str]


@dataclass
class Company:
    """People who do things at random, and what they may know of each other."""

    stage: Stage
    chance: random.Random
    members: dict[str, set[str] | None]
    told: list[Told] = field(default_factory=list)
    questions: list[str] = field(default_factory=list)
    customers: list[str] = field(default_factory=list)
    seen: int = 0

    @classmethod
    def gather(cls, folder: Path, seed: int) -> "Company":
        models = Models(TakesAllForKnowledge(), FakeEmbedder(), _English())
        stage = raise_curtain(folder, models=models)
        stage.roster.people = {p: one_of_us(p) for p in EVERYBODY}
        stage.source.ours = set(EVERYBODY)
        members: dict[str, set[str] | None] = {f"dm-{p}": {p} for p in EVERYBODY}
        members |= {SALES: set(EVERYBODY), PRICING: {ANNA, BEN}, BOARD: {CARLA, DAVE}}
        company = cls(stage, random.Random(seed), members)
        for conversation in members:
            company.tell_roster(conversation)
        company.customers = [stage.customer("Novara Pharma", "Novara", owner=ANNA)]
        company.customers.append(stage.customer("Delta Foods", "Delta", owner=DAVE))
        return company

    def tell_roster(self, conversation: str) -> None:
        """Let the platform know who is there now, or nothing, and tell the product of a change."""
        there = self.members[conversation]
        if there is None:
            self.stage.roster.conversations.pop(conversation, None)
        else:
            self.stage.roster.conversations[conversation] = Conversation(
                conversation, WORKSPACE, CHANNEL, kind_of(conversation), conversation, tuple(there)
            )
        place = Place(CHANNEL, WORKSPACE, conversation, kind_of(conversation))
        self.stage.handler.handle(ConversationChanged(place, "change"))

    def may_see(self, person: str, note: Told) -> bool:
        if kind_of(note.conversation) is ConversationKind.PUBLIC:
            return True
        return person in (self.members[note.conversation] or ())

    def check(self, person: str, reply: Reply) -> None:
        """A reply tells of what its reader may see, and names what must be checked again."""
        shown = repr(reply)
        for note in self.told:
            tells = any(canary in shown for canary in note.canaries)
            names = note.id in shown or note.insight_id in shown
            if tells or names:
                self.seen += 1
                assert self.may_see(person, note), (person, note, reply)
            if tells:
                assert note.id in reply.shows, (note, reply)

    # --- what people do -------------------------------------------------------------------------

    def step(self) -> None:
        doings: list[Callable[[], None]] = [
            self.write, self.write, self.ask, self.ask, self.ask, self.press, self.press,
            self.press, self.edit, self.delete, self.come_or_go, self.relate, self.command,
            self.share,
        ]  # fmt: skip
        self.chance.choice(doings)()

    def write(self) -> None:
        person = self.chance.choice(EVERYBODY)
        where = self.chance.choice(self._places_of(person))
        canary, contact = self._new("kanari"), self._new("kontakt")
        customer = self.chance.choice(("Novara", "Delta", "They"))
        text = f"{customer} {' '.join(self.chance.sample(WORDS, 3))} {canary} {contact}"
        way_in = WayIn.DIRECT if where.startswith("dm-") else WayIn.MENTION
        thread = self.chance.choice([None, *(n.message_id for n in self._in(where))])
        message = self.stage.message(person, text, way_in=way_in, where=where, thread=thread)
        replies = self.stage.handler.handle(message)
        record = self.stage.store.notes.find(message.key, Audience.operator(WORKSPACE))
        assert record is not None
        note = Told(
            record.note.id, record.insights[0].id, message.message_id, where, person,
            [canary, contact],
        )  # fmt: skip
        self.told.append(note)
        if self.members[where] is not None:
            self._check_all(person, replies)

    def ask(self) -> None:
        person = self.chance.choice(EVERYBODY)
        where = self.chance.choice(self._places_of(person))
        guess = ""
        if self.told and self.chance.random() < 0.3:
            guess = self.chance.choice(self.told).canaries[0]
        text = self.chance.choice(
            (
                f"what does Novara say on {self.chance.choice(WORDS)}?",
                f"what about {self.chance.choice(WORDS)} and {self.chance.choice(WORDS)}?",
                "and Delta?",
                "who knows?",
            )
        )
        text = f"what is {guess} {self.chance.choice(WORDS)}?" if guess else text
        message = self.stage.message(person, text, way_in=WayIn.ASK_COMMAND, where=where)
        (reply,) = self.stage.handler.handle(message)
        if not guess:  # who asks for the words and keeps the question as a note has said them
            self.questions.append(f"{where}:{message.message_id}")
        self.check(person, reply)
        visible = [note.author for note in self.told if self.may_see(person, note)]
        for block in reply.blocks:
            line = repr(block)
            if "Who might know" in line:
                named = [p for p in EVERYBODY if p.title() in line]
                assert set(named) <= set(visible), (person, reply)

    def press(self) -> None:
        person = self.chance.choice(EVERYBODY)
        action = self.chance.choice(list(Action))
        value = self.chance.choice(
            [
                UNKNOWN_ID,
                *(note.id for note in self.told),
                *(note.insight_id for note in self.told),
                *(f"{n.id}|{self.chance.choice(self.customers)}" for n in self.told),
                *self.questions,
            ]
        )
        fields = {
            "knowledge_type": "about",
            "process_stage": "acquisition",
            "name": "Novara Pharma",
            "customers": self.chance.choice(("", "Novara", "nobody knows them")),
        }
        taken = ActionTaken(
            Place(CHANNEL, WORKSPACE, f"dm-{person}", ConversationKind.DIRECT),
            person, action, value, self._new("press"), self.stage.clock.now(),
            fields={name: (text,) for name, text in fields.items()},
        )  # fmt: skip
        before = {r.note.id: r for r in self.stage.notes()}
        replies = self.stage.handler.handle(taken)
        self._check_all(person, replies)
        foreign = next((n for n in self.told if value in (n.id, n.insight_id)), None)
        if foreign is not None and not self.may_see(person, foreign):
            assert replies == (general.gone(),), (taken, replies)
            after = {r.note.id: r for r in self.stage.notes()}
            if foreign.author != person:
                assert before.get(foreign.id) == after.get(foreign.id)

    def edit(self) -> None:
        if not self.told:
            return
        note = self.chance.choice(self.told)
        note.canaries.append(self._new("kanari"))
        text = f"Novara {self.chance.choice(WORDS)} {note.canaries[-1]}"
        self.stage.edit(note.author, note.message_id, text, where=note.conversation)
        key_of_note = next((r for r in self.stage.notes() if r.note.id == note.id), None)
        if key_of_note is not None and key_of_note.insights:
            note.insight_id = key_of_note.insights[0].id

    def delete(self) -> None:
        if self.told and self.chance.random() < 0.3:
            note = self.chance.choice(self.told)
            self.stage.delete(note.message_id, where=note.conversation)

    def come_or_go(self) -> None:
        where = self.chance.choice((PRICING, BOARD))
        there, person = self.members[where], self.chance.choice(EVERYBODY)
        if there is None:
            self.members[where] = set(self.chance.sample(EVERYBODY, 2))
        elif self.chance.random() < 0.15:
            self.members[where] = None
        else:
            self.members[where] = there ^ {person}
        self.tell_roster(where)

    def relate(self) -> None:
        if len(self.told) < 2:
            return
        one, other = self.chance.sample(self.told, 2)
        relation = self.chance.choice(list(Relation))
        self.stage.store.notes.relate([InsightRelation(one.insight_id, relation, other.insight_id)])

    def command(self) -> None:
        person = self.chance.choice(EVERYBODY)
        words = self.chance.choice(("needs", "help", "customer Novara Pharma"))
        message = self.stage.message(person, words, way_in=WayIn.EARSHOT_COMMAND)
        self._check_all(person, self.stage.handler.handle(message))

    def share(self) -> None:
        """A link is for everybody who is there."""
        person, where = self.chance.choice(EVERYBODY), self.chance.choice(list(self.members))
        link = CustomerLink("https://earshot.example.com", self.chance.choice(self.customers))
        place = Place(CHANNEL, WORKSPACE, where)
        shared = LinksShared(place, person, (link,), self._new("m"))
        there = self.members[where] or set()
        replies = self.stage.handler.handle(shared)
        assert there or replies == ()
        for reader in EVERYBODY if where == SALES else there:
            self._check_all(reader, replies)

    def _check_all(self, person: str, replies: tuple[Reply, ...]) -> None:
        for reply in replies:
            self.check(person, reply)

    def _places_of(self, person: str) -> list[str]:
        return [c for c, there in self.members.items() if there is not None and person in there]

    def _in(self, conversation: str) -> list[Told]:
        return [note for note in self.told if note.conversation == conversation]

    def _new(self, kind: str) -> str:
        return f"{kind}{self.chance.getrandbits(40):010x}"


class _English:
    def detect(self, text: str) -> str:
        return "en"


def kind_of(conversation: str) -> ConversationKind:
    if conversation.startswith("dm-"):
        return ConversationKind.DIRECT
    return ConversationKind.PUBLIC if conversation == SALES else ConversationKind.PRIVATE


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_no_reply_tells_of_a_note_that_its_reader_may_not_see(tmp_path: Path, seed: int) -> None:
    """Notes, joins, leaves, edits, deletions, questions and guessed presses in any order."""
    company = Company.gather(tmp_path, seed)
    for _ in range(150):
        company.step()
    assert company.seen > 20, "the walls were hardly tried"


@pytest.mark.parametrize("action", list(Action))
def test_a_press_on_a_hidden_note_looks_like_one_on_nothing(tmp_path: Path, action: Action) -> None:
    """A guessed id tells nobody whether it exists, and changes nothing."""
    stage = raise_curtain(tmp_path)
    customer = stage.customer("Novara Pharma", owner=BEN)
    stage.note(ANNA, "Novara's secret price", way_in=WayIn.MENTION, where=PRICING)
    (record,) = stage.notes()
    asked = stage.message(ANNA, "what of Novara?", way_in=WayIn.ASK_COMMAND, where=PRICING)
    stage.handler.handle(asked)
    question = f"{PRICING}:{asked.message_id}"
    fields = {"knowledge_type": "about", "process_stage": "storage", "name": "Mine"}
    real = (record.note.id, record.insights[0].id, f"{record.note.id}|{customer}", question)
    made_up = (UNKNOWN_ID, UNKNOWN_ID, f"{UNKNOWN_ID}|{customer}", f"{PRICING}:m99")
    for value, nothing in zip(real, made_up, strict=True):
        hidden = stage.act(CARLA, action, value, **fields)
        assert hidden == stage.act(CARLA, action, nothing, **fields) == general.gone()
    assert stage.notes() == [record]


def test_a_question_on_hidden_knowledge_is_answered_as_one_on_none(tmp_path: Path) -> None:
    """The same words, the same buttons and the same counts, but for the question's own id."""
    with_notes, without = tmp_path / "with", tmp_path / "without"
    replies = []
    for folder, is_told in ((with_notes, True), (without, False)):
        folder.mkdir()
        stage = raise_curtain(folder)
        stage.customer("Novara Pharma", "Novara")
        if is_told:
            stage.note(ANNA, "Novara closes the Lyon site", way_in=WayIn.MENTION, where=PRICING)
            stage.note(BEN, "Novara closes the Lyon plant", way_in=WayIn.DIRECT)
        question = stage.message(
            CARLA, "does Novara close Lyon?", way_in=WayIn.ASK_COMMAND, message_id="q"
        )
        replies.append(stage.handler.handle(question))
    assert replies[0] == replies[1]


# --- between the answer and its sending ---------------------------------------------------------


def deliver(stage: Stage, gateway: RecordingGateway, outgoing: Outgoing) -> None:
    """Put a reply in the outbox, and send it."""
    message = stage.message(CARLA, "anything", way_in=WayIn.LISTENED, where=SALES)
    assert stage.store.inbox.accept(message)
    (delivery_id,) = [row for name, row in stage.store.waiting() if name == "handle"]
    stage.store.inbox.finish(delivery_id, [outgoing])
    deliveries = build_deliveries(stage.store, stage.handler, {CHANNEL: gateway}, _run)
    deliveries.send(outgoing.id)


def _run(coroutine: Coroutine[Any, Any, str | None]) -> str | None:
    try:
        coroutine.send(None)
    except StopIteration as end:
        return str(end.value)
    raise AssertionError("the gateway waits for something")


def leave(stage: Stage, person: str, conversation: str) -> None:
    known = stage.roster.conversations[conversation]
    rest = tuple(member for member in known.member_ids or () if member != person)
    stage.roster.conversations[conversation] = replace(known, member_ids=rest)


def tell_of_change(stage: Stage, conversation: str) -> None:
    stage.handler.handle(ConversationChanged(Place(CHANNEL, WORKSPACE, conversation), "left"))


def test_an_answer_is_withheld_from_who_left_before_it_was_sent(tmp_path: Path) -> None:
    """Whether a reader may see the notes is asked again at the last moment."""
    stage, gateway = raise_curtain(tmp_path), RecordingGateway()
    stage.note(ANNA, "Novara closes Lyon", way_in=WayIn.MENTION, where=PRICING)
    question = stage.message(BEN, "does Novara close Lyon?", way_in=WayIn.ASK_COMMAND)
    (reply,) = stage.handler.handle(question)
    assert reply.shows
    leave(stage, BEN, PRICING)
    tell_of_change(stage, PRICING)
    deliver(stage, gateway, address(question, reply))
    assert gateway.sent == []


@pytest.mark.parametrize("action", [Action.CHANGE, Action.CREATE_CUSTOMER])
def test_a_form_is_withheld_from_who_left_before_it_opened(tmp_path: Path, action: Action) -> None:
    """A form holds a note's people and names: it is shown under the same condition as the note."""
    stage, gateway = raise_curtain(tmp_path), RecordingGateway()
    stage.note(
        BEN, "Kestrel Aerospace Ltd has P. Keller now", contacts=("P. Keller",),
        way_in=WayIn.MENTION, where=PRICING,
    )  # fmt: skip
    (record,) = stage.notes()
    value = record.insights[0].id if action is Action.CHANGE else record.note.id
    reply = stage.act(BEN, action, value)
    assert reply.form is not None
    leave(stage, BEN, PRICING)
    tell_of_change(stage, PRICING)
    question = stage.message(BEN, "x", way_in=WayIn.ASK_COMMAND)
    deliver(stage, gateway, address(question, reply))
    assert gateway.sent == []


def test_an_answer_is_withheld_once_its_note_is_deleted(tmp_path: Path) -> None:
    """A deletion reaches replies that are on their way."""
    stage, gateway = raise_curtain(tmp_path), RecordingGateway()
    stage.note(ANNA, "Novara closes Lyon", way_in=WayIn.MENTION, where=SALES, message_id="n")
    question = stage.message(BEN, "does Novara close Lyon?", way_in=WayIn.ASK_COMMAND)
    (reply,) = stage.handler.handle(question)
    stage.delete("n", where=SALES)
    deliver(stage, gateway, address(question, reply))
    assert gateway.sent == []


# --- who is there -------------------------------------------------------------------------------


def test_unknown_membership_is_no_membership(tmp_path: Path) -> None:
    """Where the platform does not say who is there, nobody was there."""
    stage = raise_curtain(tmp_path)
    stage.note(ANNA, "Novara closes Lyon", way_in=WayIn.MENTION, where=PRICING)
    del stage.roster.conversations[PRICING]
    tell_of_change(stage, PRICING)
    for person in (ANNA, BEN, CARLA):
        assert not stage.ask(person, "does Novara close Lyon?").shows


def test_who_left_unnoticed_is_not_told_for_long(tmp_path: Path) -> None:
    """A platform does not tell of every leaving: what was last known of a place grows old."""
    stage = raise_curtain(tmp_path)
    stage.note(ANNA, "Novara closes Lyon", way_in=WayIn.MENTION, where=PRICING)
    assert stage.ask(BEN, "does Novara close Lyon?").shows
    leave(stage, BEN, PRICING)
    stage.clock.advance(hours=1)
    assert not stage.ask(BEN, "does Novara close Lyon?").shows


def test_who_left_unnoticed_changes_nothing_for_long(tmp_path: Path) -> None:
    """The same for presses."""
    stage = raise_curtain(tmp_path)
    stage.note(BEN, "Novara closes Lyon", way_in=WayIn.MENTION, where=PRICING)
    (record,) = stage.notes()
    leave(stage, BEN, PRICING)
    stage.clock.advance(hours=1)
    assert stage.act(BEN, Action.CHANGE, record.insights[0].id) == general.gone()


# --- other workspaces ---------------------------------------------------------------------------


def elsewhere(message: IncomingMessage) -> IncomingMessage:
    return replace(message, place=replace(message.place, workspace="other"))


def test_another_workspace_with_the_same_ids_is_another_world(tmp_path: Path) -> None:
    """Neither its notes, nor its questions, nor its buttons, though every id is the same."""
    stage = raise_curtain(tmp_path)
    stage.note(ANNA, "Novara closes Lyon", way_in=WayIn.MENTION, where=SALES)
    (record,) = stage.notes()
    asked = stage.message(ANNA, "who buys at Delta?", way_in=WayIn.ASK_COMMAND, message_id="q")
    stage.handler.handle(asked)
    other = elsewhere(
        stage.message(ANNA, "does Novara close Lyon?", way_in=WayIn.ASK_COMMAND, message_id="q2")
    )
    (reply,) = stage.handler.handle(other)
    assert not reply.shows
    place = Place(CHANNEL, "other", f"dm-{ANNA}", ConversationKind.DIRECT)
    now = stage.clock.now()
    values = (record.note.id, record.insights[0].id, f"dm-{ANNA}:q")
    for action in Action:
        for value in values:
            taken = ActionTaken(place, ANNA, action, value, f"{action}{value}", now)
            assert stage.handler.handle(taken) == (general.gone(),), action
    assert stage.notes() == [record]
    assert readers_of(address(other, reply)).workspace == "other"


def test_a_deleted_note_is_not_found_by_its_words_in_a_reply_to_it(tmp_path: Path) -> None:
    """A reply is found by what it agrees with, but not by what has been taken back."""
    stage = raise_curtain(tmp_path)
    stage.note(ANNA, "kanari kestrel", way_in=WayIn.MENTION, where=SALES, message_id="root")
    stage.note(BEN, "same here", way_in=WayIn.MENTION, where=SALES, thread="root")
    assert stage.ask(CARLA, "what of kanari kestrel?").shows
    stage.delete("root", where=SALES)
    assert not stage.ask(CARLA, "what of kanari kestrel?").shows
