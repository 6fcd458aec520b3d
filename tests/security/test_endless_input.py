"""No text of the length that a platform lets through keeps the product busy for long."""

import time
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from adapters.local_model import LocalLanguageDetector
from adapters.slack import blocks
from adapters.slack import text as slack_text
from adapters.teams import render as teams_render
from bot.domain.customer import Customer
from bot.messages import Paragraph, Reply, Span
from bot.services import evidence, evidence_check
from bot.services.customer_linking import CustomerLinker, LinkContext
from bot.services.dates import resolve_dates
from bot.services.evidence_names import NamesIn
from bot.services.literal_text import alike_part
from bot.services.prompt_data import as_data
from bot.services.triage import is_question

CHARACTERS = 20_000
SOON_S = 0.5  # of this thread's processor time
MOST_GROWTH = (
    8.0  # for four times the text: what is in proportion takes four times, a square sixteen
)

PIECES = (
    "a", "1", "1-", "A ", "<", "<@U", "a@", "a.", "\t", "\n", "[1,", "](", '"', "&", "\u0301",
    "👩\u200d", "中。", "Novara & ", "from 1 to ",
)  # fmt: skip

NOVARA = Customer("c1", "main", "Novara Pharma", ("Novara", "N&P"))
LINKER = CustomerLinker((NOVARA,), ("Anna Berg",))
DETECTOR = LocalLanguageDetector()


def teams_message(text: str) -> object:
    return teams_render.render(Reply((Paragraph((Span(text),)),)))


READERS: dict[str, Callable[[str], object]] = {
    "dates": lambda text: resolve_dates(text, datetime.now(UTC)),
    "question or note": is_question,
    "customers": lambda text: LINKER.link(text[-5_000:], LinkContext()),
    "language": DETECTOR.detect,
    "quote": lambda text: evidence.quote(text, "what does Novara want?"),
    "numbers": evidence_check._numbers_with_units,
    "sizes": lambda text: list(evidence_check._sizes_alone(text)),
    "names": lambda text: NamesIn(text, as_names=False),
    "months": lambda text: list(evidence_check._months_in_figures(text)),
    "data for a model": lambda text: as_data(text, "boundary", CHARACTERS),
    "what a model copied": lambda text: alike_part(text[:3_000] + "z", text),
    "Slack's encoding": slack_text.decode,
    "Slack's mention": lambda text: slack_text.without_mention(text, "U123"),
    "Slack's blocks": lambda text: list(blocks.paragraph(Paragraph((Span(text),)))),
    "Teams' card": teams_message,
}


def seconds(name: str, text: str) -> float:
    begun = time.thread_time()
    READERS[name](text)
    return time.thread_time() - begun


@pytest.mark.slow
@pytest.mark.parametrize("name", READERS)
def test_the_time_for_a_long_text_grows_with_its_length(name: str) -> None:
    """Thousands of one thing after another, with an end that differs."""
    seconds(name, "Novara wants vials")  # what is read once is no part of it
    for piece in PIECES:
        long = (piece * CHARACTERS)[: CHARACTERS - 1] + "Z"
        took = seconds(name, long)
        if took > SOON_S:
            # The best of three: a busy neighbour slows one run, never all.
            whole = min(took, *(seconds(name, long) for _ in range(2)))
            part = min(seconds(name, long[-CHARACTERS // 4 :]) for _ in range(3))
            assert whole < MOST_GROWTH * part, piece
