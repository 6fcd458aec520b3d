"""A person's own page: their notes and what became of them, their customers, what is not known."""

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from itertools import count

from bot.domain.answer import KnowledgeNeed, Question
from bot.domain.home import News, OwnedCustomer, OwnMatters, OwnNote
from bot.domain.insight import Facets, Insight
from bot.domain.moments import MomentEvent
from bot.domain.note import Note
from bot.domain.taxonomy import Belief, Certainty, CustomerStatus
from bot.messages import (
    Action,
    Block,
    Button,
    Home,
    HomeItem,
    HomeSection,
    Paragraph,
    Reply,
    Span,
)
from bot.ports import PageSize
from bot.services.presentation.capture import NameOf, shorten
from bot.services.presentation.words import bold, day, label, listed, paragraph

ON_PAGE = PageSize(notes=5, customers=10, news=5, unanswered=3, needs=5, listening=10)
"""Of how much a page tells: what fits on a screen or two, and stays far below any limit."""

IN_CHAT = PageSize(notes=3, customers=5, news=3, unanswered=1, needs=3, listening=5)
"""The same for a message."""

MINE = PageSize(notes=10, customers=0, news=0, unanswered=0, needs=0, listening=0)
"""Of their notes alone."""

_QUOTED = 160
_QUESTION = 200
_MOST_CHANGES = 3
_MOST_BUTTONS_IN_CHAT = 6

LinkTo = Callable[[str], str | None]
"""From a customer's id to the address that it is shared by, where there are addresses."""


def home(matters: OwnMatters, name_of: NameOf, link_to: LinkTo, size: PageSize) -> Home:
    """The page; `matters` hold one of each kind more than is shown where there are more."""
    notes, news = matters.notes[: size.notes], matters.news[: size.news]
    return Home(
        (
            HomeSection("Your notes", tuple(_notes(notes, name_of))),
            HomeSection(
                "Your customers this week", tuple(_customers(matters, name_of, link_to, size))
            ),
            HomeSection("To find out", tuple(_unknown(matters, size))),
            HomeSection("Settings", (_settings(matters.listening[: size.listening]),)),
        ),
        shows=tuple(dict.fromkeys([n.record.note.id for n in notes] + [n.note.id for n in news])),
        disseminates=tuple(one.insight.id for one in news),
    )


def with_moments(
    page: Home, events: Sequence[MomentEvent], items: Sequence[HomeItem], reader_id: str
) -> Home:
    """The page with what its reader has to deal with on top, if there is any."""
    if not events:
        return page
    shows = (*page.shows, *(telling.note.id for event in events for telling in event.tellings))
    told = (event.latest for event in events if event.latest.note.author_id != reader_id)
    return dataclasses.replace(
        page,
        sections=(HomeSection("Moments to deal with", tuple(items)), *page.sections),
        shows=tuple(dict.fromkeys(shows)),
        disseminates=tuple(dict.fromkeys((*page.disseminates, *(t.insight.id for t in told)))),
    )


def mine(notes: Sequence[OwnNote], name_of: NameOf) -> Home:
    """A person's notes and what became of each."""
    section = HomeSection("Your notes", tuple(_notes(notes, name_of)))
    return Home((section,), shows=tuple(own.record.note.id for own in notes))


def in_chat(page: Home) -> Reply:
    """The same as a message: what has a button is numbered as its button is."""
    blocks: list[Block] = []
    buttons: list[Button] = []
    numbers = count(1)
    for section in page.sections:
        blocks.append(paragraph(bold(section.title)))
        for item in section.items:
            fits = len(buttons) + len(item.buttons) <= _MOST_BUTTONS_IN_CHAT
            if item.buttons and fits:
                number = next(numbers)
                buttons += [_numbered(button, number) for button in item.buttons]
                blocks += [_with_number(item.blocks[0], number), *item.blocks[1:]]
            else:
                blocks += item.blocks
    return Reply(tuple(blocks), tuple(buttons), shows=page.shows, disseminates=page.disseminates)


def _numbered(button: Button, number: int) -> Button:
    return dataclasses.replace(button, label=f"{button.label} ({number})")


def _with_number(block: Block, number: int) -> Block:
    if not isinstance(block, Paragraph):
        return block
    return dataclasses.replace(block, spans=(Span(f"({number}) "), *block.spans))


# --- notes --------------------------------------------------------------------------------------


def _notes(notes: Sequence[OwnNote], name_of: NameOf) -> Iterator[HomeItem]:
    for own in notes:
        yield _note(own, name_of)
    if not notes:
        yield _sentence(
            "Nothing noted yet. Tell me what you heard from a customer: write to me, or use /note."
        )


def _note(own: OwnNote, name_of: NameOf) -> HomeItem:
    record = own.record
    first = record.insights[0] if record.insights else None
    kinds = _kinds(first.facets) if first else ["no customer knowledge found"]
    source = _source(record.note, record.conversation_name, [*kinds, _fate(own)])
    names = [name_of(customer_id) for customer_id in record.customer_ids]
    return HomeItem(
        (_line(names, record.note.text), source),
        (*_change_buttons(record.insights, record.note.id), _undo(record.note.id)),
    )


def _fate(own: OwnNote) -> str:
    """What became of it: `corrected and shown to 2 people`."""
    fate = ["corrected"] if own.is_corrected else []
    if own.shown_to:
        fate.append(f"shown to {own.shown_to} {'person' if own.shown_to == 1 else 'people'}")
    if own.is_used:
        fate.append("used")
    return listed(fate) or "kept"


