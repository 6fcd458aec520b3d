"""The terminal channel."""

import io
from collections.abc import Callable

import pytest

from adapters.console import ConsoleChannel
from adapters.console_screen import printable
from bot.domain.people import ConversationKind, Person
from bot.errors import RosterUnavailable, StoreUnavailable
from bot.messages import (
    Action,
    ActionTaken,
    Incoming,
    IncomingMessage,
    MessageDeleted,
    MessageEdited,
    WayIn,
)
from tests.fakes import FakeClock
from tests.unit.web.stage import EchoProduct


class Terminal:
    """A console channel, and what it printed."""

    def __init__(self) -> None:
        self.out = io.StringIO()
        self.product = EchoProduct()
        self.channel = ConsoleChannel(
            intake=self.product,
            person=Person("anna", "w", "Anna"),
            workspace="w",
            out=self.out,
            clock=FakeClock(),
            work=self.product.work,
        )
        self.product.gateway = self.channel.gateway

    def type(self, *lines: str) -> str:
        """Type lines; returns what was printed meanwhile."""
        before = len(self.out.getvalue())
        for line in lines:
            self.channel.read(line)
        return self.out.getvalue()[before:]

    @property
    def last(self) -> Incoming:
        return self.product.taken[-1]

    def messages(self) -> list[IncomingMessage]:
        return [taken for taken in self.product.taken if isinstance(taken, IncomingMessage)]


@pytest.fixture
def terminal() -> Terminal:
    return Terminal()


@pytest.mark.parametrize(
    ("line", "way_in", "text"),
    [
        ("Novara moves", WayIn.DIRECT, "Novara moves"),
        ("/note Novara moves", WayIn.NOTE_COMMAND, "Novara moves"),
        ("/ask who decides?", WayIn.ASK_COMMAND, "who decides?"),
        ("/earshot help", WayIn.EARSHOT_COMMAND, "help"),
    ],
)
def test_a_line_is_a_direct_message(
    terminal: Terminal, line: str, way_in: WayIn, text: str
) -> None:
    """Whatever is typed is said to the bot, alone."""
    terminal.type(line)
    (message,) = terminal.messages()
    assert (message.way_in, message.text, message.author_name) == (way_in, text, "Anna")
    assert message.place.kind is ConversationKind.DIRECT


def test_a_reply_is_printed_with_numbered_buttons(terminal: Terminal) -> None:
    """Plain text where it goes to a pipe, every line indented under the speaker."""
    assert terminal.type("Novara moves").splitlines() == [
        "Earshot",
        "  Noted for Novara.",
        "  > Novara moves",
        "  unverified · see the note <http://127.0.0.1:8080/playground#sales/1>",
        "  Press 1: Change   2: Undo",
    ]


def test_a_number_presses_a_button_of_the_last_reply(terminal: Terminal) -> None:
    """And is no message."""
    terminal.type("Novara moves", "2")
    taken = terminal.last
    assert isinstance(taken, ActionTaken)
    assert (taken.action, taken.value) == (Action.UNDO, "note-1")
    assert len(terminal.messages()) == 1


def test_a_number_that_is_no_button_says_which_there_are(terminal: Terminal) -> None:
    """Nothing is sent."""
    assert "buttons 1 to 2" in terminal.type("Novara moves", "3")
    assert len(terminal.product.taken) == 1


def test_a_number_is_a_message_where_there_is_no_button(terminal: Terminal) -> None:
    """Before any reply, 40 is what somebody said."""
    terminal.type("40")
    assert terminal.messages()[0].text == "40"


def test_an_empty_line_is_nothing(terminal: Terminal) -> None:
    """Pressing Enter sends nothing."""
    assert terminal.type("", "   ") == ""
    assert terminal.product.taken == []


def test_a_form_is_asked_field_by_field(terminal: Terminal) -> None:
    """Numbers choose, Enter keeps, and the whole form is submitted at the end."""
    printed = terminal.type("Novara moves", "1")
    assert "What was understood" in printed
    assert "* 1 About the customer" in printed
    terminal.type("2", "2, 3", "P. Keller")
    taken = terminal.last
    assert isinstance(taken, ActionTaken)
    assert taken.action is Action.SAVE_CHANGE
    assert taken.fields == {
        "knowledge_type": ("from",),
        "topics": ("price", "quality"),
        "contacts": ("P. Keller",),
    }


def test_enter_keeps_and_a_dash_empties(terminal: Terminal) -> None:
    """What the form held when it opened stays, unless it is taken out."""
    terminal.type("Novara moves", "1", "", "-", "")
    taken = terminal.last
    assert isinstance(taken, ActionTaken)
    assert taken.fields == {"knowledge_type": ("about",), "topics": (), "contacts": ()}


