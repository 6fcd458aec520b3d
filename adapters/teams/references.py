"""Where a conversation is reached: kept when it is heard from, needed when the bot speaks up."""

import json
import threading
from collections import OrderedDict
from enum import StrEnum
from typing import Protocol

from pydantic import BaseModel, ConfigDict, ValidationError

_REMEMBERED = 10_000


class Scope(StrEnum):
    """The kinds of conversation in Teams, as Teams calls them."""

    PERSONAL = "personal"
    GROUP = "groupChat"
    CHANNEL = "channel"


class ConversationReference(BaseModel):
    """How to speak in a conversation from any process, at any time.

    `conversation_id` is without a thread. `team_id` and `name` are empty where unknown. A
    `retired` one took no messages when it was last tried, and nothing was heard from it since.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    conversation_id: str
    scope: Scope
    service_url: str
    bot_id: str
    tenant_id: str
    team_id: str = ""
    name: str = ""
    retired: bool = False


class References(Protocol):
    """Keeps a small JSON text under a key, for all processes and across restarts.

    Keys are conversation ids and, with a prefix, people's and teams' ids: opaque, at most about a
    thousand characters. Called from worker threads. Raises StoreUnavailable.
    """

    def put(self, conversation_id: str, json: str, /) -> None:
        """Keep it in place of what was there."""
        ...

    def get(self, conversation_id: str, /) -> str | None:
        """What was kept last, or None."""
        ...


class AddressBook:
    """The references that were seen. Asks and tells the kept ones only when something is new."""

    def __init__(self, references: References) -> None:
        self._references = references
        self._seen: OrderedDict[str, str] = OrderedDict()
        self._lock = threading.Lock()

    def remember(self, reference: ConversationReference, person_id: str | None) -> None:
        """Keep how a conversation is reached, and where the person who spoke there is met.

        What was retired is reached again from now on.
        """
        # Read past what this process remembers: another one may have retired it.
        self._forget(reference.conversation_id)
        known = self.conversation(reference.conversation_id)
        if known is not None:
            # Only some activities carry the names, so what is known already fills them in.
            reference = reference.model_copy(
                update={
                    "team_id": reference.team_id or known.team_id,
                    "name": reference.name or known.name,
                }
            )
        self._keep(reference.conversation_id, reference.model_dump_json())
        if reference.team_id:
            self._remember_channel(reference.team_id, reference.conversation_id)
        if person_id:
            self._remember_person(person_id, reference)

    def retire(self, conversation_id: str) -> None:
        """Speak there no more until something is heard from it."""
        known = self.conversation(conversation_id)
        if known is not None and not known.retired:
            retired = known.model_copy(update={"retired": True})
            self._keep(conversation_id, retired.model_dump_json())
        self._forget(conversation_id)

    def conversation(self, conversation_id: str) -> ConversationReference | None:
        """How a conversation is reached, None when nothing was ever heard from it."""
        return self._reference(conversation_id)

    def person(self, person_id: str) -> ConversationReference | None:
        """Where a person was met: in their chat with the bot, if there is one."""
        return self._reference(f"person:{person_id}")

    def channels(self, team_id: str) -> tuple[str, ...]:
        """The conversation ids of a team's channels that were heard from."""
        return _read_ids(self._kept(f"team:{team_id}"))

    def _remember_person(self, person_id: str, reference: ConversationReference) -> None:
        known = self.person(person_id)
        if known is None or reference.scope is Scope.PERSONAL:
            self._keep(f"person:{person_id}", reference.model_dump_json())

    def _remember_channel(self, team_id: str, conversation_id: str) -> None:
        if conversation_id in self.channels(team_id):
            return
        key = f"team:{team_id}"
        # Read past what this process remembers: another one may have met further channels.
        known = _read_ids(self._references.get(key))
        self._keep(key, json.dumps([*known, conversation_id]))

    def _reference(self, key: str) -> ConversationReference | None:
        kept = self._kept(key)
        if kept is None:
            return None
        try:
            reference = ConversationReference.model_validate_json(kept)
        except ValidationError:
            return None  # written by another version: as good as never heard from
        if reference.retired:
            self._forget(key)  # another process may hear from it at any time
        return reference

    def _kept(self, key: str) -> str | None:
        with self._lock:
            if key in self._seen:
                self._seen.move_to_end(key)
                return self._seen[key]
        kept = self._references.get(key)
        if kept is not None:
            self._see(key, kept)
        return kept

    def _keep(self, key: str, text: str) -> None:
        if self._kept(key) != text:
            self._references.put(key, text)
            self._see(key, text)

    def _forget(self, key: str) -> None:
        with self._lock:
            self._seen.pop(key, None)

    def _see(self, key: str, text: str) -> None:
        with self._lock:
            self._seen[key] = text
            self._seen.move_to_end(key)
            if len(self._seen) > _REMEMBERED:
                self._seen.popitem(last=False)


def _read_ids(kept: str | None) -> tuple[str, ...]:
    ids = json.loads(kept) if kept else []
    return tuple(dict.fromkeys(ids))
