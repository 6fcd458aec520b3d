"""What models may cost: each call is counted before it is made, and not made beyond a limit.

Beyond a limit a model is unavailable, and whoever asks is served as they are without one.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, date
from typing import Final, TypeAlias

from bot.domain.answer import Vector
from bot.domain.spending import Allowances, Limit, Payer
from bot.errors import ModelLimitReached, StoreUnavailable
from bot.messages import ActionTaken, Incoming, IncomingMessage, MessageEdited, ReactionChanged
from bot.messages.steps import StepRun
from bot.ports import (
    Clock,
    Embedder,
    LanguageModel,
    Passage,
    RenderedPrompt,
    Schema,
    SpendingStore,
)

log = logging.getLogger(__name__)

OnLimit: TypeAlias = Callable[[Limit], None]

_ANSWER_TOKENS: Final = 5_000
"""Reserved for an answer with the thoughts before it, and for the schema beside the prompt."""

_FEWEST_BYTES_A_TOKEN = 2  # while nobody has counted; most texts have four
_USUAL_BYTES_A_TOKEN = 4  # where the server never counts


# --- who pays -------------------------------------------------------------------------------------

_payer: ContextVar[Payer] = ContextVar("payer", default=Payer())  # noqa: B039 - it is frozen


@contextmanager
def paid_by(payer: Payer) -> Iterator[None]:
    """Every call of a model within the block, in this thread, is on this account."""
    token = _payer.set(payer)
    try:
        yield
    finally:
        _payer.reset(token)


def payer() -> Payer:
    """On whose account what this thread is doing is."""
    return _payer.get()


def payer_of(incoming: Incoming) -> Payer:
    """Whoever caused it; the workspace alone where nobody in particular did."""
    match incoming:
        case IncomingMessage():
            person_id = incoming.actor_id
        case MessageEdited():
            person_id = incoming.author_id
        case ActionTaken() | ReactionChanged() | StepRun():
            person_id = incoming.person_id
        case _:
            person_id = ""
    return Payer(incoming.place.workspace, person_id)


# --- the budget -----------------------------------------------------------------------------------


@dataclass(slots=True)
class _Bill:
    """What a call is known to have cost so far; 0 where its server has not said."""

    tokens: int = 0


_bill: ContextVar[_Bill | None] = ContextVar("bill", default=None)


class ModelBudget:
    """Keeps what is spent in a day within the allowances, over all processes."""

    def __init__(
        self,
        store: SpendingStore,
        most: Allowances,
        clock: Clock,
        on_limit: OnLimit = lambda _: None,
    ) -> None:
        self._store = store
        self._most = most
        self._clock = clock
        self._on_limit = on_limit

    def tokens_used(self, tokens: int) -> None:
        """What a server says that the call which is being made in this thread has cost."""
        bill = _bill.get()
        if bill is not None:
            bill.tokens += tokens

    @contextmanager
    def call(self, size: int, answer_tokens: int) -> Iterator[None]:
        """Make one call, of `size` bytes, within the block. Raises ModelLimitReached instead.

        A server that fails or never counts costs what its texts usually do.
        """
        payer, day = _payer.get(), self._clock.now().astimezone(UTC).date()
        reserved = size // _FEWEST_BYTES_A_TOKEN + answer_tokens
        self._reserve(payer, day, reserved)
        bill = _Bill()
        token = _bill.set(bill)
        try:
            yield
        finally:
            _bill.reset(token)
            cost = bill.tokens or size // _USUAL_BYTES_A_TOKEN
            self._settle(payer, day, cost - reserved)

    def _reserve(self, payer: Payer, day: date, tokens: int) -> None:
        limit = self._store.reserve(payer, day, tokens, self._most)
        if limit is not None:
            self._on_limit(limit)
            raise ModelLimitReached(f"of the {limit}")

    def _settle(self, payer: Payer, day: date, difference: int) -> None:
        try:
            self._store.settle(payer, day, difference)
        except StoreUnavailable as error:
            # What was reserved stays counted, which is more than it cost.
            log.warning("the cost of a model call is not settled: %s", error)


class BudgetedLanguageModel:
    """The port LanguageModel within a budget."""

    def __init__(self, model: LanguageModel, budget: ModelBudget) -> None:
        self._model = model
        self._budget = budget

    @property
    def model_id(self) -> str:
        """See `bot.ports.LanguageModel`."""
        return self._model.model_id

    def complete(self, prompt: RenderedPrompt, schema: type[Schema]) -> Schema:
        """See `bot.ports.LanguageModel`."""
        with self._budget.call(_size(prompt.system, prompt.user), _ANSWER_TOKENS):
            return self._model.complete(prompt, schema)


class BudgetedEmbedder:
    """The port Embedder within a budget: vectors are missing beyond it, and words still find."""

    def __init__(self, embedder: Embedder, budget: ModelBudget) -> None:
        self._embedder = embedder
        self._budget = budget

    @property
    def model_id(self) -> str:
        """See `bot.ports.Embedder`."""
        return self._embedder.model_id

    @property
    def dimensions(self) -> int:
        """See `bot.ports.Embedder`."""
        return self._embedder.dimensions

    def embed(self, passages: Sequence[Passage]) -> list[Vector]:
        """See `bot.ports.Embedder`. Counts as one call."""
        names = (customer.name for one in passages for customer in one.customers)
        texts = (text for one in passages for text in (one.statement, one.parent))
        with self._budget.call(_size(*names, *texts), 0):
            return self._embedder.embed(passages)

    def embed_question(self, question: str, earlier: str = "") -> Vector:
        """See `bot.ports.Embedder`."""
        with self._budget.call(_size(question, earlier), 0):
            return self._embedder.embed_question(question, earlier)


def _size(*texts: str) -> int:
    return sum(len(text.encode("utf-8", "surrogatepass")) for text in texts)