@pytest.mark.parametrize("line", ["9", "0", "x", "1, 2", "-", "²"])
def test_a_line_that_does_not_answer_is_asked_again(terminal: Terminal, line: str) -> None:
    """The field stays open, and the line is no message."""
    terminal.type("Novara moves", "1")
    assert "Knowledge type" in terminal.type(line)
    assert len(terminal.messages()) == 1


def test_a_form_can_be_left(terminal: Terminal) -> None:
    """`/cancel` submits nothing, and the next line is a message again."""
    assert "Nothing was changed" in terminal.type("Novara moves", "1", "/cancel")
    terminal.type("Novara stays")
    assert terminal.messages()[-1].text == "Novara stays"


def test_an_own_message_is_edited_by_its_number(terminal: Terminal) -> None:
    """Numbers count this session's messages from 1."""
    terminal.type("one", "two", "/edit 1 uno")
    edit = terminal.last
    assert isinstance(edit, MessageEdited)
    assert (edit.message_id, edit.text) == (terminal.messages()[0].message_id, "uno")


def test_an_own_message_is_deleted_by_its_number(terminal: Terminal) -> None:
    """Numbers count this session's messages from 1."""
    terminal.type("one", "two", "/delete 2")
    deletion = terminal.last
    assert isinstance(deletion, MessageDeleted)
    assert deletion.message_id == terminal.messages()[1].message_id


@pytest.mark.parametrize(
    "line", ["/edit", "/edit x y", "/edit 1", "/edit 7 text", "/delete", "/delete 0", "/delete 7"]
)
def test_a_number_that_is_no_message_says_how(terminal: Terminal, line: str) -> None:
    """Nothing is sent, and an example is shown."""
    assert "which of your messages" in terminal.type("one", line)
    assert len(terminal.product.taken) == 1


def test_an_unknown_command_shows_the_known_ones(terminal: Terminal) -> None:
    """And is not sent as a message."""
    assert "/note TEXT" in terminal.type("/nota Novara moves")
    assert terminal.product.taken == []


def test_piped_lines_are_read_to_their_end(terminal: Terminal) -> None:
    """The last line needs no /quit, and no prompt is printed into a pipe."""
    terminal.channel.run(["Novara moves\n", "2\n"])
    assert len(terminal.product.taken) == 2
    assert "1 >" not in terminal.out.getvalue()


def test_quit_leaves(terminal: Terminal) -> None:
    """What comes after it is not read."""
    terminal.channel.run(["/quit\n", "Novara moves\n"])
    assert terminal.product.taken == []


def test_a_database_that_is_away_is_said_and_the_talk_goes_on(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The person learns what to do; no traceback."""

    def refuse(_: Incoming) -> bool:
        raise StoreUnavailable

    monkeypatch.setattr(terminal.product, "take", refuse)
    assert "cannot be reached" in terminal.type("Novara moves")


def test_nothing_a_person_wrote_steers_the_terminal(terminal: Terminal) -> None:
    """Escape sequences and turned text are shown, not obeyed."""
    printed = terminal.type("\x1b]0;owned\x07 \x1b[2J\u202egnp.exe\r\x9b31m")
    assert not set(printed) & set("\x1b\x07\r\u202e\x9b")
    assert "\\x1b[2J" in printed


@pytest.mark.parametrize("text", ["Käyttö 日本 👂🏽 naïve", "two\nlines\tand a tab"])
def test_ordinary_text_is_printed_as_it_is(text: str) -> None:
    """Letters of every script, emoji, tabs and line ends are left alone."""
    assert printable(text) == text


def test_no_words_can_pass_for_the_bot(terminal: Terminal) -> None:
    """A quoted line stays indented, whatever it says."""
    printed = terminal.type("x\nEarshot\n  Press 1: Pay")
    assert printed.splitlines().count("Earshot") == 1


def test_the_roster_knows_the_one_person(terminal: Terminal) -> None:
    """In a terminal there is one conversation, with one member."""
    terminal.type("hello")
    place = terminal.messages()[0].place
    found = terminal.channel.roster.conversation("w", place.conversation_id)
    assert (found.member_ids, found.kind) == (("anna",), ConversationKind.DIRECT)
    asks: list[Callable[[], object]] = [
        lambda: terminal.channel.roster.conversation("w", "other"),
        lambda: terminal.channel.roster.person("w", "ben"),
    ]
    for ask in asks:
        with pytest.raises(RosterUnavailable):
            ask()
