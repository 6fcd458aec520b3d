"""Links to customers unfold into cards that tell what everybody who reads them may know."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from bot.domain.audience import Audience
from bot.domain.profile import CustomerProfile
from bot.messages import LinksShared, Reply, Visibility
from bot.ports import MessageSource
from bot.services.places import Places
from bot.services.presentation import customers as say
from bot.services.profiles import ProfileReader

_COUNTED = 200
_MOST_CARDS = 5

_Found: TypeAlias = tuple[str, CustomerProfile]
"""A link as it was written, and what is known of whom it means."""


@dataclass(frozen=True, slots=True)
class ShowCards:
    """Says nothing at all where there is nothing that may be shown."""

    profiles: ProfileReader
    places: Places
    sources: Mapping[str, MessageSource]

    def unfold(self, shared: LinksShared) -> tuple[Reply, ...]:
        """A card for each customer whom the readers may know of. Raises MessageUnavailable."""
        source = self.sources.get(shared.place.channel)
        if source is None or not source.is_ours(shared.place.workspace, shared.person_id):
            return ()
        audience = self._audience(shared)
        if audience is None:
            return ()
        found = tuple(self._found(shared, audience))
        if not found:
            return ()
        shown = [one.note.id for _, profile in found for one in profile.told]
        return (
            Reply(
                (),
                cards=tuple(say.card(profile, url) for url, profile in found),
                shows=tuple(dict.fromkeys(shown)),
                names=tuple(dict.fromkeys(profile.customer.id for _, profile in found)),
                disseminates=tuple(_news(found, shared.person_id)),
                visibility=Visibility.CONVERSATION,
            ),
        )

    def _audience(self, shared: LinksShared) -> Audience | None:
        """Who will read the cards; None where that is not known."""
        place = shared.place
        # A link tells of itself in conversations, too, where the bot is not.
        if self.places.conversation(place).member_ids is None:
            return None
        return Audience.of_conversation(place.workspace, place.conversation_id)

    def _found(self, shared: LinksShared, audience: Audience) -> Iterator[_Found]:
        for link in shared.links[:_MOST_CARDS]:
            profile = self.profiles.read(link.customer_id, audience, _COUNTED)
            if profile is not None:
                yield link.url, profile


def _news(found: Iterable[_Found], person_id: str) -> Iterator[str]:
    """The insights in words on the cards that somebody else told than whoever posted them."""
    for _, profile in found:
        for one in profile.told[: say.LATEST_ON_CARD]:
            if one.note.author_id != person_id:
                yield one.insight.id
