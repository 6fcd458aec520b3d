"""What was said on the playground page since the process started. Knowledge is not kept here."""

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import datetime
from threading import Lock

from bot.messages import Outgoing
from bot.ports import Clock

BOT_ID = "earshot"


@dataclass(frozen=True, slots=True)
class Entry:
    """One message of the page.

    `only_for` is set where one person alone sees it. `outgoing` is what the bot was asked to show,
    None for what people wrote. `version` counts from 1 and grows with each change. `client_key`
    names the sending, so that the page may send the same message again after a lost answer.
    """

    id: str
    conversation_id: str
    author_id: str
    text: str
    at: datetime
    thread_id: str | None = None
    only_for: str | None = None
    client_key: str | None = None
    outgoing: Outgoing | None = None
    saved_by: tuple[str, ...] = ()
    version: int = 1
    is_command: bool = False
    is_deleted: bool = False
    edited_at: datetime | None = None

    @property
    def is_by_bot(self) -> bool:
        """Whether the bot said it."""
        return self.author_id == BOT_ID

    def is_seen_by(self, person_id: str) -> bool:
        """Whether this person sees it, given that they see the conversation."""
        return self.only_for in (None, person_id)


@dataclass(frozen=True, slots=True)
class Corner:
    """What one person has beside messages: their page, and what they are offered to ask.

    `home_version` is 0 before the page was shown, and grows each time that it is.
    """

    home: Outgoing | None = None
    home_version: int = 0
    prompts: Outgoing | None = None


class ChatLog:
    """The latest messages of each conversation. Safe to use from several threads."""

    def __init__(self, clock: Clock, keep: int = 400) -> None:
        self._clock = clock
        self._keep = keep
        self._lock = Lock()
        self._entries: defaultdict[str, dict[str, Entry]] = defaultdict(dict)
        self._corners: defaultdict[str, Corner] = defaultdict(Corner)
        self._last_id = 0
        self._revision = 0

    @property
    def revision(self) -> int:
        """Grows with everything that a page might have to show anew."""
        return self._revision

    def touch(self) -> None:
        """Let pages look again, since something outside the log has changed."""
        with self._lock:
            self._revision += 1

    def new_id(self) -> str:
        """An id that sorts after every earlier one, also after those of an earlier process."""
        with self._lock:
            microseconds = int(self._clock.now().timestamp() * 1_000_000)
            self._last_id = max(microseconds, self._last_id + 1)
            return f"{self._last_id:017d}"

    def put(self, entry: Entry) -> None:
        """Add a message, or put it in the place of the one with its id."""
        with self._lock:
            entries = self._entries[entry.conversation_id]
            earlier = entries.get(entry.id)
            entries[entry.id] = replace(entry, version=earlier.version + 1) if earlier else entry
            while len(entries) > self._keep:
                del entries[min(entries)]
            self._revision += 1

    def corner_of(self, person_id: str) -> Corner:
        """What this person alone has."""
        with self._lock:
            return self._corners[person_id]

    def show_home(self, home: Outgoing) -> None:
        """Show a person their page, in the place of the one they saw."""
        with self._lock:
            corner = self._corners[home.person_id]
            shown = replace(corner, home=home, home_version=corner.home_version + 1)
            self._corners[home.person_id] = shown
            self._revision += 1

    def offer(self, prompts: Outgoing) -> None:
        """Offer a person what they may ask, in the place of what was offered before."""
        with self._lock:
            corner = self._corners[prompts.person_id]
            self._corners[prompts.person_id] = replace(corner, prompts=prompts)
            self._revision += 1

    def get(self, conversation_id: str, entry_id: str) -> Entry | None:
        """One message, or None when it is not (or no longer) in the log."""
        with self._lock:
            return self._entries[conversation_id].get(entry_id)

    def sent_as(self, conversation_id: str, author_id: str, client_key: str) -> Entry | None:
        """What this person sent under this key, if they did."""
        wanted = (author_id, client_key)
        with self._lock:
            entries = self._entries[conversation_id].values()
            return next((e for e in entries if (e.author_id, e.client_key) == wanted), None)

    def seen_by(self, person_id: str, conversation_id: str) -> tuple[Entry, ...]:
        """What this person sees of a conversation, oldest first."""
        with self._lock:
            entries = self._entries[conversation_id].values()
            return tuple(
                sorted((e for e in entries if e.is_seen_by(person_id)), key=lambda e: e.id)
            )
