"""The evaluation command."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class ModelChoice(StrEnum):
    """Which models an evaluation uses."""

    NONE = "none"
    OPENAI = "openai"


def evaluate(
    corpus: Annotated[
        Path, typer.Option(help="A folder with company.json, notes.jsonl and questions.jsonl.")
    ],
    out: Annotated[
        Path, typer.Option(help="The folder for notes.jsonl, answers.jsonl and run.json.")
    ],
    model: Annotated[
        ModelChoice,
        typer.Option(help="none: local models only; openai: as the OPENAI_ settings say."),
    ] = ModelChoice.NONE,
) -> None:
    """Play a corpus through the product in a fresh store, and score it where it has labels.

    Example: earshot eval --corpus evals/corpora/cmo --out /tmp/cmo
    """
    from bot.bootstrap.evaluation import run_evaluation

    typer.echo(run_evaluation(corpus, out, use_model=model is ModelChoice.OPENAI))
