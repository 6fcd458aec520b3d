"""A form is checked before it is taken, so that what is wrong with it is said at its fields."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

from bot.errors import StoreUnavailable
from bot.messages import ActionTaken, FieldProblem
from bot.ports import FormCheck

_log = logging.getLogger(__name__)

_WITHIN_S = 1.0
_THREADS = 4


class PatientCheck:
    """Waits for a check only as long as the answer can still be in time.

    What was not checked is taken as it is: then the worker says in words what is wrong.
    """

    def __init__(self, check: FormCheck | None, within_s: float = _WITHIN_S) -> None:
        self._check = check
        self._within_s = within_s
        # Apart from those of the intake: a check that hangs must not hold up what is to be kept.
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="slack-check")

    async def problems(self, submitted: ActionTaken) -> Mapping[str, str]:
        """By field, of those that the form has."""
        if self._check is None:
            return {}
        loop = asyncio.get_running_loop()
        checking = loop.run_in_executor(self._threads, self._check.problems, submitted)
        try:
            found: Sequence[FieldProblem] = await asyncio.wait_for(checking, self._within_s)
        except (StoreUnavailable, TimeoutError) as error:
            _log.warning("a form is taken unchecked: %s", type(error).__name__)
            return {}
        return {p.field: p.text for p in found if p.field in submitted.fields}
