"""Measures customer linking on a corpus: `python -m evals.linking DIR [DIR ...]`.

Reads DIR/company.json and DIR/notes.jsonl, links every note that holds an insight in the order of
time, gives each reply the customers of its thread's earlier notes as they were linked (never as
they are labelled), and compares with the labels. With `--errors` it lists what went wrong.
"""

import argparse
import json
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.domain.customer import Contact, Customer
from bot.services.customer_linking import CustomerLinker, LinkContext, Linking

_HEADING = "corpus     notes  exact  wrong missed offered  slowest ms"


@dataclass(frozen=True, slots=True)
class Outcome:
    """One note: the customers it is on by its label, by the linker, and the candidates."""

    note_id: str
    channel: str
    in_thread: bool
    text: str
    gold: frozenset[str]
    linked: frozenset[str]
    candidates: frozenset[str]
    milliseconds: float

    @property
    def is_exact(self) -> bool:
        """Whether just the labelled customers were linked."""
        return self.gold == self.linked

    @property
    def is_wrong(self) -> bool:
        """Whether a customer was linked that is not in the label."""
        return not self.linked <= self.gold


def main() -> None:
    """Print a line a corpus."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpora", type=Path, nargs="+", metavar="DIR")
    parser.add_argument("--errors", action="store_true", help="list every note that is not exact")
    options = parser.parse_args()
    _say(_HEADING)
    every: list[Outcome] = []
    for folder in options.corpora:
        outcomes = list(outcomes_of(folder))
        every += outcomes
        _say(_line(folder.name, outcomes))
        if options.errors:
            for outcome in outcomes:
                if not outcome.is_exact:
                    _say(_error(outcome))
    if len(options.corpora) > 1:
        _say(_line("all", every))


def outcomes_of(folder: Path) -> Iterator[Outcome]:
    """Every note of a corpus that holds an insight, linked in the order of time."""
    company = json.loads((folder / "company.json").read_text(encoding="utf-8"))
    linker = CustomerLinker(customers_of(company), [e["name"] for e in company["employees"]])
    names = {customer.id: customer.name for customer in customers_of(company)}
    threads: dict[str, list[Linking]] = {}
    for note in _notes(folder):
        root = note["thread"] or note["id"]
        earlier = threads.setdefault(root, [])
        context = LinkContext(
            conversation_name=note["channel_name"],
            thread_customer_ids=tuple(i for link in reversed(earlier) for i in link.customer_ids),
        )
        start = time.perf_counter()
        linking = linker.link(note["text"], context)
        took = (time.perf_counter() - start) * 1000
        if not note["is_insight"]:
            continue
        earlier.append(linking)
        yield Outcome(
            note["id"],
            note["channel_name"],
            bool(note["thread"]),
            note["text"],
            frozenset(note["customers"]),
            frozenset(names[i] for i in linking.customer_ids),
            frozenset(customer.name for customer in linking.candidates),
            took,
        )


def customers_of(company: dict[str, Any]) -> list[Customer]:
    """The customers of a company file; a contact is a name, or a name with a role."""
    return [
        Customer(
            id=f"C{number}",
            workspace="eval",
            name=entry["name"],
            aliases=tuple(entry.get("aliases", ())),
            industry=entry.get("industry") or "",
            contacts=tuple(
                Contact(contact) if isinstance(contact, str) else Contact(contact["name"])
                for contact in entry.get("contacts", ())
            ),
        )
        for number, entry in enumerate(company["customers"])
    ]


def _notes(folder: Path) -> list[dict[str, Any]]:
    with (folder / "notes.jsonl").open(encoding="utf-8") as lines:
        return sorted(map(json.loads, lines), key=lambda note: str(note["posted_at"]))


def _line(name: str, outcomes: list[Outcome]) -> str:
    linked = [o for o in outcomes if o.linked]
    wrong = sum(o.is_wrong for o in outcomes) / max(1, len(linked))
    exact = sum(o.is_exact for o in outcomes) / max(1, len(outcomes))
    missed = sum(bool(o.gold) and not o.linked for o in outcomes)
    offered = sum(bool(o.candidates) and not o.linked for o in outcomes)
    slowest = max((o.milliseconds for o in outcomes), default=0.0)
    return (
        f"{name:<10} {len(outcomes):>5} {exact:>6.3f} {wrong:>6.3f} {missed:>6} {offered:>7}"
        f"  {slowest:.1f}"
    )


def _error(outcome: Outcome) -> str:
    kind = "WRONG " if outcome.is_wrong else "missed"
    thread = " (reply)" if outcome.in_thread else ""
    return (
        f"  {kind} {outcome.note_id} #{outcome.channel}{thread}: {outcome.text!r}\n"
        f"         label {sorted(outcome.gold)} linked {sorted(outcome.linked)}"
        f" candidates {sorted(outcome.candidates)}"
    )


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")


if __name__ == "__main__":
    main()
