"""What stands in the database and on Slack after processes died: what was lost, what came twice."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, text

from tests.e2e.workplace import Event, Workplace, button_values

_INSIGHTS_TWICE = "SELECT count(*) FROM insights GROUP BY note_id, statement HAVING count(*) > 1"
_STAGES_TWICE = """
    SELECT count(*) FROM stage_events WHERE evidence NOT LIKE 'shown in reply %'
    GROUP BY insight_id, stage, evidence HAVING count(*) > 1
"""
_REPLIES_PUT_OUT_TWICE = (
    "SELECT count(*) FROM outbox WHERE delivery_id <> '' GROUP BY delivery_id HAVING count(*) > 1"
)
_UNFINISHED_JOBS = "SELECT count(*) FROM workflow_status WHERE status <> 'SUCCESS'"


@dataclass(frozen=True, slots=True)
class Effects:
    """How many of each, of so many posted: all but `posted` and `replies_repeated` must be 0.

    `replies_repeated` may be as many as sends were cut short: whether Slack had taken one, nobody
    knows.
    """

    posted: int
    lost: int
    notes_twice: int
    notes_revised: int
    insights_twice: int
    stage_events_twice: int
    questions_twice: int
    replies_put_out_twice: int
    jobs_unfinished: int
    unanswered: int
    replies_repeated: int

    @property
    def wrong(self) -> list[str]:
        """The names of those that should be 0 and are not."""
        may_be = {"posted", "replies_repeated"}
        return [name for name in self.__slots__ if name not in may_be and getattr(self, name) != 0]


def effects_of(
    notes: Sequence[Event], questions: Sequence[Event], engine: Engine, slack: Workplace
) -> Effects:
    """Of notes and questions that were all acknowledged and worked on."""
    with engine.connect() as connection:
        kept = _column(connection, "SELECT message_id FROM notes")
        note_ids = _column(connection, "SELECT id FROM notes")
        asked = _column(connection, "SELECT id FROM questions")
        again = [
            _column(connection, query)
            for query in (_INSIGHTS_TWICE, _STAGES_TWICE, _REPLIES_PUT_OUT_TWICE)
        ]
        revised = _column(connection, "SELECT note_id FROM note_revisions")
        unfinished = _column(connection, _UNFINISHED_JOBS)
    expected = {f"{event['channel']}:{event['ts']}" for event in questions}
    shown = Counter(value for call in slack.replies() for value in set(button_values(call)))
    return Effects(
        posted=len(notes) + len(questions),
        lost=len({event["ts"] for event in notes} - set(kept)) + len(expected - set(asked)),
        notes_twice=_surplus(kept),
        notes_revised=len(revised),
        insights_twice=len(again[0]),
        stage_events_twice=len(again[1]),
        questions_twice=_surplus(asked) + len(set(asked) - expected),
        replies_put_out_twice=len(again[2]),
        jobs_unfinished=int(unfinished[0]),
        unanswered=sum(note_id not in shown for note_id in note_ids),
        replies_repeated=sum(max(0, shown[note_id] - 1) for note_id in note_ids),
    )


def _column(connection: Connection, query: str) -> list[str]:
    return [str(value) for value in connection.execute(text(query)).scalars()]


def _surplus(values: Iterable[str]) -> int:
    return sum(count - 1 for count in Counter(values).values())
