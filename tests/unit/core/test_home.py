"""A person's own page: what stands on it, within what they may see, and that it stays fresh."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from bot.bootstrap.core import Unmetered, build_deliveries, build_intake
from bot.deliveries import Deliveries
from bot.domain.answer import Question
from bot.domain.insight import Facets
from bot.domain.taxonomy import KnowledgeType, Signal
from bot.errors import SendFailed
from bot.messages import (
    HOME,
    Action,
    ActionTaken,
    Button,
    Home,
    HomeItem,
    HomeOpened,
    Incoming,
    IncomingMessage,
    Outgoing,
    Paragraph,
    Place,
    Reply,
    WayIn,
)
from bot.ports import Gateway
from tests.fakes import RecordingGateway
from tests.stage import (
    ANNA,
    BEN,
    CARLA,
    CHANNEL,
    PRICING,
    PUBLIC_URL,
    SALES,
    WORKSPACE,
    Stage,
    one_of_us,
)

REPORTS = "Novara wants our reports in PDF"
COMPLAINT = Facets(KnowledgeType.FROM, signal=Signal.COMPLAINT)


def page(stage: Stage, person: str = ANNA) -> Home:
    return stage.handler.home.page(WORKSPACE, person)


def lines(page: Home, title: str) -> list[str]:
    """Each line of a section in plain words, with its buttons."""
    (section,) = [section for section in page.sections if section.title == title]
    return [in_words(item) for item in section.items]


def in_words(item: HomeItem) -> str:
    buttons = "".join(f" [{button.label}]" for button in item.buttons)
    return f"{Reply(item.blocks).plain_text}{buttons}"


def button(page: Home, label: str) -> Button:
    items = (item for section in page.sections for item in section.items)
    return next(found for item in items for found in item.buttons if found.label == label)


def chat(stage: Stage, person: str = ANNA) -> Reply:
    (reply,) = stage.say(person, "home", way_in=WayIn.EARSHOT_COMMAND)
    return reply


# --- what stands on it ----------------------------------------------------------------------------


def test_an_empty_page_says_what_to_do(stage: Stage):
    """Each part of it names the words that fill it."""
    empty = page(stage)

    assert [section.title for section in empty.sections] == [
        "Your notes",
        "Your customers this week",
        "To find out",
        "Settings",
    ]
    assert "/note" in lines(empty, "Your notes")[0]
    assert "/earshot customer" in lines(empty, "Your customers this week")[0]
    assert "nobody could answer" in lines(empty, "To find out")[0]
    assert "/earshot listen on" in lines(empty, "Settings")[0]


def test_each_customer_of_ones_own_is_a_link_to_share(stage: Stage):
    """On the page and in chat: so people have something to post."""
    customer = stage.customer("Novara", owner=ANNA)
    stage.store.directory.put_people([one_of_us(ANNA)])

    for blocks in (
        [b for section in page(stage).sections for item in section.items for b in item.blocks],
        chat(stage).blocks,
    ):
        spans = [span for block in blocks if isinstance(block, Paragraph) for span in block.spans]
        (name,) = [span for span in spans if span.text == "Novara"]
        assert (name.bold, name.href) == (True, f"{PUBLIC_URL}/customers/{customer}")


def test_a_note_stands_there_with_what_became_of_it(stage: Stage):
    """Kept; then corrected, and shown to whoever asked."""
    stage.customer("Novara Pharma", "Novara")
    stage.note(ANNA, REPORTS, COMPLAINT, where=SALES)
    (line,) = lines(page(stage), "Your notes")
    assert line == (
        f"Novara Pharma “{REPORTS}”\n9 Nov 2026 · #sales · complaint · kept [Change] [Undo]"
    )

    form = stage.press(ANNA, button(page(stage), "Change"))
    stage.submit(ANNA, form, signal="suggestion")
    stage.ask(BEN, "what does Novara want of the reports?")
    (line,) = lines(page(stage), "Your notes")
    assert "suggestion · corrected and shown to 1 person" in line


def test_a_line_leads_to_its_message(stage: Stage):
    """The day is a link."""
    stage.note(ANNA, REPORTS, where=SALES)
    item = page(stage).sections[0].items[0]
    hrefs = [span.href for span in item.blocks[1].spans]
    assert "https://chat.example/sales" in hrefs


def test_a_note_without_knowledge_can_be_kept_as_some(stage: Stage):
    """What was taken for chatter has the button for that."""
    stage.say(ANNA, "the weather in Lyon was fine", way_in=WayIn.NOTE_COMMAND)
    (line,) = lines(page(stage), "Your notes")
    assert "no customer knowledge found" in line
    assert line.endswith("[Keep as knowledge] [Undo]")


def test_an_owner_sees_what_others_noted_on_their_customers(stage: Stage):
    """With who said it and where; and it has thereby been passed on, once however often seen."""
    stage.customer("Novara Pharma", "Novara", owner=ANNA)
    stage.customer("Acme", owner=ANNA)
    stage.note(BEN, REPORTS, COMPLAINT, where=SALES)

    told = lines(page(stage), "Your customers this week")
    assert told[0] == "Acme · Novara Pharma (1 new)"
    assert told[1] == f"Novara Pharma “{REPORTS}”\n9 Nov 2026 · #sales · Ben · complaint"
    shown = page(stage)
    assert shown.disseminates
    show_page(stage, ANNA)
    show_page(stage, ANNA)
    assert "shown to 1 person" in lines(page(stage, BEN), "Your notes")[0]


def test_what_nobody_could_answer_can_be_recorded_as_a_need(stage: Stage):
    """By one press; then it stands there as one."""
    stage.ask(ANNA, "who decides at Novara?")
    (line,) = lines(page(stage), "To find out")
    assert line.startswith("who decides at Novara?")
    assert line.endswith("[Record as a need]")

    stage.press(ANNA, button(page(stage), "Record as a need"))
    (line,) = lines(page(stage), "To find out")
    assert "Knowledge need · open since" in line
    assert "[" not in line


def test_the_settings_say_where_the_bot_listens(stage: Stage):
    """To those who are there."""
    stage.say(ANNA, "listen on", way_in=WayIn.EARSHOT_COMMAND, where=PRICING)
    assert "#pricing" in lines(page(stage), "Settings")[0]
    assert "#pricing" not in lines(page(stage, CARLA), "Settings")[0]


def test_nothing_behind_a_wall_stands_on_a_page(stage: Stage):
    """Carla owns the customer, but is not in the private channel."""
    stage.customer("Novara Pharma", "Novara", owner=CARLA)
    before = page(stage, CARLA)
    stage.note(BEN, REPORTS, where=PRICING)
    assert page(stage, CARLA) == before


def test_who_left_a_conversation_sees_nothing_of_it_at_once(stage: Stage):
    """The platform is asked again, and not only its last word is believed."""
    stage.note(ANNA, REPORTS, where=PRICING)
    assert REPORTS in lines(page(stage), "Your notes")[0]
    left = stage.roster.conversations[PRICING]
    stage.roster.conversations[PRICING] = replace(left, member_ids=(BEN,))
    stage.clock.advance(minutes=20)
    assert REPORTS not in lines(page(stage), "Your notes")[0]


def test_a_page_tells_of_the_latest_and_that_there_is_more(stage: Stage):
    """Five notes and five needs fit."""
    for number in range(7):
        stage.note(ANNA, f"Novara asked for the {number}th time", where=SALES)
        stage.press(ANNA, stage.ask(ANNA, f"why number {number}?").buttons[0])
    shown = page(stage)
    assert len(lines(shown, "Your notes")) == 5
    assert "6th time" in lines(shown, "Your notes")[0]
    assert lines(shown, "To find out")[5:] == ["… and more: /earshot needs"]


# --- in chat --------------------------------------------------------------------------------------


def test_the_page_can_be_read_in_chat(stage: Stage):
    """`/earshot home`, with the number of a line on its buttons."""
    stage.note(ANNA, REPORTS, where=SALES)
    stage.note(ANNA, "Novara asked for a price list", where=SALES)
    reply = chat(stage)
    assert "(1) “Novara asked for a price list”" in reply.plain_text
    assert [one.label for one in reply.buttons] == [
        "Change (1)",
        "Undo (1)",
        "Change (2)",
        "Undo (2)",
    ]

    stage.press(ANNA, reply.buttons[3])
    assert REPORTS not in chat(stage).plain_text


def test_a_chat_gets_no_more_buttons_than_it_can_show(stage: Stage):
    """Lines without a number have none."""
    for number in range(3):
        stage.note(ANNA, f"Novara asked for the {number}th time", where=SALES)
    stage.ask(ANNA, "who decides at Acme?")
    reply = chat(stage)
    assert len(reply.buttons) == 6
    assert "(4)" not in reply.plain_text
    assert "who decides at Acme?" in reply.plain_text


# --- how it is shown ------------------------------------------------------------------------------


def opening(person: str, opening_id: str = "1") -> HomeOpened:
    return HomeOpened(Place(CHANNEL, WORKSPACE, f"dm-{person}"), person, opening_id)


def press(stage: Stage, person: str, pressed: Button, press_id: str = "p1") -> ActionTaken:
    return ActionTaken(
        place=Place(CHANNEL, WORKSPACE, f"dm-{person}"),
        person_id=person,
        action=pressed.action,
        value=pressed.value,
        press_id=press_id,
        taken_at=stage.clock.now(),
        source_message_id=HOME,
        trigger="t1",
    )


def deliveries(stage: Stage, gateway: Gateway) -> Deliveries:
    return build_deliveries(
        stage.store,
        stage.handler,
        {CHANNEL: gateway},
        asyncio.run,
        Unmetered(),
        clock=stage.clock,
    )


def take(stage: Stage, work: Deliveries, incoming: Incoming) -> list[str]:
    """Take something in and work on it; returns the ids of the replies that wait."""
    if build_intake(stage.store).take(incoming):
        work.handle(stage.store.inbox.waiting()[-1])
    return stage.store.outbox.waiting()


def show_page(stage: Stage, person: str) -> Outgoing:
    """What a platform is given when somebody opens their page."""
    gateway = RecordingGateway()
    work = deliveries(stage, gateway)
    stage.clock.advance(seconds=1)
    for reply in take(stage, work, opening(person, str(stage.clock.now()))):
        work.send(reply)
    return gateway.sent[-1]


def test_opening_the_page_shows_it_once(stage: Stage):
    """A redelivery, and a job that runs again, show nothing more."""
    gateway = RecordingGateway()
    work = deliveries(stage, gateway)
    (reply,) = take(stage, work, opening(ANNA))
    assert take(stage, work, opening(ANNA)) == [reply]
    work.send(reply)
    work.send(reply)

    (sent,) = gateway.sent
    assert sent.home == page(stage)
    assert sent.person_id == ANNA
    assert sent.reply.blocks == ()


def test_no_page_waits_in_the_outbox(stage: Stage):
    """It is read when it is sent: what failed for an hour shows what is true then."""
    gateway = RecordingGateway()
    work = deliveries(stage, gateway)
    (reply,) = take(stage, work, opening(ANNA))
    stage.note(ANNA, REPORTS, where=SALES)
    work.send(reply)

    assert REPORTS in lines(gateway.sent[0].home or Home(()), "Your notes")[0]


class SlowGateway(RecordingGateway):
    """While it shows a page, something else happens, as on a slow line."""

    def __init__(self, *meanwhile: Callable[[], object]) -> None:
        super().__init__()
        self._meanwhile = iter(meanwhile)

    async def send(self, outgoing: Outgoing) -> str | None:
        next(self._meanwhile, lambda: None)()
        return await super().send(outgoing)


def test_an_older_page_never_stays_over_a_newer_one(stage: Stage):
    """What was changed and shown while this one was on its way is shown again after it."""
    gateway = SlowGateway(lambda: stage.note(ANNA, REPORTS, where=SALES))
    work = deliveries(stage, gateway)
    (reply,) = take(stage, work, opening(ANNA))
    work.send(reply)

    assert [REPORTS in str(sent.home) for sent in gateway.sent] == [False, True]
    assert gateway.sent[-1].home == page(stage)


def test_a_page_that_does_not_come_to_rest_is_tried_again_later(stage: Stage):
    """Rather than shown for ever."""

    def notes() -> Iterator[Callable[[], object]]:
        for number in range(9):
            yield lambda text=f"Novara asked {number} times": stage.note(ANNA, text, where=SALES)

    gateway = SlowGateway(*notes())
    work = deliveries(stage, gateway)
    (reply,) = take(stage, work, opening(ANNA))
    with pytest.raises(SendFailed):
        work.send(reply)
    assert len(gateway.sent) == 3
    assert stage.store.outbox.waiting() == [reply]


def test_a_press_on_the_page_is_answered_on_the_page(stage: Stage):
    """What was done stands on top of the page as it then is."""
    stage.note(ANNA, REPORTS, where=SALES)
    gateway = RecordingGateway()
    work = deliveries(stage, gateway)
    (reply,) = take(stage, work, press(stage, ANNA, button(page(stage), "Undo")))
    work.send(reply)

    (sent,) = gateway.sent
    assert sent.reply.plain_text == "Undone. The note is hidden everywhere."
    assert [one.action for one in sent.reply.buttons] == [Action.RESTORE]
    assert REPORTS not in str(sent.home)


def test_a_press_on_what_is_gone_shows_the_page_as_it_is(stage: Stage):
    """An old page, or a forged press."""
    stage.note(ANNA, REPORTS, where=SALES)
    (reply,) = stage.handler.handle(press(stage, BEN, button(page(stage), "Undo")))
    assert reply.refreshes_home
    assert "nothing here any more" in reply.plain_text


def test_a_form_opens_over_the_page_without_a_word(stage: Stage):
    """And its submission refreshes the page."""
    stage.note(ANNA, REPORTS, where=SALES)
    (opened,) = stage.handler.handle(press(stage, ANNA, button(page(stage), "Change")))
    assert opened.form is not None
    assert (opened.blocks, opened.refreshes_home) == ((), False)

    submit = Button("Save", opened.form.action, opened.form.value)
    (reply,) = stage.handler.handle(press(stage, ANNA, submit, "p2"))
    assert reply.refreshes_home  # "Choose what kind of knowledge it is", over the page
    assert reply.form is not None


def test_a_notice_that_may_no_longer_be_seen_does_not_hold_up_the_page(stage: Stage):
    """The page itself is read within what may be seen."""
    stage.ask(ANNA, "who decides at Novara?")
    stage.note(ANNA, REPORTS, where=SALES)
    gateway = RecordingGateway()
    work = deliveries(stage, gateway)
    note_id = stage.notes()[0].note.id
    restored = press(stage, ANNA, Button("Restore", Action.RESTORE, note_id))
    (reply,) = take(stage, work, restored)
    stage.act(ANNA, Action.UNDO, note_id)
    work.send(reply)

    (sent,) = gateway.sent
    assert sent.reply.blocks == ()
    assert sent.home == page(stage)


class Strangers:
    """A platform on which nobody is ours."""

    def find(self, place: Place, message_id: str) -> None:
        return None

    def original_of(self, wish: IncomingMessage) -> None:
        return None

    def is_ours(self, workspace: str, person_id: str) -> bool:
        return False


def test_a_stranger_is_shown_no_page(stage: Stage):
    """Somebody of another organisation, in a shared channel."""
    home = replace(stage.handler.home, sources={CHANNEL: Strangers()})
    assert home.opened(opening("stranger")) == ()
    assert stage.handler.handle(opening(ANNA)) == (Reply((), refreshes_home=True),)


def test_a_question_of_somebody_else_cannot_be_recorded_from_a_page(stage: Stage):
    """Ids are looked up within what is one's own."""
    stage.ask(ANNA, "who decides at Novara?")
    pressed = button(page(stage), "Record as a need")
    (reply,) = stage.handler.handle(press(stage, BEN, pressed))
    assert "nothing here any more" in reply.plain_text
    assert isinstance(stage.store.questions.get(pressed.value, ANNA), Question)
    assert lines(page(stage, BEN), "To find out")[0].startswith("Nothing to find out")
