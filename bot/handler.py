"""One message in, replies out."""

import logging
import traceback
from dataclasses import dataclass

from bot.errors import EarlierWorkWaits, NotFound, StoreUnavailable
from bot.messages import (
    Action,
    ActionTaken,
    ConversationChanged,
    Incoming,
    IncomingMessage,
    MessageDeleted,
    MessageEdited,
    Reply,
    WayIn,
)
from bot.services.places import Places
from bot.services.presentation import general
from bot.services.spoken_commands import as_meant
from bot.services.triage import is_question
from bot.use_cases.answer import AnswerQuestion
from bot.use_cases.capture import Capture
from bot.use_cases.correct import Correct
from bot.use_cases.earshot_command import EarshotCommand
from bot.use_cases.instead import Instead
from bot.use_cases.needs import Needs

log = logging.getLogger(__name__)

_TRIED_AGAIN = (StoreUnavailable, EarlierWorkWaits)


@dataclass(frozen=True, slots=True)
class Handler:
    """Sends each incoming thing to its use case. Safe to run twice on the same thing."""

    capture: Capture
    correct: Correct
    answer: AnswerQuestion
    needs: Needs
    instead: Instead
    command: EarshotCommand
    places: Places

    def depends_on_earlier(self, incoming: Incoming) -> bool:
        """Whether it can only be understood once what came in before it has been stored."""
        match incoming:
            case IncomingMessage():
                asked = self._is_asked(as_meant(incoming))
                return incoming.place.thread_id is not None or asked
            case _:
                return True

    def handle(self, incoming: Incoming, *, earlier_waits: bool = False) -> tuple[Reply, ...]:
        """Work on what came in. Raises what is worth another try; answers everything else."""
        try:
            return self._handle(incoming, earlier_waits)
        except _TRIED_AGAIN:
            raise
        except NotFound:
            return (general.gone(),)
        except Exception as error:  # noqa: BLE001 - the one place where a person waits for a reply
            return self._went_wrong(incoming, error)

    def _handle(self, incoming: Incoming, earlier_waits: bool) -> tuple[Reply, ...]:
        match incoming:
            case IncomingMessage():
                return self._message(as_meant(incoming))
            case MessageEdited():
                return self.capture.edit(incoming, earlier_waits=earlier_waits)
            case MessageDeleted():
                return self.capture.delete(incoming)
            case ActionTaken():
                return self._action(incoming)
            case ConversationChanged():
                self.places.conversation(incoming.place, refresh=True)
                return ()

    def _message(self, message: IncomingMessage) -> tuple[Reply, ...]:
        if message.way_in is WayIn.EARSHOT_COMMAND:
            return (self.command.run(message),)
        if self._is_asked(message):
            return (self.answer.reply(message),)
        return self.capture.take(message)

    def _is_asked(self, message: IncomingMessage) -> bool:
        match message.way_in:
            case WayIn.ASK_COMMAND:
                return True
            case WayIn.MENTION | WayIn.DIRECT:
                return is_question(message.text)
            case _:
                return False

    def _action(self, taken: ActionTaken) -> tuple[Reply, ...]:
        match taken.action:
            case Action.ANSWER_INSTEAD:
                return self.instead.answer_it(taken)
            case Action.NOTE_INSTEAD:
                return self.instead.note_it(taken)
            case _:
                return (self._change(taken),)

    def _change(self, taken: ActionTaken) -> Reply:
        changes = {
            Action.CHANGE: self.correct.open_change,
            Action.SAVE_CHANGE: self.correct.save_change,
            Action.KEEP: self.correct.open_keep,
            Action.SAVE_KEPT: self.correct.save_kept,
            Action.UNDO: self.correct.undo,
            Action.RESTORE: self.correct.restore,
            Action.LINK_CUSTOMER: self.correct.link,
            Action.CREATE_CUSTOMER: self.correct.open_create,
            Action.SAVE_CUSTOMER: self.correct.save_customer,
            Action.RECORD_NEED: self.needs.record,
        }
        return changes[taken.action](taken)

    def _went_wrong(self, incoming: Incoming, error: Exception) -> tuple[Reply, ...]:
        """Keep a note's words whatever failed, and tell the person.

        The log gets where it failed and the kind of error: messages of errors can hold a note.
        What nobody addressed to the bot is raised again: it waits in the inbox, since whether it
        may be kept is not known before it is read.
        """
        frames = traceback.extract_tb(error.__traceback__)[-3:]
        where = " < ".join(f"{frame.name}:{frame.lineno}" for frame in reversed(frames))
        log.error("%s failed: %s at %s", incoming.delivery_key, type(error).__name__, where)
        if isinstance(incoming, IncomingMessage) and not self._is_asked(as_meant(incoming)):
            if not incoming.way_in.is_addressed:
                raise error
            return self.capture.keep_unread(incoming)
        return (general.went_wrong(incoming.delivery_key),)
