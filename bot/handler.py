"""One message in, replies out."""

import dataclasses
import logging
import traceback
from dataclasses import dataclass

from bot.errors import (
    EarlierWorkWaits,
    FileUnavailable,
    MessageUnavailable,
    NotFound,
    StoreUnavailable,
)
from bot.messages import (
    HOME,
    Action,
    ActionTaken,
    ConversationChanged,
    FileChanged,
    HomeOpened,
    Incoming,
    IncomingMessage,
    LinksShared,
    MessageDeleted,
    MessageEdited,
    MessageRestored,
    PersonChanged,
    ReactionChanged,
    Reply,
    StepRun,
    TalkOpened,
    WayIn,
)
from bot.ports import AuditLog
from bot.services.denials import denial_of
from bot.services.model_budget import paid_by, payer_of
from bot.services.places import Places
from bot.services.presentation import general
from bot.services.readers import reader_of
from bot.services.spoken_commands import as_meant
from bot.services.triage import is_question
from bot.use_cases.answer import AnswerQuestion
from bot.use_cases.capture import Capture
from bot.use_cases.correct import Correct
from bot.use_cases.customer_cards import ShowCards
from bot.use_cases.earshot_command import EarshotCommand
from bot.use_cases.follow_files import FollowFiles
from bot.use_cases.forget import Forget
from bot.use_cases.handle_moments import HandleMoments
from bot.use_cases.home import ShowHome
from bot.use_cases.instead import Instead
from bot.use_cases.look_up import Windows
from bot.use_cases.needs import Needs
from bot.use_cases.pointing import Pointing
from bot.use_cases.rate import RateAnswer
from bot.use_cases.record_use import RecordUse
from bot.use_cases.share import ShareAnswer
from bot.use_cases.suggest import Suggest
from bot.use_cases.workflow_step import SaveStep

log = logging.getLogger(__name__)

_TRIED_AGAIN = (StoreUnavailable, EarlierWorkWaits, MessageUnavailable, FileUnavailable)


