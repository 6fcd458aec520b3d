"""`python -m tests.fuzz [--seconds N] [--seed N] [parser …]`; ends with 1 if any broke."""

import argparse
import sys
import time

from tests.fuzz.parsers import PARSERS
from tests.fuzz.run import fuzz


def _tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> int:
    """Feed each parser, and print what came of it."""
    arguments = argparse.ArgumentParser(prog="tests.fuzz")
    arguments.add_argument("--seconds", type=float, default=600, help="for each parser")
    arguments.add_argument("--seed", type=int, default=int(time.time()))
    arguments.add_argument("parsers", nargs="*", metavar="parser", help=", ".join(PARSERS))
    chosen = arguments.parse_args()
    _tell(f"seed {chosen.seed}")
    broken = 0
    for name in chosen.parsers or PARSERS:
        findings = fuzz(name, seed=chosen.seed, seconds=chosen.seconds)
        _tell(f"{name}: {findings.said}")
        for finding in findings.uncaught:
            _tell(finding)
        broken += bool(findings.uncaught)
    return 1 if broken else 0


sys.exit(main())
