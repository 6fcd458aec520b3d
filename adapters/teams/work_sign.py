"""The dots of somebody who writes, while an answer is worked on."""

import logging
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress

from adapters.teams.connector import Connector
from adapters.teams.references import AddressBook, Scope
from bot.domain.people import ConversationKind
from bot.errors import SendFailed, SendRefused, StoreUnavailable
from bot.messages import Incoming, IncomingMessage

log = logging.getLogger(__name__)

_AT_ONCE = 2
_FADES_AFTER_S = 3.0
_MOST_TIMES = 20


class TeamsWorkSign:
    """The WorkSign port for Teams. Clients show the dots for some seconds, so they are sent again.

    Only in a person's own chat: elsewhere everybody would see that somebody asked.
    """

    def __init__(self, connector: Connector, addresses: AddressBook) -> None:
        self._connector = connector
        self._addresses = addresses
        self._threads = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="teams-sign")

    @contextmanager
    def shown(self, incoming: Incoming) -> Iterator[None]:
        """See `bot.ports.WorkSign`."""
        if not _is_asked_directly(incoming):
            yield
            return
        is_done = threading.Event()
        with suppress(RuntimeError):  # where the channel has stopped
            self._threads.submit(self._show_until, is_done, incoming.place.conversation_id)
        try:
            yield
        finally:
            is_done.set()

    def close(self) -> None:
        """Show nothing more."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _show_until(self, is_done: threading.Event, conversation_id: str) -> None:
        try:
            chat = self._addresses.conversation(conversation_id)
            if chat is None or chat.scope is not Scope.PERSONAL or chat.retired:
                return
            dots = {"type": "typing", "from": {"id": chat.bot_id}}
            for _ in range(_MOST_TIMES):
                if is_done.is_set():
                    return
                self._connector.post(chat, chat.conversation_id, dots)
                is_done.wait(_FADES_AFTER_S)
        except (SendFailed, SendRefused, StoreUnavailable) as error:
            log.warning("the sign of work could not be shown: %s", error)


def _is_asked_directly(incoming: Incoming) -> bool:
    is_message = isinstance(incoming, IncomingMessage)
    return is_message and incoming.place.kind is ConversationKind.DIRECT
