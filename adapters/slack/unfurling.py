"""Links to customers: when one is written in Slack, and the card that Slack shows beside it.

Slack tells of links wherever they are written, also where the bot is not, and of a draft before
the message itself. A draft gets no card: Slack attaches what it is given for one to the message,
and where that will be read nobody knows yet. For the message it asks again.
Sources: docs.slack.dev/messaging/unfurling-links-in-messages, docs.slack.dev/reference/methods
/chat.unfurl.
"""

from collections.abc import Mapping
from typing import Annotated, Final, Literal, TypeAlias

from pydantic import BeforeValidator, StringConstraints
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack import blocks
from adapters.slack.api import ask
from adapters.slack.blocks import URL_LIMIT, Json
from adapters.slack.config import Installation
from adapters.slack.message_parts import kind_of
from adapters.slack.parse import read_as
from adapters.slack.payloads import EventEnvelope, Id, Part, Payload, Text
from adapters.slack.text import units
from bot.domain.addresses import CustomerAddresses
from bot.messages import Card, CustomerLink, LinksShared, Outgoing, Place

EVENT: Final = "link_shared"

CARD_BLOCKS: Final = 20
CARD_SIZE: Final = 4000
"""Of all texts of a card together: far below what Slack takes, and a card is for a glance."""

_DRAFT = "composer"
_MOST_LINKS = 50
_PREVIEW_TITLE = 150

_MessageId: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.-]{1,255}$")]


def _addresses(links: object) -> object:
    """Those that are there; one that is broken takes none of the others with it."""
    listed = links[:_MOST_LINKS] if isinstance(links, list) else ()
    urls = (link.get("url") for link in listed if isinstance(link, Mapping))
    return tuple(url for url in urls if isinstance(url, str) and len(url) <= URL_LIMIT)


class _LinkShared(Part):
    type: Literal["link_shared"]
    user: Id
    channel: Id | None = None
    message_ts: _MessageId
    source: Text = ""
    links: Annotated[tuple[str, ...], BeforeValidator(_addresses)]


class _Callback(EventEnvelope):
    event: _LinkShared


def shared(
    payload: Payload, here: Installation, addresses: CustomerAddresses
) -> LinksShared | None:
    """That somebody posted links to customers of ours; None for other links, and for our own."""
    callback = read_as(_Callback, payload)
    if callback is None or here.team_id not in callback.team_ids:
        return None
    event = callback.event
    if event.source == _DRAFT or event.channel is None or event.user == here.bot_user_id:
        return None
    links = _customers_in(event.links, addresses)
    if not links:
        return None
    place = Place("slack", here.workspace, event.channel, kind_of(event.channel, None))
    return LinksShared(place, event.user, links, event.message_ts)


def _customers_in(urls: tuple[str, ...], addresses: CustomerAddresses) -> tuple[CustomerLink, ...]:
    found = ((url, addresses.customer_in(url)) for url in dict.fromkeys(urls))
    return tuple(CustomerLink(url, customer_id) for url, customer_id in found if customer_id)


# --- the cards ----------------------------------------------------------------------------------


async def unfurl(client: AsyncWebClient, outgoing: Outgoing) -> None:
    """Show the reply's cards. Safe to run twice: Slack then changes what it shows."""
    channel, ts = outgoing.place.conversation_id, outgoing.reply_to_message_id or ""
    cards = {card.url: drawn(card) for card in outgoing.reply.cards}
    await ask(client.chat_unfurl(channel=channel, ts=ts, unfurls=cards))


def drawn(card: Card) -> dict[str, object]:
    """A card as Slack takes it; what does not fit is left out at the end."""
    shown: list[Json] = []
    size = 0
    for block in (part for paragraph in card.blocks for part in blocks.shown(paragraph)):
        size += units(block.text)
        if size > CARD_SIZE or len(shown) == CARD_BLOCKS:
            break
        shown.append(dict(block.block))
    title = blocks.plain_text(card.title, _PREVIEW_TITLE)
    return {"blocks": shown, "preview": {"title": dict(title)}}