@dataclass(frozen=True, slots=True)
class Handler:
    """Sends each incoming thing to its use case. Safe to run twice on the same thing."""

    capture: Capture
    correct: Correct
    answer: AnswerQuestion
    needs: Needs
    instead: Instead
    follow_files: FollowFiles
    pointing: Pointing
    rating: RateAnswer
    forget: Forget
    sharing: ShareAnswer
    suggest: Suggest
    home: ShowHome
    command: EarshotCommand
    cards: ShowCards
    steps: SaveStep
    windows: Windows
    moments: HandleMoments
    uses: RecordUse
    places: Places
    audit: AuditLog

    def depends_on_earlier(self, incoming: Incoming) -> bool:
        """Whether it can only be understood once what came in before it has been stored."""
        match incoming:
            case IncomingMessage():
                return incoming.place.thread_id is not None or self.is_question(incoming)
            case TalkOpened() | HomeOpened() | LinksShared() | StepRun():
                return False
            case _:
                return True

    def is_question(self, incoming: Incoming) -> bool:
        """Whether an answer is what the person waits for."""
        return isinstance(incoming, IncomingMessage) and self._is_asked(as_meant(incoming))

    def handle(self, incoming: Incoming, *, earlier_waits: bool = False) -> tuple[Reply, ...]:
        """Work on what came in. Raises what is worth another try; answers everything else."""
        with paid_by(payer_of(incoming)):
            replies = self._answered(incoming, earlier_waits)
        if isinstance(incoming, ActionTaken) and incoming.source_message_id == HOME:
            return tuple(self.home.after(incoming, reply) for reply in replies)
        return replies

    def _answered(self, incoming: Incoming, earlier_waits: bool) -> tuple[Reply, ...]:
        try:
            return self._handle(incoming, earlier_waits)
        except _TRIED_AGAIN:
            raise
        except NotFound:
            self.audit.record(denial_of(incoming))
            is_unasked = isinstance(incoming, IncomingMessage) and not incoming.way_in.is_addressed
            return () if is_unasked else (general.gone(),)
        except Exception as error:  # noqa: BLE001 - the one place where a person waits for a reply
            return self._went_wrong(incoming, error)

    def _handle(self, incoming: Incoming, earlier_waits: bool) -> tuple[Reply, ...]:
        reader = reader_of(incoming)
        if reader:
            self.places.recognise(incoming.place, reader)
        match incoming:
            case IncomingMessage():
                return self._message(as_meant(incoming))
            case MessageEdited() | MessageDeleted() | MessageRestored() | FileChanged():
                return self._followed(incoming, earlier_waits)
            case ReactionChanged():
                return self.pointing.react(incoming)
            case ActionTaken():
                return self._action(incoming)
            case StepRun():
                return self.steps.save(incoming)
            case _:
                return self._noticed(incoming)

    def _followed(
        self,
        change: MessageEdited | MessageDeleted | MessageRestored | FileChanged,
        earlier_waits: bool,
    ) -> tuple[Reply, ...]:
        """What was posted is not any more what it was."""
        match change:
            case MessageEdited():
                return self.capture.edit(change.as_note, earlier_waits=earlier_waits)
            case MessageDeleted():
                return self.capture.delete(change)
            case MessageRestored():
                return self.capture.bring_back(change)
            case FileChanged():
                return self.follow_files.follow(change)

    def _noticed(
        self,
        happened: ConversationChanged | PersonChanged | TalkOpened | HomeOpened | LinksShared,
    ) -> tuple[Reply, ...]:
        """Nobody said anything."""
        if isinstance(happened, PersonChanged):
            self.places.told_of(happened.person)
            return ()
        if isinstance(happened, TalkOpened):
            return (self.suggest.offer(happened),)
        if isinstance(happened, HomeOpened):
            return self.home.opened(happened)
        if isinstance(happened, LinksShared):
            return self.cards.unfold(happened)
        if happened.is_bot_removed:
            self.places.leave(happened.place)
        self.places.conversation(happened.place, refresh=True)
        return ()

    def _message(self, message: IncomingMessage) -> tuple[Reply, ...]:
        if message.way_in is WayIn.EARSHOT_COMMAND:
            return (self.command.run(message),)
        if message.way_in is WayIn.BRIEF_COMMAND:
            return (self.command.brief.asked(message, message.text.strip()),)
        if self._is_asked(message):
            # The files first: they may have to wait, and an answer is given once.
            noted = self._files_of(message)
            return (self.answer.reply(message), *noted)
        if message.way_in is WayIn.SHORTCUT:
            return self.pointing.save(message)
        return self.capture.take(message.as_note)

    def _files_of(self, message: IncomingMessage) -> tuple[Reply, ...]:
        """What came in files with a question is a note all the same: they tell, they do not ask."""
        if not message.attachments:
            return ()
        return self.capture.take(dataclasses.replace(message, text="", quotes=()))

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
            case Action.SHARE:
                return self.sharing.share(taken)
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
            Action.RATE_GOOD: self.rating.good,
            Action.RATE_BAD: self.rating.bad,
            Action.SAVE_REMARK: self.rating.remark,
            Action.ACKNOWLEDGE: self.moments.acknowledge,
            Action.ASSIGN: self.moments.open_assign,
            Action.SAVE_ASSIGNMENT: self.moments.save_assignment,
            Action.CLOSE_MOMENT: self.moments.open_close,
            Action.SAVE_OUTCOME: self.moments.save_outcome,
            Action.USED_ANSWER: self.uses.of_answer,
            Action.USED_MOMENT: self.uses.of_moment,
            Action.TELL_USE: self.uses.open_line,
            Action.SAVE_USE: self.uses.save_line,
            Action.UNDO_USE: self.uses.undo,
            Action.SHOW_NOTE: self.windows.whole_note,
            Action.FORGET_ME: self.forget.me,
        }
        return changes[taken.action](taken)

    def _went_wrong(self, incoming: Incoming, error: Exception) -> tuple[Reply, ...]:
        """Keep a note's words whatever failed, and tell the person.

        The log gets where it failed and the kind of error: messages of errors can hold a note.
        What nobody addressed to the bot is raised again: it waits in the inbox, since whether it
        may be kept is not known before it is read. Who only opened or linked something waits for no
        answer.
        """
        frames = traceback.extract_tb(error.__traceback__)[-3:]
        where = " < ".join(f"{frame.name}:{frame.lineno}" for frame in reversed(frames))
        log.error("%s failed: %s at %s", incoming.delivery_key, type(error).__name__, where)
        if isinstance(incoming, TalkOpened | HomeOpened | LinksShared):
            return ()
        if isinstance(incoming, StepRun):
            return self.steps.keep_unread(incoming)
        if isinstance(incoming, FileChanged):  # nobody waits, and what is deleted must go
            raise error
        if isinstance(incoming, IncomingMessage) and not self._is_asked(as_meant(incoming)):
            if not incoming.way_in.is_addressed:
                raise error
            return self.capture.keep_unread(incoming.as_note)
        return (general.went_wrong(incoming.delivery_key),)
