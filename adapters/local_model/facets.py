"""Turns the model's scores into facets, and derives by rule what was not learned."""

import re

from adapters.local_model.linear_model import Reading
from bot.domain.insight import Facets
from bot.domain.taxonomy import (
    Certainty,
    KnowledgeType,
    Moment,
    MomentDirection,
    ProcessStage,
    Signal,
    Source,
    Topic,
    UseKind,
)

_MAX_TOPICS = 3

_TOLD_US = re.compile(
    r"\b(?:told|tells?|sa(?:ys?|id)|asked|asks|wrote|writes|mailed|mails|rang|called|complain\w*|"
    r"wants?|wished|quote|fragt\w*|sagt\w*|schreibt|schrieb|meint\w*|kysyi|sanoi|kertoi|kirjoitti|"
    r"halua\w+|säger|sa|frågade|skriver|skrev|ringde|dice|dijo|pidió|pide|preguntó|pregunta|dit|"
    r"demande|écrit|chiede|vraagt|zegt|schrijft)\b",
    re.IGNORECASE,
)
_MEASURED = re.compile(
    r"\b(?:dashboards?|telemetry|logs?|statistics|stats|crm|erp|order history|usage data|ledger|"
    r"reports? shows?|numbers show|data shows?|export|bi)\b",
    re.IGNORECASE,
)


def facets_from(reading: Reading, text: str) -> Facets:
    """What the model takes the text for; source and weak signal follow from the rest."""
    signal = reading.choice("signal").label
    certainty = Certainty(reading.choice("certainty").label)
    moment = Moment(reading.choice("moment").label) if reading.says_yes("has_moment") else None
    knowledge_type = KnowledgeType(reading.choice("knowledge_type").label)
    return Facets.completed(
        knowledge_type=knowledge_type,
        process_stage=ProcessStage(reading.choice("process_stage").label),
        use_kind=_use_kind(reading),
        signal=None if signal == "none" else Signal(signal),
        topics=_topics(reading),
        moment=moment,
        moment_direction=_direction(reading),
        certainty=certainty,
        source=_source(knowledge_type, certainty, text),
        weak_signal=_is_weak(certainty, moment),
    )


def confidence_in(reading: Reading) -> float:
    """The probability that both knowledge type and process stage are right."""
    kind, stage = reading.choice("knowledge_type"), reading.choice("process_stage")
    return kind.probability * stage.probability


def _use_kind(reading: Reading) -> UseKind:
    is_action = reading.says_yes("action_oriented")
    return UseKind.ACTION_ORIENTED if is_action else UseKind.KNOWLEDGE_ENHANCING


def _direction(reading: Reading) -> MomentDirection:
    return MomentDirection(reading.choice("moment_direction").label)


def _topics(reading: Reading) -> tuple[Topic, ...]:
    """The likeliest topics, best first; one at least, for every insight is on something."""
    names = {topic: f"topic {topic.value}" for topic in Topic}
    ranked = sorted(Topic, key=lambda topic: -reading.probability(names[topic]))
    likely = tuple(topic for topic in ranked if reading.says_yes(names[topic]))
    return likely[:_MAX_TOPICS] or (ranked[0],)


def _source(knowledge_type: KnowledgeType, certainty: Certainty, text: str) -> Source:
    """Hearsay came from outside, a deduction from us, the rest from the customer or systems."""
    if certainty is Certainty.HEARSAY:
        return Source.EXTERNAL_TACIT
    if certainty is Certainty.INFERRED:
        return Source.INTERNAL_TACIT
    if knowledge_type is KnowledgeType.FROM or _TOLD_US.search(text):
        return Source.LISTENING
    return Source.CUSTOMER_DATA if _MEASURED.search(text) else Source.INTERNAL_TACIT


def _is_weak(certainty: Certainty, moment: Moment | None) -> bool:
    """Hearsay, or our own guess at an event to come: kept, and shown as no more than that."""
    is_guessed_event = certainty is Certainty.INFERRED and moment is not None
    return certainty is Certainty.HEARSAY or is_guessed_event
