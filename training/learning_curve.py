"""`python -m training.learning_curve`: how scores grow with the notes learned from, as a picture.

The half that reads words is fitted on more and more companies; the whole classifier, as it ships,
stands at the right end. Both are read on the companies under `evals/held_out`. Writes
`docs/learning-curve.svg`.
"""

import random
from collections.abc import Sequence
from pathlib import Path

from adapters.local_model.linear_model import Layout, Scores
from training.fitting import fit
from training.labelled_notes import (
    HELD_OUT,
    LabelledNote,
    company_folders,
    read_labelled_notes,
)
from training.measuring import read_by_shipped
from training.questions import head_questions
from training.scoring import score_head, with_thresholds

_ROOT = Path(__file__).parents[1]
_SHOWN = ("knowledge_type", "process_stage", "signal", "certainty", "has_moment", "moment")
_COLOURS = ("#1b6ca8", "#c0392b", "#2e8b57", "#8e44ad", "#d68910", "#566573")
_STEPS = (4, 7, 10, 13)
_WIDTH, _HEIGHT, _LEFT, _BOTTOM = 760, 420, 60, 370
_LOWEST, _HIGHEST = 0.2, 1.0
_LINE = 16

Point = tuple[int, float]


def main() -> None:
    """Fit, score, draw."""
    held = read_by_shipped(company_folders(_ROOT / "evals", HELD_OUT))
    others = read_labelled_notes(_ROOT / "evals")
    companies = sorted({labelled.company for labelled in others})
    random.Random(3).shuffle(companies)  # noqa: S311  # nosec B311 - it shuffles, it keeps no secret
    by_words: dict[str, list[Point]] = {name: [] for name in _SHOWN}
    for count in (*_STEPS, len(companies)):
        seen = [labelled for labelled in others if labelled.company in companies[:count]]
        fitted = fit(head_questions(), seen)
        worth = _worth(fitted.layout, held.notes, fitted.scores(held.notes))
        for name in _SHOWN:
            by_words[name].append((len(seen), worth[name]))
    whole = _worth(held.layout, held.notes, held.scores)
    picture = _drawn(by_words, {name: (len(others), worth) for name, worth in whole.items()})
    (_ROOT / "docs" / "learning-curve.svg").write_text(picture, encoding="utf-8")


def _worth(layout: Layout, held: Sequence[LabelledNote], scores: Scores) -> dict[str, float]:
    tuned = with_thresholds(layout, head_questions(), held, scores)
    return {
        question.name: score_head(question, held, scores, tuned).macro_f1
        for question in head_questions()
        if question.name in _SHOWN
    }


def _drawn(by_words: dict[str, list[Point]], whole: dict[str, Point]) -> str:
    most = max(notes for notes, _ in whole.values())
    parts = [*_axes(most)]
    heights = _apart({name: _y(worth) for name, (_, worth) in whole.items()})
    for place, name in enumerate(_SHOWN):
        colour = _COLOURS[place]
        line = " ".join(f"{_x(n, most):.0f},{_y(worth):.0f}" for n, worth in by_words[name])
        parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>')
        notes, worth = whole[name]
        x, y = _x(notes, most), _y(worth)
        parts.append(f'<circle cx="{x:.0f}" cy="{y:.0f}" r="6" fill="{colour}"/>')
        label = f"{name.replace('_', ' ')} {worth:.2f}"
        beside = heights[name] + 4
        parts.append(f'<text x="{x + 12:.0f}" y="{beside:.0f}" fill="{colour}">{label}</text>')
    style = 'font-family="sans-serif" font-size="12"'
    size = f'viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" height="{_HEIGHT}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} {style}>'
    return "\n".join([head, '<rect width="100%" height="100%" fill="white"/>', *parts, "</svg>\n"])


def _apart(heights: dict[str, float]) -> dict[str, float]:
    """The same heights, pushed down where one label would stand on another."""
    placed: dict[str, float] = {}
    for name in sorted(heights, key=heights.__getitem__):
        lowest = max(placed.values(), default=0.0) + _LINE
        placed[name] = max(heights[name], lowest)
    return placed


def _axes(most: int) -> list[str]:
    parts = []
    for tenth in range(round(_LOWEST * 10), round(_HIGHEST * 10) + 1):
        y = _y(tenth / 10)
        parts.append(f'<line x1="{_LEFT}" x2="560" y1="{y:.0f}" y2="{y:.0f}" stroke="#dddddd"/>')
        parts.append(f'<text x="{_LEFT - 30}" y="{y + 4:.0f}">{tenth / 10:.1f}</text>')
    for thousand in range(0, most + 1, 1000):
        x = _x(thousand, most)
        parts.append(f'<text x="{x:.0f}" y="{_BOTTOM + 18}" text-anchor="middle">{thousand}</text>')
    caption = "notes learned from; macro-F1 on companies held out; lines: words alone, dots: all"
    return [*parts, f'<text x="{_LEFT}" y="{_BOTTOM + 40}">{caption}</text>']


def _x(notes: int, most: int) -> float:
    return _LEFT + (560 - _LEFT) * notes / most


def _y(worth: float) -> float:
    return _BOTTOM - (_BOTTOM - 20) * (worth - _LOWEST) / (_HIGHEST - _LOWEST)


if __name__ == "__main__":
    main()
