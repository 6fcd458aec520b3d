"""What is kept for work, decided once for all channels, before anything is stored."""

from bot.messages import FileChanged, Incoming, IncomingMessage, MessageEdited, PersonChanged
from bot.ports import AttachedFileStore, DirectoryStore, Inbox


class GuardedIntake:
    """Hands over to the inbox what people said to the bot, or said where it listens."""

    def __init__(
        self, inbox: Inbox, directory: DirectoryStore, attached: AttachedFileStore
    ) -> None:
        self._inbox = inbox
        self._directory = directory
        self._attached = attached

    def take(self, incoming: Incoming) -> bool:
        """See `bot.ports.Intake`."""
        return self._is_ours(incoming) and self._inbox.accept(incoming)

    def _is_ours(self, incoming: Incoming) -> bool:
        match incoming:
            case IncomingMessage(from_bot=True) | MessageEdited(from_bot=True):
                return False
            case IncomingMessage(way_in=way_in, place=place) if not way_in.is_addressed:
                return self._directory.is_listening(place.workspace, place.conversation_id)
            case PersonChanged(person=person):
                # Platforms tell of every change of a status line, and of people we never met.
                known = self._directory.person(person.workspace, person.id)
                return known is not None and known.standing is not person.standing
            case FileChanged(file_id=file_id, place=place):
                return bool(self._attached.messages_with(place.workspace, file_id))
            case _:
                # An edit may be of a message that still waits in the inbox, so only the worker can
                # tell whether it is one of ours; it forgets the text of those that are not.
                return True
