"""Measures company names on pairs of them: `python -m evals.name_bench FILE.csv [--errors]`.

Reads name1, name2, is_match and schema of nomenklatura's name_bench. Of each pair, a registry holds
the second name alone and the first is written; linked is taken for a match, offered is not. Prints
precision, recall and F1 for companies, and for all that are no persons.
"""

import argparse
import csv
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.domain.customer import Customer
from bot.services.customer_linking import CustomerLinker, LinkContext

_HEADING = "schema      pairs  precision  recall     F1"


@dataclass(frozen=True, slots=True)
class Pair:
    """Two names, whether they are one's by the label, and whether they were linked."""

    schema: str
    written: str
    registered: str
    is_match: bool
    is_linked: bool


def main() -> None:
    """Print a line for the companies, and one for all organisations and vessels."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pairs", type=Path, metavar="FILE.csv")
    parser.add_argument("--errors", action="store_true", help="list every pair that is wrong")
    options = parser.parse_args()
    pairs = pairs_of(options.pairs)
    _say(_HEADING)
    _say(_line("Company", [pair for pair in pairs if pair.schema == "Company"]))
    _say(_line("no person", pairs))
    if options.errors:
        for pair in pairs:
            if pair.is_match != pair.is_linked:
                _say(f"  {'missed' if pair.is_match else 'WRONG '} {pair}")


def pairs_of(file: Path) -> list[Pair]:
    """Every pair but those of persons, linked."""
    with file.open(encoding="utf-8", newline="") as lines:
        return [
            Pair(
                row["schema"],
                row["name1"],
                row["name2"],
                row["is_match"] == "true",
                _is_linked(row["name1"], row["name2"]),
            )
            for row in csv.DictReader(lines)
            if row["schema"] != "Person"
        ]


def _is_linked(written: str, registered: str) -> bool:
    linker = CustomerLinker([Customer(id="C", workspace="eval", name=registered)])
    return bool(linker.link(written, LinkContext()).customer_ids)


def _line(schema: str, pairs: Sequence[Pair]) -> str:
    true = sum(pair.is_match and pair.is_linked for pair in pairs)
    precision = true / max(1, sum(pair.is_linked for pair in pairs))
    recall = true / max(1, sum(pair.is_match for pair in pairs))
    f1 = 2 * precision * recall / max(1e-9, precision + recall)
    return f"{schema:<10} {len(pairs):>6} {precision:>10.3f} {recall:>7.3f} {f1:>6.3f}"


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")


if __name__ == "__main__":
    main()
