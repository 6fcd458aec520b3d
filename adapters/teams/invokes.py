"""What Teams waits for, answered within two seconds. The work itself follows as a job.

What is only read for an answer has threads of its own, and is waited for no longer than the person
waits: a database that hangs leaves a sentence in the dialog, and the threads free that keep notes.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, TypeVar

from adapters.teams import capture_dialog, dialogs, feedback, search
from adapters.teams.activity import Activity, JsonObject
from adapters.teams.parse import CARD_ACTION, parse, press_of
from adapters.teams.render import DIALOG
from adapters.teams.whereabouts import place_of
from adapters.teams.windows import message_window
from bot.errors import StoreUnavailable
from bot.messages import ActionTaken, Incoming
from bot.ports import Find, FormCheck, LookUp

log = logging.getLogger(__name__)

ANSWER_WITHIN_S: Final = 1.2
_CHECK_WITHIN_S = 0.6
_THREADS = 4
_TAKEN = "Got it."
_NOT_OFFERED = "Earshot does not offer this here. Mention it, or write to it in its chat."

_Read = TypeVar("_Read")


@dataclass(frozen=True, slots=True)
class InvokeAnswer:
    """A status and a body of the shape that this kind of invoke demands."""

    status: int
    body: JsonObject


@dataclass(frozen=True, slots=True)
class Invoke:
    """An invoke, and what to do with what it asks for.

    `keep` has something worked on, and raises StoreUnavailable where it is not certain in time;
    `remember` keeps how the conversation is reached, and blocks.
    """

    activity: Activity
    received_at: datetime
    keep: Callable[[Incoming], Awaitable[None]]
    remember: Callable[[], None]


class Invokes:
    """Answers each kind. Without `look_up` no dialog opens on a button, and nothing is found."""

    def __init__(
        self,
        workspace: str,
        answers: feedback.AnswersShown,
        look_up: LookUp | None = None,
        check: FormCheck | None = None,
    ) -> None:
        self._workspace = workspace
        self._answers = answers
        self._look_up = look_up
        self._check = check
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="teams-look-up")

    def close(self) -> None:
        """Read nothing more."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def answer(self, invoke: Invoke) -> InvokeAnswer:
        """Raises ActivityInvalid, and StoreUnavailable for a press or form that was not kept."""
        answers = {
            CARD_ACTION: self._pressed,
            "composeExtension/fetchTask": self._pointed,
            "composeExtension/submitAction": self._captured,
            "composeExtension/query": self._found,
            DIALOG: self._opened,
            "task/submit": self._submitted,
            feedback.GIVEN: self._rated,
        }
        answer = answers.get(invoke.activity.name or "")
        if answer is None:
            return InvokeAnswer(400, {"error": _NOT_OFFERED})
        return InvokeAnswer(200, await answer(invoke))

    async def _rated(self, invoke: Invoke) -> JsonObject:
        """Teams shows an error for any other answer than an empty object."""
        activity, at = invoke.activity, invoke.received_at
        rating = await self._read(
            lambda: feedback.rating_of(activity, self._workspace, at, self._answers)
        )
        if rating is not None:
            await invoke.keep(rating)
        return {}

    async def _pointed(self, invoke: Invoke) -> JsonObject:
        return capture_dialog.opened(invoke.activity)

    async def _pressed(self, invoke: Invoke) -> JsonObject:
        incoming = self._parsed(invoke)
        if incoming is None:
            return _card_error(dialogs.UNKNOWN)
        await invoke.keep(incoming)
        kind = "application/vnd.microsoft.activity.message"
        return {"statusCode": 200, "type": kind, "value": _TAKEN}

    async def _captured(self, invoke: Invoke) -> JsonObject:
        activity = invoke.activity
        wish = capture_dialog.submitted(activity, self._workspace, invoke.received_at)
        is_kept = False
        if wish is not None:
            try:
                await invoke.keep(wish)
                is_kept = True
            except StoreUnavailable as error:
                log.warning("a message was not saved: %s", error)
        return capture_dialog.answered(activity, is_kept=is_kept)

    async def _found(self, invoke: Invoke) -> JsonObject:
        activity, look_up = invoke.activity, self._look_up
        words = search.words_of(activity)
        if words is None or look_up is None or activity.sender is None:
            return search.said(_NOT_OFFERED)
        if search.is_further_page(activity):
            return search.nothing_more()
        place, person_id = place_of(activity, self._workspace), activity.sender.id

        def find() -> Sequence[Find] | None:
            invoke.remember()
            return look_up.search(place, person_id, words, search.MOST)

        try:
            return search.list_of(await self._read(find))
        except StoreUnavailable:
            return search.said(search.SLOW)

    async def _opened(self, invoke: Invoke) -> JsonObject:
        pressed, look_up = self._press(invoke), self._look_up
        if pressed is None or look_up is None:
            return message_window(dialogs.UNKNOWN)
        try:
            return dialogs.dialog(await self._read(lambda: look_up.open(pressed)))
        except StoreUnavailable:
            return message_window(dialogs.SLOW)

    async def _submitted(self, invoke: Invoke) -> JsonObject:
        sent = self._press(invoke)
        if sent is None:
            return message_window(dialogs.UNKNOWN)
        again = await self._sent_back(sent)
        if again is not None:
            return again
        await invoke.keep(sent)
        return {}

    async def _sent_back(self, sent: ActionTaken) -> JsonObject | None:
        """The dialog again, where the form cannot be taken; None where it can or none can tell.

        What was not checked is taken as it is: then the worker says in words what is wrong.
        """
        check, look_up, opener = self._check, self._look_up, dialogs.OPENED_BY.get(sent.action)
        if check is None or look_up is None or opener is None:
            return None

        def checked() -> JsonObject | None:
            problems = check.problems(sent)
            if not problems:
                return None
            reply = look_up.open(replace(sent, action=opener))
            return dialogs.dialog_again(reply, sent, problems)

        try:
            return await self._read(checked, _CHECK_WITHIN_S)
        except StoreUnavailable as error:
            log.warning("a form is taken unchecked: %s", error)
            return None

    async def _read(self, read: Callable[[], _Read], within_s: float = ANSWER_WITHIN_S) -> _Read:
        """Raises StoreUnavailable where it takes too long."""
        reading = asyncio.get_running_loop().run_in_executor(self._threads, read)
        try:
            return await asyncio.wait_for(reading, within_s)
        except TimeoutError:
            raise StoreUnavailable("no answer in time") from None

    def _parsed(self, invoke: Invoke) -> Incoming | None:
        return parse(invoke.activity, workspace=self._workspace, received_at=invoke.received_at)

    def _press(self, invoke: Invoke) -> ActionTaken | None:
        return press_of(invoke.activity, self._workspace, invoke.received_at)


def _card_error(sentence: str) -> JsonObject:
    value = {"code": "BadRequest", "message": sentence}
    return {"statusCode": 400, "type": "application/vnd.microsoft.error", "value": value}
