"""The questions that the classifier's heads answer, each asked of the notes it applies to."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.domain.taxonomy import Topic, UseKind
from training.labelled_notes import NOTHING, LabelledNote

YES = "yes"
NO = "no"


@dataclass(frozen=True, slots=True)
class HeadQuestion:
    """`answer` gives the right label; a yes/no question's labels are `yes` and `no`.

    Where `least_precision` is set, yes is said as often as keeps that share of it right; else as
    often as makes macro-F1 best.
    """

    name: str
    applies: Callable[[LabelledNote], bool]
    answer: Callable[[LabelledNote], str]
    is_yes_no: bool = False
    least_precision: float | None = None


def head_questions() -> tuple[HeadQuestion, ...]:
    """Every head, in the order of its columns."""
    return (
        # A note that is missed is lost, so this leans to yes; but chatter is not to be kept.
        HeadQuestion(
            "captured",
            _always,
            lambda n: _yes(n.is_insight),
            is_yes_no=True,
            least_precision=0.98,
        ),
        HeadQuestion("knowledge_type", _is_insight, lambda n: n.knowledge_type),
        HeadQuestion("process_stage", _is_insight, lambda n: n.process_stage),
        HeadQuestion(
            "action_oriented",
            lambda n: n.use_kind != NOTHING,
            lambda n: _yes(n.use_kind == UseKind.ACTION_ORIENTED),
            is_yes_no=True,
        ),
        HeadQuestion("signal", _is_insight, lambda n: n.signal),
        HeadQuestion("certainty", _is_insight, lambda n: n.certainty),
        HeadQuestion("has_moment", _is_insight, lambda n: _yes(_has_moment(n)), is_yes_no=True),
        HeadQuestion("moment", _has_moment, lambda n: n.moment),
        HeadQuestion("moment_direction", _has_moment, lambda n: n.moment_direction),
        *(_topic_question(topic) for topic in Topic),
    )


def _topic_question(topic: Topic) -> HeadQuestion:
    return HeadQuestion(
        f"topic {topic.value}", _is_insight, lambda n: _yes(topic in n.topics), is_yes_no=True
    )


def _always(_: LabelledNote) -> bool:
    return True


def _is_insight(labelled: LabelledNote) -> bool:
    return labelled.is_insight


def _has_moment(labelled: LabelledNote) -> bool:
    return labelled.moment != NOTHING


def _yes(answer: bool) -> str:
    return YES if answer else NO
