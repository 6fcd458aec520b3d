"""Every finder over one text, in the order of how sure it is of what it finds."""

import re
from collections.abc import Callable, Iterator
from typing import Final

from bot.services.personal_data.accounts import find_accounts, find_cards
from bot.services.personal_data.addresses import find_addresses
from bot.services.personal_data.births import find_births
from bot.services.personal_data.contact import find_emails, find_phones
from bot.services.personal_data.health import find_health
from bot.services.personal_data.identities import find_identities
from bot.services.personal_data.spans import MASK, Found, without_overlaps

_WITH_DIGITS: Final[tuple[Callable[[str], Iterator[Found]], ...]] = (
    find_accounts,
    find_identities,
    find_cards,
    find_births,
    find_addresses,
    find_phones,
)
_DIGIT = re.compile(r"\d")


def find(text: str) -> tuple[Found, ...]:
    """What is personal, in the order of the text, nothing twice.

    Takes time as the text is long, whatever stands in it.
    """
    plain = MASK.sub(_hidden, text)
    found = [*find_emails(plain)] if "@" in plain or "at" in plain else []
    if _DIGIT.search(plain):
        found += (one for finder in _WITH_DIGITS for one in finder(plain))
    return without_overlaps((*found, *find_health(plain)))


def _hidden(mask: re.Match[str]) -> str:
    """What stands in the place of a mask: nothing is found in it, beside it or across it."""
    return "\x00" * len(mask[0])
