"""`python -m training`: makes every weights file anew, prints and writes what was measured."""

import json
from dataclasses import asdict
from pathlib import Path
from time import perf_counter

from training.classifier import ClassifierReport, make_classifier
from training.encoder import make_encoder
from training.labelled_notes import read_labelled_notes
from training.scoring import HeadScore

_ROOT = Path(__file__).parents[1]
_EVALS = _ROOT / "evals"
_CACHE = _ROOT / "build" / "training"


def main() -> None:
    """Make the encoder, then the classifier that rests on it."""
    started = perf_counter()
    notes = read_labelled_notes(_EVALS)
    agreement = make_encoder([labelled.raw_text for labelled in notes], _CACHE)
    _say(f"Encoder written; int8 agrees with fp32 to a mean cosine of {agreement:.4f}.")
    report = make_classifier(notes)
    _print_scores(report)
    measured = {"encoder_agreement": round(agreement, 4), "classifier": asdict(report)}
    path = _EVALS / "training_report.json"
    path.write_text(json.dumps(_rounded(measured), indent=1) + "\n", encoding="utf-8")
    _say(f"Written in {perf_counter() - started:.0f} s; details in {path.relative_to(_ROOT)}.")


def _print_scores(report: ClassifierReport) -> None:
    _say("Macro-F1 on companies that were held out: all, all with nobody registered, each fold")
    for place, total in enumerate(report.together):
        by_fold = "  ".join(f"{fold.heads[place].macro_f1:.2f}" for fold in report.folds)
        bare = report.together_bare[place].macro_f1
        _say(f"  {total.name:24} {total.macro_f1:.3f} {bare:.3f}   {by_fold}{_precision(total)}")


def _precision(score: HeadScore) -> str:
    if score.precision is None or score.recall is None:
        return ""
    return f"   precision {score.precision:.2f} recall {score.recall:.2f}"


def _rounded(value: object) -> object:
    """Floats to four digits, so that the report changes only where something did."""
    match value:
        case float():
            return round(value, 4)
        case dict():
            return {key: _rounded(inner) for key, inner in value.items()}
        case list() | tuple():
            return [_rounded(inner) for inner in value]
        case _:
            return value


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - this is a command, and this is what it says


if __name__ == "__main__":
    main()
