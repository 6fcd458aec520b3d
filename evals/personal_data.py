"""Measures the finding of personal data on a labelled set, and counts marks on notes.

`python -m evals.personal_data --set FILE [--part develop|report] [--errors]` reads rows of
`text`, `spans` (`entity_type`, `start_position`, `end_position`) and `template_id`, as
presidio-research writes them. `--part` takes the templates to develop on, or the eighth (every
eighth number from 7) that nobody who writes rules has read.
`python -m evals.personal_data --notes FILE [FILE ...]` reads rows of `id`, `text` and, where notes
are marked, `pii`: the words that have to be masked.

A labelled span counts as found when half of it is covered by what was found of its kind, and
whole when all of it is. What was found counts as right when it touches a label of its kind. Not
scored: names, organisations, places by themselves, ages, web and IP addresses and dates, of which
the set does not say whether somebody was born on them; health, which it does not label.
"""

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.services.personal_data import Found, Kind, find

_KINDS = {
    "PHONE_NUMBER": Kind.PHONE,
    "EMAIL_ADDRESS": Kind.EMAIL,
    "STREET_ADDRESS": Kind.ADDRESS,
    "ZIP_CODE": Kind.ADDRESS,
    "IBAN_CODE": Kind.BANK_ACCOUNT,
    "CREDIT_CARD": Kind.CARD,
    "US_SSN": Kind.ID_NUMBER,
}
_NOT_SCORED = frozenset((Kind.BIRTH_DATE, Kind.HEALTH))
_PARTS = {"develop": (0, 1, 2, 3, 4, 5, 6), "report": (7,)}


@dataclass(frozen=True, slots=True)
class Row:
    """A text and where its labels stand."""

    text: str
    labels: tuple[Found, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """A text, what is labelled, and what was found."""

    row: Row
    found: tuple[Found, ...]

    def missed(self) -> Iterator[Found]:
        """Labels less than half covered."""
        return (label for label in self.row.labels if self.cover(label) < 0.5)

    def wrong(self) -> Iterator[Found]:
        """What touches no label of its kind."""
        return (one for one in self.found if not any(_common(one, x) for x in self.row.labels))

    def cover(self, label: Found) -> float:
        """The share of a label's characters that were found."""
        return sum(_common(label, one) for one in self.found) / (label.end - label.start)


def _common(one: Found, other: Found) -> int:
    if one.kind is not other.kind:
        return 0
    return max(0, min(one.end, other.end) - max(one.start, other.start))


def main() -> None:
    """Print what was measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--set", type=Path, metavar="FILE")
    parser.add_argument("--part", choices=_PARTS)
    parser.add_argument("--notes", type=Path, nargs="+", default=[], metavar="FILE")
    parser.add_argument("--errors", action="store_true", help="list what went wrong")
    asked = parser.parse_args()
    if asked.set:
        _score([_outcome(row) for row in _rows(asked.set, asked.part)], errors=asked.errors)
    for path in asked.notes:
        _count_marks(path, errors=asked.errors)


def _rows(path: Path, part: str | None) -> Iterator[Row]:
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if part is None or row["template_id"] % 8 in _PARTS[part]:
            labels = (
                Found(span["start_position"], span["end_position"], _KINDS[span["entity_type"]])
                for span in row["spans"]
                if span["entity_type"] in _KINDS
            )
            yield Row(row["text"], tuple(labels))


def _outcome(row: Row) -> Outcome:
    return Outcome(row, tuple(one for one in find(row.text) if one.kind not in _NOT_SCORED))


def _score(outcomes: Sequence[Outcome], *, errors: bool) -> None:
    _say(f"{'kind':<14}{'labels':>7}{'recall':>8}{'whole':>8}{'found':>7}{'precision':>11}")
    for kind in (*dict.fromkeys(_KINDS.values()), None):
        _say(_line(outcomes, kind))
    for outcome in outcomes if errors else ():
        for name, spans in (("missed", outcome.missed()), ("wrong", outcome.wrong())):
            for one in spans:
                said = outcome.row.text[one.start : one.end]
                _say(f"  {name} {one.kind}: {said!r} in {outcome.row.text!r}")


def _line(outcomes: Sequence[Outcome], kind: Kind | None) -> str:
    covers = [o.cover(x) for o in outcomes for x in o.row.labels if kind in (None, x.kind)]
    found = sum(kind in (None, x.kind) for o in outcomes for x in o.found)
    wrong = sum(kind in (None, x.kind) for o in outcomes for x in o.wrong())
    recall = _share(sum(cover >= 0.5 for cover in covers), len(covers))
    whole = _share(sum(cover == 1.0 for cover in covers), len(covers))
    precision = _share(found - wrong, found)
    name = kind or "all"
    return f"{name:<14}{len(covers):>7}{recall:>8}{whole:>8}{found:>7}{precision:>11}"


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.3f}" if whole else "-"


def _count_marks(path: Path, *, errors: bool) -> None:
    marked = masked = 0
    others: Counter[Kind] = Counter()
    began = time.perf_counter()
    notes = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    for note in notes:
        text = note["text"]
        found = find(text)
        wanted = note.get("pii", ())
        marked += len(wanted)
        masked += sum(_is_masked(text, words, found) for words in wanted)
        for one in () if wanted else found:
            others[one.kind] += 1
            if errors:
                _say(f"  {note['id']} {one.kind}: {text[one.start : one.end]!r} in {text!r}")
    took = 1000 * (time.perf_counter() - began) / max(1, len(notes))
    named = ", ".join(f"{kind} {count}" for kind, count in others.items()) or "none"
    _say(
        f"{path}: {len(notes)} notes, {masked} of {marked} marked masked, "
        f"marks on others: {named}; {took:.2f} ms a note"
    )


def _is_masked(text: str, words: str, found: Sequence[Found]) -> bool:
    start = text.index(words)
    return any(one.start <= start and start + len(words) <= one.end for one in found)


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")


if __name__ == "__main__":
    main()
