"""`python -m training.error_page`: writes `docs/understanding.md` from the training report.

What the shipped weights make of the companies under `evals/held_out`: a table by company, what is
taken for what, and the errors they were surest of.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

_ROOT = Path(__file__).parents[1]
_HEADING = """# What notes are taken for, and where that goes wrong

Made by `python -m training.error_page` from `evals/training_report.json`: the shipped weights on
the companies under `evals/held_out`, which nothing was learned from. The thresholds of the yes/no
heads were read off the same notes.
"""


def main() -> None:
    """Read the report, write the page."""
    report = json.loads((_ROOT / "evals" / "training_report.json").read_text(encoding="utf-8"))
    page = "\n".join([_HEADING, *_scores(report), *_confusions(report), *_worst(report)]) + "\n"
    (_ROOT / "docs" / "understanding.md").write_text(page, encoding="utf-8")


def _scores(report: Mapping[str, Any]) -> Iterator[str]:
    names = [company["company"] for company in report["companies"]]
    yield "## Macro-F1, by company\n"
    yield _row(["head", "all", *names])
    yield _row(["---"] * (2 + len(names)))
    for place, head in enumerate(report["together"]):
        own = [company["heads"][place]["macro_f1"] for company in report["companies"]]
        yield _row([head["name"], *(f"{value:.2f}" for value in (head["macro_f1"], *own))])


def _confusions(report: Mapping[str, Any]) -> Iterator[str]:
    yield "\n## What is taken for what\n\nRows are right, columns were given."
    for one in report["confusion"]:
        yield f"\n### {one['name'].replace('_', ' ')}\n"
        yield _row(["", *one["labels"]])
        yield _row(["---"] * (1 + len(one["labels"])))
        for label, counts in zip(one["labels"], one["counts"], strict=True):
            yield _row([f"**{label}**", *map(str, counts)])


def _worst(report: Mapping[str, Any]) -> Iterator[str]:
    yield "\n## The twenty surest errors\n"
    yield _row(["note", "right", "given", "sure", "text"])
    yield _row(["---"] * 5)
    for error in report["worst"]:
        text = " ".join(error["text"].split()).replace("|", "/")
        yield _row(
            [error["id"], error["right"], error["given"], f"{error['probability']:.2f}", text]
        )


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    main()
