"""What is said of one customer: on the card that a link unfolds into, and in full."""

from collections.abc import Iterator, Sequence

from bot.domain.customer import Customer
from bot.domain.home import News
from bot.domain.insight import Insight
from bot.domain.profile import CustomerProfile
from bot.domain.taxonomy import Belief, Certainty, Signal
from bot.messages import Block, Card, Paragraph, Reply, Span
from bot.services.presentation.capture import shorten
from bot.services.presentation.words import day, label, paragraph

LATEST_ON_CARD = 3

_QUOTED_ON_CARD = 160
_NAME = 80
_OVER = {Belief.SUPERSEDED, Belief.EXPIRED}


def card(profile: CustomerProfile, url: str) -> Card:
    """The customer at a glance: who looks after it, what is open, and what was told last."""
    latest = profile.told[:LATEST_ON_CARD]
    return Card(
        url,
        profile.customer.name,
        (
            *_head(profile, None),
            *(block for one in latest for block in _told(one, _QUOTED_ON_CARD)),
        ),
    )


def everything(profile: CustomerProfile, link: str | None) -> Reply:
    """Every insight in its own words, with its source, the latest first."""
    more = paragraph(f"These are the latest {len(profile.told)}; there are more.", subdued=True)
    told = [block for one in profile.told for block in _told(one, None)]
    blocks = (*_head(profile, link), *told, *([more] if profile.has_more else []))
    shows = tuple(dict.fromkeys(one.note.id for one in profile.told))
    return Reply(blocks, shows=shows, names=(profile.customer.id,))


def unknown(name: str) -> Reply:
    """Nobody is registered under this name, or nobody whom the person may know of."""
    shown = shorten(name, _NAME)
    return Reply(
        (
            paragraph(f"I do not know “{shown}” as a customer."),
            paragraph(f"To add it: /earshot customer {shown};", subdued=True),
        )
    )


def which(name: str, candidates: Sequence[Customer]) -> Reply:
    """Several could be meant."""
    lines = (paragraph(f"/earshot customer {one.name}") for one in candidates)
    asked = paragraph(f"Which one do you mean by “{shorten(name, _NAME)}”?")
    return Reply((asked, *lines), names=tuple(one.id for one in candidates))


# --- parts --------------------------------------------------------------------------------------


def _head(profile: CustomerProfile, link: str | None) -> Iterator[Block]:
    yield paragraph(Span(profile.customer.name, bold=True, href=link))
    yield paragraph(" · ".join(_facts(profile)), subdued=True)
    counts = " · ".join(_counts(profile))
    if counts:
        yield paragraph(counts)
    if not profile.told:
        yield paragraph("Nothing is noted that may be shown here.")


def _facts(profile: CustomerProfile) -> Iterator[str]:
    customer = profile.customer
    yield label(customer.status).capitalize()
    if customer.segment:
        yield customer.segment
    if profile.owner_name:
        yield f"owned by {profile.owner_name}"
    if customer.aliases:
        yield f"also {', '.join(customer.aliases)}"


def _counts(profile: CustomerProfile) -> Iterator[str]:
    """What is open, of what was counted; a plus says that there may be more."""
    plus = "+" if profile.has_more else ""
    current = [one.insight for one in profile.told if one.insight.belief not in _OVER]
    moments = sum(insight.facets.moment is not None for insight in current)
    complaints = sum(insight.facets.signal is Signal.COMPLAINT for insight in current)
    if moments:
        yield f"{moments}{plus} {'moment' if moments == 1 else 'moments'}"
    if complaints:
        yield f"{complaints}{plus} {'complaint' if complaints == 1 else 'complaints'}"
    if profile.needs:
        yield f"{profile.needs} to find out"


def _told(one: News, most_characters: int | None) -> tuple[Paragraph, Paragraph]:
    statement = one.insight.statement
    words = statement if most_characters is None else shorten(statement, most_characters)
    where = f"#{one.conversation_name}" if one.conversation_name else "direct message"
    facts = " · ".join([one.note.author_name, where, *_kinds(one.insight)])
    when = Span(day(one.note.posted_at), href=one.note.permalink)
    return paragraph(f"“{words}”"), paragraph(when, f" · {facts}", subdued=True)


def _kinds(insight: Insight) -> Iterator[str]:
    facets = insight.facets
    yield from (label(kind) for kind in (facets.signal, facets.moment) if kind)
    if facets.certainty is not Certainty.STATED:
        yield label(facets.certainty)
    if insight.belief is not Belief.UNVERIFIED:
        yield label(insight.belief)