def _change_buttons(insights: Sequence[Insight], note_id: str) -> list[Button]:
    if not insights:
        return [Button("Keep as knowledge", Action.KEEP, note_id)]
    if len(insights) == 1:
        return [Button("Change", Action.CHANGE, insights[0].id)]
    return [
        Button(f"Change statement {number}", Action.CHANGE, insight.id)
        for number, insight in enumerate(insights[:_MOST_CHANGES], start=1)
    ]


def _undo(note_id: str) -> Button:
    return Button("Undo", Action.UNDO, note_id)


# --- customers ----------------------------------------------------------------------------------


def _customers(
    matters: OwnMatters, name_of: NameOf, link_to: LinkTo, size: PageSize
) -> Iterator[HomeItem]:
    if not matters.customers:
        yield _sentence(
            "You look after no customer yet. To add one, type /earshot customer Novara Pharma; "
            "Novara. What others hear about it then appears here."
        )
        return
    yield HomeItem((_owned(matters.customers, link_to, size.customers),))
    for news in matters.news[: size.news]:
        yield _news(news, name_of)
    if len(matters.news) > size.news:
        yield _more("/ask me what is new at one of them")
    if not matters.news:
        yield _sentence("Nobody else noted anything about them this week.")


def _owned(customers: Sequence[OwnedCustomer], link_to: LinkTo, most: int) -> Paragraph:
    """All in one line: `Acme · Novara (prospect, 2 new)`; each name is a link to share."""
    spans: list[str | Span] = []
    for one in customers[:most]:
        spans += [" · ", Span(one.name, bold=True, href=link_to(one.id)), _facts(one)]
    more = " · and more" if len(customers) > most else ""
    return paragraph(*spans[1:], more)


def _facts(one: OwnedCustomer) -> str:
    facts = [] if one.status is CustomerStatus.EXISTING else [label(one.status)]
    if one.news:
        facts.append(f"{one.news} new")
    return f" ({', '.join(facts)})" if facts else ""


def _news(news: News, name_of: NameOf) -> HomeItem:
    names = [name_of(customer_id) for customer_id in news.insight.customer_ids]
    beliefs = [] if news.insight.belief is Belief.UNVERIFIED else [label(news.insight.belief)]
    facts = [news.note.author_name, *_kinds(news.insight.facets), *beliefs]
    source = _source(news.note, news.conversation_name, facts)
    return HomeItem((_line(names, news.insight.statement), source))


# --- what is not known --------------------------------------------------------------------------


def _unknown(matters: OwnMatters, size: PageSize) -> Iterator[HomeItem]:
    for question in matters.unanswered[: size.unanswered]:
        yield _unanswered(question)
    for need in matters.needs[: size.needs]:
        yield _need(need)
    if len(matters.needs) > size.needs:
        yield _more("/earshot needs")
    if not matters.unanswered and not matters.needs:
        yield _sentence("Nothing to find out. Questions that nobody could answer appear here.")


def _unanswered(question: Question) -> HomeItem:
    return HomeItem(
        (
            paragraph(shorten(question.text, _QUESTION)),
            paragraph(f"You asked on {day(question.asked_at)} · nobody has told us", subdued=True),
        ),
        (Button("Record as a need", Action.RECORD_NEED, question.id),),
    )


def _need(need: KnowledgeNeed) -> HomeItem:
    source = paragraph(f"Knowledge need · open since {day(need.asked_at)}", subdued=True)
    return HomeItem((paragraph(shorten(need.text, _QUESTION)), source))


# --- settings -----------------------------------------------------------------------------------


def _settings(listening: Sequence[str]) -> HomeItem:
    """What can be set, and where: a channel is told of it, so it is set in the channel."""
    if listening:
        where = listed([f"#{name}" for name in listening])
        first = f"I read along in {where}. To stop me, type /earshot listen off there."
    else:
        first = "I read along in none of your channels. To start me, type /earshot listen on there."
    return HomeItem(
        (
            paragraph(first),
            paragraph("/earshot help shows what else I can do.", subdued=True),
        )
    )


# --- parts of a line ----------------------------------------------------------------------------


def _line(names: Sequence[str], words: str) -> Paragraph:
    said = f"“{shorten(words, _QUOTED)}”"
    return paragraph(bold(listed(names)), f" {said}") if names else paragraph(said)


def _source(note: Note, conversation_name: str, facts: Sequence[str]) -> Paragraph:
    """When, with the permalink; where; and what there is to say of it."""
    where = f"#{conversation_name}" if conversation_name else "direct message"
    rest = " · ".join(part for part in (where, *facts) if part)
    return paragraph(Span(day(note.posted_at), href=note.permalink), f" · {rest}", subdued=True)


def _kinds(facets: Facets) -> list[str]:
    """What makes it worth a second look."""
    kinds = [label(kind) for kind in (facets.signal, facets.moment) if kind]
    if facets.certainty is not Certainty.STATED:
        kinds.append(label(facets.certainty))
    if facets.weak_signal:
        kinds.append("weak signal")
    return kinds


def _sentence(text: str) -> HomeItem:
    return HomeItem((paragraph(text),))


def _more(where: str) -> HomeItem:
    return HomeItem((paragraph(f"… and more: {where}", subdued=True),))
