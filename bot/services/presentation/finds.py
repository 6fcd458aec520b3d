"""What a search found, to be chosen from a list and put into a conversation; and a whole note."""

from collections.abc import Sequence

from bot.domain.home import News
from bot.domain.insight import Insight
from bot.domain.note import Note
from bot.domain.taxonomy import Belief
from bot.messages import Action, Button, Paragraph, Quote, Reply, Span
from bot.ports import Find
from bot.services.presentation.capture import NameOf, shorten
from bot.services.presentation.words import bold, day, facet_line, label, listed, paragraph

_TITLE = 80
_LINE = 100


def find(news: News, name_of: NameOf) -> Find:
    """An insight as a line of a list, and as the card that is inserted."""
    customers = listed([name_of(one) for one in news.insight.customer_ids])
    statement = news.insight.statement
    line = " · ".join([customers or "No customer", news.note.author_name, day(news.note.posted_at)])
    return Find(shorten(statement, _TITLE), shorten(line, _LINE), _card(news, customers))


def _card(news: News, customers: str) -> Reply:
    head = (paragraph(bold(customers)),) if customers else ()
    kinds = paragraph(facet_line(news.insight.facets), subdued=True)
    source = _source_line(news.note, news.conversation_name, news.insight)
    return Reply(
        (*head, Quote(news.insight.statement), kinds, source),
        (Button("Whole note", Action.SHOW_NOTE, news.note.id),),
        shows=(news.note.id,),
    )


def whole_note(note: Note, conversation_name: str) -> Reply:
    """Everything that was written, as it was written, and where: a window may cut its end."""
    return Reply((_source_line(note, conversation_name), Quote(note.text)), shows=(note.id,))


def _source_line(note: Note, conversation_name: str, insight: Insight | None = None) -> Paragraph:
    where = f"#{conversation_name}" if conversation_name else "direct message"
    facts = [note.author_name, where, *(_belief(insight) if insight else ())]
    when = Span(day(note.posted_at), href=note.permalink)
    return paragraph(when, f" · {' · '.join(facts)}", subdued=True)


def _belief(insight: Insight) -> Sequence[str]:
    return [] if insight.belief is Belief.UNVERIFIED else [label(insight.belief)]
