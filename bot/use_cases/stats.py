"""Counts what is kept and how well it was understood, without a word of any note."""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from bot.domain.audience import Audience
from bot.domain.reading import LABELS, InsightHistory, Reading
from bot.ports import LearningStore, NoteStore, QuestionStore, RatingStore

UNSURE_BELOW = 0.5
"""A confidence that is rather wrong than right, by what the classifier says of itself."""


@dataclass(slots=True)
class Tally:
    """How a classifier's readings fared. Only some classifiers tell how sure they are."""

    insights: int = 0
    confirmed: int = 0
    changed: int = 0
    changed_labels: Counter[str] = field(default_factory=Counter)
    with_confidence: int = 0
    unsure: int = 0

    def add(self, history: InsightHistory, reading: Reading) -> None:
        """Count an insight and what a person made of its reading."""
        self.insights += 1
        if history.changed:
            self.changed += 1
            self.changed_labels.update(history.changed)
        elif history.decision is not None:
            self.confirmed += 1
        if reading.confidence is not None:
            self.with_confidence += 1
            self.unsure += reading.confidence < UNSURE_BELOW

    def correction_rate(self, label: str | None = None) -> float | None:
        """The share of the insights that a person changed, in this label or in any."""
        return _share(self.changed if label is None else self.changed_labels[label], self.insights)

    @property
    def unsure_share(self) -> float | None:
        """Of the readings that told how sure they are."""
        return _share(self.unsure, self.with_confidence)


@dataclass(frozen=True, slots=True)
class Stats:
    """What is kept, how it was read by each classifier, what was asked, and how answers were rated.

    An insight counts under the classifier that read it last; `kept_by_people` are those that every
    classifier took for chatter. `classifiers` begins with the one that read most.
    """

    notes: int
    insights: int
    kept_by_people: int
    classifiers: Mapping[str, Tally]
    overall: Tally
    questions: Mapping[str, int]
    ratings: Mapping[str, int]


def stats(
    audience: Audience,
    *,
    notes: NoteStore,
    learning: LearningStore,
    questions: QuestionStore,
    ratings: RatingStore,
) -> Stats:
    """Count everything that the audience may see."""
    classifiers: dict[str, Tally] = {}
    overall, kept_by_people = Tally(), 0
    for history in learning.histories(audience):
        reading = history.read_as
        if reading is None:
            kept_by_people += 1
            continue
        classifiers.setdefault(reading.classified_by, Tally()).add(history, reading)
        overall.add(history, reading)
    return Stats(
        notes=notes.counts(audience)["notes"],
        insights=overall.insights + kept_by_people,
        kept_by_people=kept_by_people,
        classifiers=dict(
            sorted(classifiers.items(), key=lambda item: (-item[1].insights, item[0]))
        ),
        overall=overall,
        questions=questions.counts(audience),
        ratings=ratings.counts(audience),
    )


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


# --- JSON ---


def as_json(counted: Stats) -> str:
    """One object; a share of nothing is null."""
    classifiers = [
        {"classified_by": name, **_tally_tree(tally)} for name, tally in counted.classifiers.items()
    ]
    tree = {
        "notes": counted.notes,
        "insights": counted.insights,
        "kept_by_people": counted.kept_by_people,
        "unsure_below": UNSURE_BELOW,
        "classifiers": classifiers,
        "overall": _tally_tree(counted.overall),
        "questions": dict(counted.questions),
        "ratings": dict(counted.ratings),
    }
    return json.dumps(tree, ensure_ascii=False, indent=2)


def _tally_tree(tally: Tally) -> dict[str, object]:
    return {
        "insights": tally.insights,
        "confirmed": tally.confirmed,
        "changed": tally.changed,
        "correction_rate": tally.correction_rate(),
        "changed_by_label": {label: tally.changed_labels[label] for label in LABELS},
        "correction_rate_by_label": {label: tally.correction_rate(label) for label in LABELS},
        "with_confidence": tally.with_confidence,
        "unsure": tally.unsure,
        "unsure_share": tally.unsure_share,
    }


# --- a table to read ---

_Row = Sequence[str]
_BETWEEN = "   "


def as_table(counted: Stats) -> str:
    """A row for each figure, a column for each classifier, and one for all together."""
    tallies = [*counted.classifiers.values(), counted.overall]

    def over(title: str, figure: Callable[[Tally], str]) -> _Row:
        return (title, *map(figure, tallies))

    def total(title: str, figure: int) -> _Row:
        return (title, *("" for _ in counted.classifiers), str(figure))

    return _aligned(
        [
            *_head(counted.classifiers),
            total("notes", counted.notes),
            total("insights", counted.insights),
            total("  taken for chatter, kept by a person", counted.kept_by_people),
            over("  read by a classifier", lambda t: str(t.insights)),
            over("  confirmed by a person", lambda t: str(t.confirmed)),
            over("  changed by a person", lambda t: str(t.changed)),
            over(f"unsure (confidence below {UNSURE_BELOW:.0%})", lambda t: _shown(t.unsure_share)),
            over("correction rate", lambda t: _shown(t.correction_rate())),
            *(_label_row(label, tallies) for label in LABELS),
            total("questions asked", counted.questions["asked"]),
            total("  answered", counted.questions["answered"]),
            total("  abstained", counted.questions["abstained"]),
            total("  rated helpful", counted.ratings["good"]),
            total("  rated not helpful", counted.ratings["bad"]),
        ]
    )


def _head(names: Iterable[str]) -> list[_Row]:
    """Each part of a classifier's name on a line of its own, since the whole is wide."""
    parts = [name.split("/") for name in names]
    height = max(map(len, parts), default=1)
    columns = [[*("" for _ in range(height - len(part))), *part] for part in parts]
    above = ["" for _ in range(height - 1)]
    return list(zip([*above, ""], *columns, [*above, "all"], strict=True))


def _label_row(label: str, tallies: Iterable[Tally]) -> _Row:
    return (f"  {label.replace('_', ' ')}", *(_shown(t.correction_rate(label)) for t in tallies))


def _shown(share: float | None) -> str:
    return "–" if share is None else f"{share:.0%}"


def _aligned(rows: Sequence[_Row]) -> str:
    title_width, *widths = (max(map(len, column)) for column in zip(*rows, strict=True))
    lines = (
        _BETWEEN.join((title.ljust(title_width), *map(str.rjust, figures, widths))).rstrip()
        for title, *figures in rows
    )
    return "\n".join(lines)
