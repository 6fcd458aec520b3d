"""Invented notes as arrays, for the tests of learning: no encoder is needed for these."""

import numpy as np
from numpy.typing import NDArray

from adapters.local_model.encoder import DIMENSIONS
from adapters.local_model.head_fitting import answers
from adapters.local_model.labelled import SILENT, Labelled
from adapters.local_model.linear_model import Head, Heads, Layout
from bot.domain.taxonomy import Topic

LAYOUT = Layout(
    "1",
    (
        Head("captured", 0),
        Head("knowledge_type", 1, ("about", "for", "from")),
        Head("process_stage", 4, ("acquisition", "dissemination", "storage", "utilization")),
        Head("action_oriented", 8),
        Head("signal", 9, ("complaint", "inquiry", "none", "praise", "suggestion")),
        Head("certainty", 14, ("hearsay", "inferred", "stated")),
        Head("has_moment", 17),
        Head("moment", 18, ("budget_decision", "contract_event")),
        Head("moment_direction", 20, ("open", "opportunity", "threat")),
        *(Head(f"topic {topic.value}", 23 + place) for place, topic in enumerate(Topic)),
    ),
)
CAPTURED, KNOWLEDGE_TYPE, PROCESS_STAGE, SIGNAL = 0, 1, 2, 4
TYPE_COLUMNS, STAGE_COLUMNS, SIGNAL_COLUMNS = slice(1, 4), slice(4, 8), slice(9, 14)


def some_heads(seed: int = 1) -> Heads:
    """Heads that tell notes apart well."""
    weight = np.random.default_rng(seed).normal(0, 0.3, (DIMENSIONS, LAYOUT.columns))
    return Heads(weight.astype(np.float32), np.zeros(LAYOUT.columns, np.float32))


def favouring(column: int, by: float) -> Heads:
    """An addition that makes one answer likelier everywhere."""
    intercept = np.zeros(LAYOUT.columns, np.float32)
    intercept[column] = by
    return Heads(np.zeros((DIMENSIONS, LAYOUT.columns), np.float32), intercept)


def notes_right_for(heads: Heads, count: int, seed: int) -> Labelled:
    """Notes whose labels are what these heads say; their words say nothing."""
    means = np.random.default_rng(seed).normal(0.1, 0.4, (count, DIMENSIONS)).astype(np.float32)
    scores = heads.scores(means)
    labels = answers(LAYOUT, scores).astype(np.int8)
    labels[:, CAPTURED] = SILENT
    return Labelled(np.zeros_like(scores), means, labels)


def only(notes: Labelled, head: int) -> Labelled:
    """The same notes, saying something on one head alone."""
    labels: NDArray[np.int8] = np.full_like(notes.labels, SILENT)
    labels[:, head] = notes.labels[:, head]
    return Labelled(notes.of_words, notes.means, labels)
