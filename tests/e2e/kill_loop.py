"""Kills the product with -9 at random moments, and looks at what became of what it acknowledged.

    python -m tests.e2e.kill_loop --database sqlite --kills 200 --messages 10000

`earshot run` over HTTP with signed events, against a Slack on loopback; each event comes again
until it is acknowledged, and some once more. Says what it found as JSON, and ends with 1 if that
is wrong.
"""

import argparse
import json
import random
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.e2e.effects import Effects, effects_of
from tests.e2e.posters import Senders
from tests.e2e.processes import Installation, wait_until
from tests.e2e.workplace import Event, Workplace

WORKERS = 2
"""How many replies a process sends at once: so many may one kill cut short."""

_AGAIN = 0.2
_EVERY_QUESTION = 10
_LONGEST_LIFE_S = 1.5
_LONGEST_START_S = 2.5
_END_S = 3600.0


@dataclass(frozen=True, slots=True)
class KillReport:
    """What was done, and what came of it."""

    database: str
    kills: int
    killed_while_starting: int
    events_repeated: int
    ended_in_s: float
    effects: Effects
    took_s: float

    @property
    def is_right(self) -> bool:
        """Whether nothing was lost or done twice, and no more was sent again than was under way."""
        in_flight = self.kills * WORKERS
        return not self.effects.wrong and self.effects.replies_repeated <= in_flight

    def as_json(self) -> str:
        """All of it."""
        return json.dumps({"is_right": self.is_right, **asdict(self)}, indent=2)


class KillLoop:
    """Lives of one product on one database, each cut short."""

    def __init__(self, installation: Installation, slack: Workplace, seed: int) -> None:
        self._installation = installation
        self._slack = slack
        self._chance = random.Random(seed)
        self._senders = Senders(installation, lambda: self._chance.random() < _AGAIN)
        self._killed_while_starting = 0

    def run(self, kills: int, messages: int) -> KillReport:
        """Post so many, in a portion a life; the last life is let to work all off."""
        began = time.monotonic()
        events = [self._event(number) for number in range(messages)]
        try:
            for number in range(kills):
                first, end = (messages * n // kills for n in (number, number + 1))
                self._senders.send(events[first:end])
                self._live_and_die()
            ended_in_s = self._live_on()
        finally:
            self._senders.give_up()
        return KillReport(
            database=self._installation.url.partition(":")[0],
            kills=kills,
            killed_while_starting=self._killed_while_starting,
            events_repeated=self._senders.repeated,
            ended_in_s=round(ended_in_s, 2),
            effects=self._effects(events),
            took_s=round(time.monotonic() - began, 1),
        )

    def _event(self, number: int) -> Event:
        if number % _EVERY_QUESTION == 0:
            return self._slack.mention(f"What does Novara Pharma say about report {number}?")
        return self._slack.mention(f"Novara Pharma wants report {number} two weeks earlier")

    def _live_and_die(self) -> None:
        process = self._installation.start("run")
        if self._chance.random() < 0.2:
            time.sleep(self._chance.uniform(0, _LONGEST_START_S))
            self._killed_while_starting += not self._installation.is_ready()
        else:
            process.wait_until(self._installation.is_ready, "to be ready")
            time.sleep(self._chance.uniform(0, _LONGEST_LIFE_S))
        process.kill()

    def _live_on(self) -> float:
        """Work everything off, and end as asked to; how many seconds that took."""
        process = self._installation.start_ready("run")
        self._senders.finish()
        with self._installation.store() as store:
            wait_until(
                lambda: not list(store.waiting()),
                "for all work to be done",
                every_s=0.2,
                patience_s=_END_S,
            )
        exit_code, took_s = process.terminate()
        assert exit_code == 0, process.output
        return took_s

    def _effects(self, events: list[Event]) -> Effects:
        questions = events[::_EVERY_QUESTION]
        notes = [event for number, event in enumerate(events) if number % _EVERY_QUESTION]
        with self._installation.engine() as engine:
            return effects_of(notes, questions, engine, self._slack)


def kill_on_sqlite(folder: Path, kills: int, messages: int, seed: int) -> KillReport:
    """The whole loop on a new database file."""
    slack = Workplace(rooms=400)
    installation = Installation(folder, slack)
    try:
        return KillLoop(installation, slack, seed).run(kills, messages)
    finally:
        installation.close()
        slack.close()


def main() -> int:
    """Kill, and say what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=["sqlite"], default="sqlite")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--messages", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=random.randrange(2**32))
    parser.add_argument("--report", type=Path, help="a file for the report, too")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        report = kill_on_sqlite(Path(folder), asked.kills, asked.messages, asked.seed)
    sys.stdout.write(f"seed {asked.seed}\n{report.as_json()}\n")
    if asked.report:
        asked.report.write_text(report.as_json(), encoding="utf-8")
    return 0 if report.is_right else 1


if __name__ == "__main__":
    sys.exit(main())
