"""An answer that is shown to everybody where it was asked for, and what its asker is told."""

from collections.abc import Sequence

from bot.domain.answer import Answer, Citation, Question
from bot.messages import Reply, Visibility
from bot.services.presentation.answer import answered
from bot.services.presentation.phrases import phrase
from bot.services.presentation.words import bold, paragraph


def shared(question: Question, citations: Sequence[Citation], shared_by: str) -> Reply:
    """The question with its evidence in quotes, for all to see, and nothing to press."""
    answer = answered(Answer(question, tuple(citations), (), (), ()))
    who = phrase("shared_by", question.language, person=shared_by)
    return Reply(
        (paragraph(bold(question.text)), *answer.blocks, paragraph(who, subdued=True)),
        shows=answer.shows,
        disseminates=answer.disseminates,
        sources=answer.sources,
        visibility=Visibility.CONVERSATION,
    )


def being_shared(language: str) -> Reply:
    """It is on its way, and the private answer has done its work."""
    return Reply((paragraph(phrase("being_shared", language)),), replaces_source=True)


def shared_before(language: str) -> Reply:
    """It is shared once."""
    return Reply((paragraph(phrase("shared_before", language)),), replaces_source=True)


def not_for_all(language: str) -> Reply:
    """Said to the asker alone, who has read all of it."""
    return Reply((paragraph(phrase("not_for_all", language)),))
