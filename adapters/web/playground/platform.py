"""What people can do on the page. Everything blocks on the database: call it off the event loop."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from http import HTTPStatus

from adapters.web.playground import parse
from adapters.web.playground.chat_log import BOT_ID, ChatLog, Entry
from adapters.web.playground.directory import Neighbourhood
from bot.domain.people import Conversation, Person
from bot.messages import ActionTaken, Button, Form, IncomingMessage, Outgoing
from bot.ports import Clock, Intake


class Refused(Exception):
    """Something that this person cannot do; `status` is the HTTP status that says so."""

    def __init__(self, status: HTTPStatus, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


@dataclass(frozen=True, slots=True)
class Sighting:
    """A message as somebody sees it: who they are, and where it stands."""

    person: Person
    conversation: Conversation
    entry: Entry


class ChatPlatform:
    """Plays Slack or Teams: keeps the log, and tells the product what happened."""

    def __init__(
        self,
        *,
        intake: Intake,
        neighbourhood: Neighbourhood,
        log: ChatLog,
        clock: Clock,
        base_url: str,
    ) -> None:
        self._intake = intake
        self.neighbourhood = neighbourhood
        self.log = log
        self._clock = clock
        self._base_url = base_url

    # --- who and where ------------------------------------------------------------------------

    def person(self, person_id: str) -> Person:
        """Somebody registered. Raises Refused."""
        for person in self.neighbourhood.people():
            if person.id == person_id:
                return person
        raise Refused(HTTPStatus.NOT_FOUND, "There is nobody by this id; reload the page.")

    def conversation(self, person_id: str, conversation_id: str) -> Conversation:
        """A conversation that this person sees. Raises Refused."""
        found = self.neighbourhood.conversation_of(person_id, conversation_id)
        if found is None:
            raise Refused(HTTPStatus.NOT_FOUND, "There is no such conversation for this person.")
        return found

    def sight(self, person_id: str, conversation_id: str, message_id: str) -> Sighting:
        """A message that this person sees. Raises Refused."""
        person = self.person(person_id)
        conversation = self.conversation(person_id, conversation_id)
        entry = self.log.get(conversation.id, message_id)
        if entry is None or entry.is_deleted or not entry.is_seen_by(person_id):
            raise Refused(HTTPStatus.NOT_FOUND, "There is no such message for this person.")
        return Sighting(person, conversation, entry)

    # --- messages -----------------------------------------------------------------------------

    def post(
        self,
        person_id: str,
        conversation_id: str,
        text: str,
        *,
        thread_id: str | None = None,
        client_key: str | None = None,
    ) -> Entry:
        """Say something, or use a command. The same client key again is the same message."""
        person = self.person(person_id)
        conversation = self.conversation(person_id, conversation_id)
        sent = client_key and self.log.sent_as(conversation.id, person_id, client_key)
        if sent:
            self._hand_over(sent, conversation, person)
            return sent
        if thread_id is not None:
            self.sight(person_id, conversation_id, thread_id)
        entry = self._new_entry(person_id, conversation_id, text, thread_id, client_key)
        self._hand_over(entry, conversation, person)
        self.log.put(entry)
        return entry

    def edit(self, person_id: str, conversation_id: str, message_id: str, text: str) -> Entry:
        """Change what one wrote oneself."""
        seen = self._own(person_id, conversation_id, message_id)
        now = self._clock.now()
        changed = replace(seen.entry, text=_something(text), edited_at=now)
        self._intake.take(parse.edit_of(changed, seen.conversation, now, self.log.new_id()))
        self.log.put(changed)
        return changed

    def delete(self, person_id: str, conversation_id: str, message_id: str) -> None:
        """Take back what one wrote oneself."""
        seen = self._own(person_id, conversation_id, message_id)
        self._intake.take(parse.deletion_of(seen.entry, seen.conversation, self._clock.now()))
        self.log.put(replace(seen.entry, text="", is_deleted=True))

    def save_by_reaction(self, person_id: str, conversation_id: str, message_id: str) -> None:
        """Point at what somebody wrote, so that the bot keeps it."""
        seen = self.sight(person_id, conversation_id, message_id)
        if seen.entry.is_by_bot or seen.entry.is_command:
            raise Refused(HTTPStatus.CONFLICT, "Only a message that a person wrote can be saved.")
        author = self.person(seen.entry.author_id)
        self._hand_over(seen.entry, seen.conversation, author, saved_by=person_id)
        saved_by = tuple(dict.fromkeys((*seen.entry.saved_by, person_id)))
        self.log.put(replace(seen.entry, saved_by=saved_by))

    def _own(self, person_id: str, conversation_id: str, message_id: str) -> Sighting:
        seen = self.sight(person_id, conversation_id, message_id)
        if seen.entry.author_id != person_id:
            raise Refused(HTTPStatus.FORBIDDEN, "Only its author can change a message.")
        if seen.entry.is_command:
            raise Refused(HTTPStatus.CONFLICT, "A command cannot be changed; use it again.")
        return seen

    def _new_entry(
        self,
        person_id: str,
        conversation_id: str,
        text: str,
        thread_id: str | None,
        client_key: str | None,
    ) -> Entry:
        command = parse.command_of(_something(text))
        if command is not None and command not in parse.COMMANDS:
            known = ", ".join(f"/{name}" for name in parse.COMMANDS)
            raise Refused(
                HTTPStatus.BAD_REQUEST, f"There is no /{command} here. There are {known}."
            )
        return Entry(
            id=self.log.new_id(),
            conversation_id=conversation_id,
            author_id=person_id,
            text=text,
            at=self._clock.now(),
            thread_id=thread_id,
            client_key=client_key,
            is_command=command is not None,
            only_for=person_id if command else None,
        )

    def _hand_over(
        self, entry: Entry, conversation: Conversation, author: Person, saved_by: str | None = None
    ) -> None:
        self._intake.take(self._message(entry, conversation, author, saved_by))

    def as_posted(self, seen: Sighting) -> IncomingMessage:
        """What a person wrote, as it was handed over. Raises Refused."""
        if seen.entry.is_by_bot or seen.entry.is_command:
            raise Refused(HTTPStatus.CONFLICT, "Only a message that a person wrote can be saved.")
        return self._message(seen.entry, seen.conversation, self.person(seen.entry.author_id))

    def _message(
        self, entry: Entry, conversation: Conversation, author: Person, saved_by: str | None = None
    ) -> IncomingMessage:
        return parse.message_of(
            entry,
            conversation,
            author_name=author.name,
            permalink=self.permalink(conversation.id, entry.id),
            saved_by=saved_by,
        )

    def permalink(self, conversation_id: str, message_id: str) -> str:
        """Where a message can be looked at again while it is in the log."""
        return f"{self._base_url}/playground#{conversation_id}/{message_id}"

    # --- buttons and forms --------------------------------------------------------------------

    def press(
        self, person_id: str, conversation_id: str, message_id: str, button: int, press_id: str
    ) -> None:
        """Press a button of what the bot said, counted from 0."""
        seen = self.sight(person_id, conversation_id, message_id)
        outgoing = _outgoing(seen.entry)
        if button >= len(outgoing.reply.buttons):
            raise Refused(HTTPStatus.NOT_FOUND, "This message has no such button any more.")
        pressed = outgoing.reply.buttons[button]
        self._act(seen, pressed, press_id, source_id=message_id)

    def submit(
        self,
        person_id: str,
        conversation_id: str,
        message_id: str,
        fields: Mapping[str, tuple[str, ...]],
        press_id: str,
    ) -> None:
        """Submit the form that the bot opened with a message."""
        seen = self.sight(person_id, conversation_id, message_id)
        outgoing = _outgoing(seen.entry)
        form = outgoing.reply.form
        if form is None:
            raise Refused(HTTPStatus.NOT_FOUND, "This message opened no form.")
        missing = [f.label for f in form.fields if f.required and not any(fields.get(f.name, ()))]
        if missing:
            raise Refused(HTTPStatus.BAD_REQUEST, f"Fill in: {', '.join(missing)}.")
        self._act(seen, form, press_id, source_id=outgoing.source_message_id, fields=fields)

    def _act(
        self,
        seen: Sighting,
        wish: Button | Form,
        press_id: str,
        *,
        source_id: str | None,
        fields: Mapping[str, tuple[str, ...]] | None = None,
    ) -> None:
        taken = ActionTaken(
            place=parse.place_of(seen.conversation, seen.entry.thread_id),
            person_id=seen.person.id,
            action=wish.action,
            value=wish.value,
            press_id=press_id,
            taken_at=self._clock.now(),
            source_message_id=source_id,
            fields=dict(fields or {}),
            trigger=press_id,
        )
        self._intake.take(taken)

    # --- people and channels ------------------------------------------------------------------

    def add_person(self, name: str, role: str) -> Person:
        """Register somebody new."""
        person = self.neighbourhood.add_person(name, role)
        self.log.touch()
        return person

    def add_channel(
        self,
        person_id: str,
        name: str,
        *,
        is_private: bool,
        members: tuple[str, ...],
        listening: bool,
    ) -> Conversation:
        """Open a channel with this person and the others in it."""
        everyone = tuple(self.person(member).id for member in (person_id, *members))
        conversation = self.neighbourhood.add_channel(
            name, is_private=is_private, members=everyone, listening=listening
        )
        if listening:
            self._announce(conversation, listening=True)
        self.log.touch()
        return conversation

    def listen(self, person_id: str, conversation_id: str, *, listening: bool) -> None:
        """Opt a channel in or out of being listened to, and announce it to everybody there."""
        conversation = self.conversation(person_id, conversation_id)
        if self.neighbourhood.is_listening(conversation) == listening:
            return
        self.neighbourhood.listen(conversation, listening=listening)
        self._announce(conversation, listening=listening)

    def _announce(self, conversation: Conversation, *, listening: bool) -> None:
        text = (
            "I read along in this channel from now on: what is said about customers is kept as "
            "notes, chatter is not."
            if listening
            else "I no longer read along in this channel. Mention me to have something noted."
        )
        now = self._clock.now()
        self.log.put(Entry(self.log.new_id(), conversation.id, BOT_ID, text, now))


def _something(text: str) -> str:
    if not text.strip():
        raise Refused(HTTPStatus.BAD_REQUEST, "Write something first.")
    return text


def _outgoing(entry: Entry) -> Outgoing:
    if entry.outgoing is None:
        raise Refused(HTTPStatus.CONFLICT, "Only what the bot said has buttons and forms.")
    return entry.outgoing
