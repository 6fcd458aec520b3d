"""The buttons under an answer that ask whether it was of use, and what follows a press."""

from bot.domain.answer import Question
from bot.messages import Action, Button, FieldKind, Form, FormField, Reply
from bot.services.presentation.phrases import phrase
from bot.services.presentation.words import paragraph


def rating_buttons(question: Question) -> tuple[Button, Button]:
    """Under every answer, also under one that says that nobody has told us."""
    return (
        Button(phrase("answer_helped", question.language), Action.RATE_GOOD, question.id),
        Button(phrase("answer_did_not_help", question.language), Action.RATE_BAD, question.id),
    )


def what_was_wrong(question: Question, remark: str) -> Reply:
    """A bad rating is kept; one line may say why."""
    title = phrase("what_was_wrong", question.language)
    field = FormField(
        "remark",
        phrase("remark", question.language),
        FieldKind.TEXT,
        value=(remark,) if remark else (),
        hint=phrase("rating_is_kept", question.language),
    )
    submit = phrase("send_remark", question.language)
    return Reply((), form=Form(title, Action.SAVE_REMARK, question.id, (field,), submit))


def noted(language: str) -> Reply:
    """What was pressed or written is kept."""
    return Reply((paragraph(phrase("rating_noted", language), subdued=True),))
