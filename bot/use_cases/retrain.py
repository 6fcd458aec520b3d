"""Learns from a firm's own corrections, and tells whether that made the classifier any better."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.domain.audience import Audience
from bot.errors import TooFewCorrections
from bot.ports import LearningStore, Measured, Proposal, Retrainer

FEWEST_EXAMPLES = 20
"""Of fewer, one note more or less right says nothing."""


@dataclass(frozen=True, slots=True)
class Retrained:
    """What was learned from so many examples."""

    examples: int
    proposal: Proposal

    @property
    def right_before(self) -> float:
        """The share of everything that people told which was right; a facet counts as its notes."""
        return _mean([(m.before, m.notes) for m in self.proposal.corrections])

    @property
    def right_after(self) -> float:
        """The same, after."""
        return _mean([(m.after, m.notes) for m in self.proposal.corrections])

    @property
    def objections(self) -> tuple[str, ...]:
        """Why it is not to be used; none when it is better on corrections and nowhere worse."""
        found = [
            f"{_title(one)} got worse on notes of other companies"
            for one in self.proposal.held_out
            if one.after < one.before
        ]
        if self.right_after <= self.right_before:
            found.append("the corrections that were left out were not read any better")
        return tuple(found)

    @property
    def is_accepted(self) -> bool:
        """Whether it may be used."""
        return not self.objections


def retrain(audience: Audience, *, learning: LearningStore, retrainer: Retrainer) -> Retrained:
    """Learn from everything that the audience may see. Raises TooFewCorrections."""
    examples = [one for one in learning.corrected(audience) if one.facets is not None]
    if len(examples) < FEWEST_EXAMPLES:
        raise TooFewCorrections(f"{len(examples)} so far, {FEWEST_EXAMPLES} are needed")
    return Retrained(len(examples), retrainer.retrain(examples))


def _mean(weighed: Sequence[tuple[float, int]]) -> float:
    return sum(share * notes for share, notes in weighed) / max(1, sum(n for _, n in weighed))


# --- JSON ---


def as_json(retrained: Retrained, written: str | None) -> str:
    """One object; `written` is the file's path, null where nothing was written."""
    proposal = retrained.proposal
    tree = {
        "examples": retrained.examples,
        "name": proposal.name,
        "accepted": retrained.is_accepted,
        "objections": list(retrained.objections),
        "written": written,
        "corrections": {
            **_tree(proposal.corrections),
            "all": {"before": retrained.right_before, "after": retrained.right_after},
        },
        "held_out": _tree(proposal.held_out),
    }
    return json.dumps(tree, ensure_ascii=False, indent=2)


def _tree(measured: Sequence[Measured]) -> dict[str, dict[str, float]]:
    return {
        one.facet: {"notes": one.notes, "before": one.before, "after": one.after}
        for one in measured
    }


# --- a table to read ---

_HEAD = f"{'':20}{'notes':>7}{'before':>10}{'after':>10}"


def as_table(retrained: Retrained, written: str | None) -> str:
    """Both parts, before and after, and what became of it."""
    proposal = retrained.proposal
    return "\n".join(
        (
            f"{retrained.examples} corrected or confirmed insights.",
            "",
            "Your corrections, each read by what learned from the others: share right",
            _HEAD,
            *(_row(one, _percent) for one in proposal.corrections),
            f"{'all':27}{_percent(retrained.right_before)}{_percent(retrained.right_after)}",
            "",
            "Notes of companies that nothing was learned from: macro-F1",
            _HEAD,
            *(_row(one, _f1) for one in proposal.held_out),
            "",
            _outcome(retrained, written),
        )
    )


def _row(one: Measured, shown: Callable[[float], str]) -> str:
    return f"{_title(one):20}{one.notes:>7}{shown(one.before)}{shown(one.after)}"


def _title(one: Measured) -> str:
    return one.facet.replace("_", " ")


def _percent(share: float) -> str:
    return f"{share:>10.1%}"


def _f1(value: float) -> str:
    return f"{value:>10.3f}"


def _outcome(retrained: Retrained, written: str | None) -> str:
    if not retrained.is_accepted:
        return f"Not accepted: {'; '.join(retrained.objections)}. Nothing is written."
    if written is None:
        return "Accepted. Nothing is written without --write PATH."
    return (
        f"Accepted, and written to {written} ({retrained.proposal.name}).\n"
        f"Set EARSHOT_CLASSIFIER_ADJUSTMENT={written} and start again to use it."
    )
