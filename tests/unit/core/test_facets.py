"""What goes with what among the facets is put right in one place."""

import pytest

from bot.domain.insight import Facets
from bot.domain.taxonomy import (
    Certainty,
    KnowledgeType,
    Moment,
    MomentDirection,
    ProcessStage,
    Source,
    Topic,
    UseKind,
)


def completed(
    stage: ProcessStage = ProcessStage.ACQUISITION,
    use_kind: UseKind | None = None,
    moment: Moment | None = None,
    direction: MomentDirection | None = None,
    topics: tuple[Topic, ...] = (),
) -> Facets:
    return Facets.completed(
        knowledge_type=KnowledgeType.ABOUT,
        process_stage=stage,
        use_kind=use_kind,
        signal=None,
        topics=topics,
        moment=moment,
        moment_direction=direction,
        certainty=Certainty.STATED,
        source=Source.LISTENING,
        weak_signal=False,
    )


@pytest.mark.parametrize(
    ("stage", "chosen", "kept"),
    [
        (ProcessStage.UTILIZATION, None, UseKind.ACTION_ORIENTED),
        (
            ProcessStage.UTILIZATION,
            UseKind.KNOWLEDGE_ENHANCING,
            UseKind.KNOWLEDGE_ENHANCING,
        ),
        (ProcessStage.STORAGE, UseKind.ACTION_ORIENTED, None),
        (ProcessStage.STORAGE, None, None),
    ],
)
def test_a_kind_of_use_goes_with_a_use_only(
    stage: ProcessStage, chosen: UseKind | None, kept: UseKind | None
):
    """A use without its kind is an action; a kind without a use says nothing."""
    assert completed(stage, chosen).use_kind is kept


@pytest.mark.parametrize(
    ("moment", "chosen", "kept"),
    [
        (Moment.COST_PROGRAMME, None, MomentDirection.OPEN),
        (Moment.COST_PROGRAMME, MomentDirection.THREAT, MomentDirection.THREAT),
        (None, MomentDirection.THREAT, None),
        (None, None, None),
    ],
)
def test_a_direction_goes_with_a_moment_only(
    moment: Moment | None, chosen: MomentDirection | None, kept: MomentDirection | None
):
    """A moment without a direction is open; a direction without a moment says nothing."""
    assert completed(moment=moment, direction=chosen).moment_direction is kept


def test_a_topic_counts_once():
    """Repeated topics are kept at their first place."""
    chosen = (Topic.NEEDS, Topic.FINANCE, Topic.NEEDS)
    assert completed(topics=chosen).topics == (Topic.NEEDS, Topic.FINANCE)
