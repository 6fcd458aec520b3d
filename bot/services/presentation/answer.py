"""What the bot says to a question: sentences with citations, or that nobody has told us."""

from collections.abc import Sequence

from bot.domain.answer import Answer, Citation, Expert, Question
from bot.domain.taxonomy import Belief, Certainty
from bot.messages import Action, Block, Button, Paragraph, Quote, Reply, Source, Span
from bot.services.presentation.phrases import phrase
from bot.services.presentation.rating import rating_buttons
from bot.services.presentation.words import bold, day, label, listed, paragraph


def answered(answer: Answer, *, among_others: bool = False) -> Reply:
    """An answer with its evidence, or an abstention with what to do next.

    It is the asker's alone; `among_others` they can share it with those who are there.
    """
    if answer.abstained:
        return _nothing_known(answer)
    blocks: list[Block] = [
        paragraph(sentence.text, *(Span(f" [{number}]") for number in sentence.citations))
        for sentence in answer.sentences
    ]
    if any(citation.hit.insight.belief is Belief.DISPUTED for citation in answer.citations):
        blocks.append(paragraph(phrase("disputed", answer.question.language)))
    with_quotes = not answer.sentences
    for citation in answer.citations:
        blocks.extend(_evidence(citation, with_quote=with_quotes))
    shows = tuple(dict.fromkeys(citation.hit.note.id for citation in answer.citations))
    share = _share_button(answer) if among_others else ()
    return Reply(
        tuple(blocks),
        (*share, *rating_buttons(answer.question), _used_button(answer.question)),
        shows=shows,
        disseminates=_told_by_others(answer),
        sources=tuple(map(_source, answer.citations)),
    )


def _share_button(answer: Answer) -> tuple[Button]:
    question = answer.question
    return (Button(phrase("share_here", question.language), Action.SHARE, question.id),)


def _used_button(question: Question) -> Button:
    return Button(phrase("used_it", question.language), Action.USED_ANSWER, question.id)


def _told_by_others(answer: Answer) -> tuple[str, ...]:
    """The cited insights that are news to whoever asked, since somebody else contributed them."""
    asker = answer.question.asker_id
    hits = [citation.hit for citation in answer.citations]
    return tuple(dict.fromkeys(hit.insight.id for hit in hits if hit.note.author_id != asker))


def _evidence(citation: Citation, *, with_quote: bool) -> list[Block]:
    blocks: list[Block] = [Quote(citation.quote)] if with_quote else []
    blocks.append(_source_line(citation))
    return blocks


def _source_line(citation: Citation) -> Paragraph:
    """The number with the permalink, and where it is from."""
    number = Span(f"[{citation.number}]", href=citation.hit.note.permalink)
    return paragraph(number, f" {_origin(citation)}", subdued=True)


def _source(citation: Citation) -> Source:
    permalink = citation.hit.note.permalink
    return Source(citation.number, _origin(citation), citation.quote, permalink)


def _origin(citation: Citation) -> str:
    """Who, where, when, and the belief."""
    hit = citation.hit
    where = f"#{hit.conversation_name}" if hit.conversation_name else "direct message"
    parts = [hit.note.author_name, where, day(hit.note.posted_at)]
    parts.append(label(hit.insight.belief))
    if hit.insight.facets.certainty is not Certainty.STATED:
        parts.append(label(hit.insight.facets.certainty))
    if hit.insight.facets.weak_signal:
        parts.append("weak signal")
    return " · ".join(part for part in parts if part)


def _nothing_known(answer: Answer) -> Reply:
    language = answer.question.language
    blocks: list[Block] = [paragraph(phrase("nothing_known", language))]
    if answer.experts:
        blocks.append(paragraph(phrase("who_might_know", language, names=_names(answer.experts))))
    need = Button(phrase("record_need", language), Action.RECORD_NEED, answer.question.id)
    note = Button(phrase("keep_as_note", language), Action.NOTE_INSTEAD, answer.question.id)
    return Reply(tuple(blocks), (need, note, *rating_buttons(answer.question)))


def _names(experts: Sequence[Expert]) -> str:
    return listed([expert.name for expert in experts], last="&")


def need_recorded(language: str) -> Reply:
    """The need is kept."""
    return Reply((paragraph(phrase("need_recorded", language)),), replaces_source=True)


def ask_what() -> Reply:
    """A question without words."""
    return Reply(
        (
            paragraph(
                "What would you like to know? For example: ", bold("/ask who decides at Novara?")
            ),
        )
    )
