"""A terminal as a channel: one person, alone with the bot."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import TextIO

from adapters.console_form import FormTalk, NotAnAnswer, question
from adapters.console_screen import Screen
from bot.domain.people import Conversation, ConversationKind, Person
from bot.errors import RosterUnavailable, SendRefused, StoreUnavailable
from bot.messages import (
    ActionTaken,
    Button,
    Form,
    Incoming,
    IncomingMessage,
    MessageDeleted,
    MessageEdited,
    Outgoing,
    Place,
    WayIn,
)
from bot.ports import Clock, Gateway, Intake, Roster

NAME = "console"

_WAYS_IN = {
    "note": WayIn.NOTE_COMMAND,
    "ask": WayIn.ASK_COMMAND,
    "brief": WayIn.BRIEF_COMMAND,
    "earshot": WayIn.EARSHOT_COMMAND,
}
_COMMAND = re.compile(r"/(\w+)(?:\s+|$)")
_EDIT = re.compile(r"(\d{1,6})\s+(.+)", re.DOTALL)
_HELP = (
    "Type what you heard from a customer, or a question.",
    "  /note TEXT    have it noted           /ask TEXT    ask",
    "  /brief NAME   before you meet them    /earshot help  what else I do",
    "  /edit N TEXT  change your message N   /delete N    take it back",
    "  1, 2 …        press a button of the last reply",
    "  /help         show this               /quit        leave",
)


class ConsoleChannel:
    """Lines typed are messages in a direct message with the bot; replies are printed."""

    name = NAME

    def __init__(
        self,
        *,
        intake: Intake,
        person: Person,
        workspace: str,
        out: TextIO,
        clock: Clock,
        work: Callable[[], None],
    ) -> None:
        """`work` is called after each line; it returns when all that is due has been done."""
        self._intake = intake
        self._person = person
        self._clock = clock
        self._work = work
        self._screen = Screen(out)
        self._place = Place(NAME, workspace, f"{NAME}-{person.id}", ConversationKind.DIRECT)
        self._printer = _Printer(self._screen, self._new_id, person.id)
        self.gateway: Gateway = self._printer
        self.roster: Roster = _OneToOne(person, self._place)
        self._own_messages: list[str] = []
        self._talk: FormTalk | None = None
        self._last_id = 0

    @property
    def open_form(self) -> Form | None:
        """The form that is being asked."""
        return self._talk.form if self._talk else None

    def run(self, lines: Iterable[str]) -> None:
        """Talk until the lines end, or one says /quit."""
        self._screen.say(*_HELP)
        self._prompt()
        for line in lines:
            if not self.read(line.rstrip("\r\n")):
                return
            self._prompt()

    def read(self, line: str) -> bool:
        """Do what one line says, and print what comes of it; False when it says to leave."""
        try:
            if self._talk:
                self._answer_field(self._talk, line)
                return True
            command = _COMMAND.match(line)
            if command is None:
                self._say_or_press(line)
                return True
            return self._obey(command[1].lower(), line[command.end() :].strip())
        except StoreUnavailable as error:
            self._screen.say(str(error))
            return True

    def _prompt(self) -> None:
        self._screen.prompt("   > " if self._talk else f"{len(self._own_messages) + 1:2d} > ")

    # --- messages -----------------------------------------------------------------------------

    def _obey(self, command: str, rest: str) -> bool:
        if command in _WAYS_IN:
            self._post(rest, _WAYS_IN[command])
        elif command == "edit":
            self._edit(rest)
        elif command == "delete":
            self._delete(rest)
        elif command == "quit":
            return False
        else:
            self._screen.say(*([] if command == "help" else [f"There is no /{command}."]), *_HELP)
        return True

    def _say_or_press(self, line: str) -> None:
        buttons = self._printer.buttons
        if buttons and line.strip().isdecimal():
            self._press(int(line[:9]), buttons)
        elif line.strip():
            self._post(line, WayIn.DIRECT)

    def _post(self, text: str, way_in: WayIn) -> None:
        message = IncomingMessage(
            place=self._place,
            message_id=self._new_id(),
            author_id=self._person.id,
            author_name=self._person.name,
            text=text,
            sent_at=self._clock.now(),
            way_in=way_in,
        )
        self._hand_over(message)
        self._own_messages.append(message.message_id)

    def _edit(self, rest: str) -> None:
        match = _EDIT.fullmatch(rest)
        message_id = self._own_message(match[1]) if match else None
        if match is None or message_id is None:
            self._screen.say("Say which of your messages, and the new text: /edit 1 New text")
            return
        now, revision = self._clock.now(), self._new_id()
        author = self._person.id
        self._hand_over(
            MessageEdited(self._place, message_id, author, match[2], now, revision=revision)
        )
        self._screen.say(f"Message {match[1]} is changed.")

    def _delete(self, rest: str) -> None:
        message_id = self._own_message(rest)
        if message_id is None:
            self._screen.say("Say which of your messages: /delete 1")
            return
        self._hand_over(MessageDeleted(self._place, message_id, self._clock.now()))
        self._screen.say(f"Message {rest} is deleted.")

    def _own_message(self, number: str) -> str | None:
        if not number.isdecimal() or not 1 <= int(number[:9]) <= len(self._own_messages):
            return None
        return self._own_messages[int(number) - 1]

    def _hand_over(self, incoming: Incoming) -> None:
        self._intake.take(incoming)
        self._work()
        self._open_form()

    def _new_id(self) -> str:
        # Microseconds, so that an id also differs from those of earlier sessions.
        now = int(self._clock.now().timestamp() * 1_000_000)
        self._last_id = max(now, self._last_id + 1)
        return f"{self._last_id:017d}"

    # --- buttons and forms --------------------------------------------------------------------

    def _press(self, number: int, buttons: tuple[Button, ...]) -> None:
        if not 1 <= number <= len(buttons):
            self._screen.say(f"The last reply has buttons 1 to {len(buttons)}.")
            return
        self._act(buttons[number - 1], self._printer.last_message_id)

    def _act(
        self,
        wish: Button | Form,
        source_message_id: str | None,
        fields: Mapping[str, tuple[str, ...]] | None = None,
    ) -> None:
        press_id = self._new_id()
        taken = ActionTaken(
            place=self._place,
            person_id=self._person.id,
            action=wish.action,
            value=wish.value,
            press_id=press_id,
            taken_at=self._clock.now(),
            source_message_id=source_message_id,
            fields=dict(fields or {}),
            trigger=press_id,
        )
        self._hand_over(taken)

    def _open_form(self) -> None:
        outgoing = self._printer.take_form()
        if outgoing is None or outgoing.reply.form is None:
            return
        self._talk = FormTalk(outgoing.reply.form.as_typed, outgoing.source_message_id)
        self._screen.say(f"{self._talk.form.title} (/cancel leaves it)")
        self._ask_next(self._talk)

    def _answer_field(self, talk: FormTalk, line: str) -> None:
        if line.strip() == "/cancel":
            self._talk = None
            self._screen.say("Nothing was changed.")
            return
        try:
            talk.answer(line)
        except NotAnAnswer as problem:
            self._screen.say(str(problem))
        self._ask_next(talk)

    def _ask_next(self, talk: FormTalk) -> None:
        if talk.current:
            self._screen.say(*question(talk.current))
            return
        # The talk ends only when its answers were taken over: after a failure, Enter tries again.
        self._act(talk.form, talk.source_message_id, talk.answers)
        if self._talk is talk:
            self._talk = None


class _Printer:
    """The way out: prints replies, and remembers the buttons and the form of the last one."""

    def __init__(self, screen: Screen, new_id: Callable[[], str], person_id: str) -> None:
        self._screen = screen
        self._person_id = person_id
        self._new_id = new_id
        self._form: Outgoing | None = None
        self.buttons: tuple[Button, ...] = ()
        self.last_message_id: str | None = None

    async def send(self, outgoing: Outgoing) -> str | None:
        """See `bot.ports.Gateway`."""
        if outgoing.key is not None and outgoing.person_id != self._person_id:
            raise SendRefused("somebody else sits at this terminal")
        if outgoing.reply.form:
            self._form = outgoing
        if not outgoing.reply.blocks:
            return None
        self._screen.show(outgoing.reply)
        self.buttons = outgoing.reply.buttons
        self.last_message_id = self._new_id()
        return self.last_message_id

    def take_form(self) -> Outgoing | None:
        """What opens a form, once."""
        form, self._form = self._form, None
        return form


class _OneToOne:
    """Who is there: the person at the keyboard, in the one conversation."""

    def __init__(self, person: Person, place: Place) -> None:
        self._person = person
        self._place = place

    def conversation(self, workspace: str, conversation_id: str) -> Conversation:
        """See `bot.ports.Roster`."""
        place = self._place
        if (workspace, conversation_id) != (place.workspace, place.conversation_id):
            raise RosterUnavailable(f"no conversation {conversation_id} in a terminal")
        return Conversation(
            id=place.conversation_id,
            workspace=place.workspace,
            channel=NAME,
            kind=ConversationKind.DIRECT,
            name="terminal",
            member_ids=(self._person.id,),
        )

    def person(self, workspace: str, person_id: str) -> Person:
        """See `bot.ports.Roster`."""
        if (workspace, person_id) != (self._place.workspace, self._person.id):
            raise RosterUnavailable(f"nobody is {person_id} in a terminal")
        return self._person
