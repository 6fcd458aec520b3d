"""Names in a text that look like an organisation which is not registered."""

from collections.abc import Iterator, Sequence

from bot.services.customer_linking.words import Token, Vocabulary

_MOST_WORDS = 4
_AFTER_ANNOUNCEMENT = 3  # words that may stand between "new lead" and the name
# The legal forms that are neither ordinary words nor common abbreviations.
_TELLING_FORMS = frozenset(
    {"gmbh", "ggmbh", "oy", "oyj", "ab", "aps", "asa", "ltd", "llc", "llp", "plc", "inc"}
    | {"bv", "nv", "srl", "sarl", "sas", "spa", "ag", "kg", "sl", "eg"}
)


def announced_names(words: Sequence[Token], known: Vocabulary) -> Iterator[tuple[int, int]]:
    """Runs of words right after "new lead", "prospect" and the like."""
    for after in _ends_of_announcements(words, known):
        for first in range(after, min(after + _AFTER_ANNOUNCEMENT, len(words))):
            if first > after and words[first].starts_sentence:
                break
            last = _end_of_name(words, first, known)
            if last > first:
                yield first, last
                break


def names_with_legal_form(words: Sequence[Token], known: Vocabulary) -> Iterator[tuple[int, int]]:
    """Runs of capitalised words that end with AG, Ltd or the like."""
    for position, token in enumerate(words):
        if token.folded in _TELLING_FORMS and token.is_capitalised and token.is_next:
            first = position
            while (
                first > 0
                and position - first < _MOST_WORDS
                and _is_name_word(words[first - 1], known)
            ):
                first -= 1
                if words[first].starts_sentence or not words[first].is_next:
                    break
            if first < position:
                yield first, position + 1


def _ends_of_announcements(words: Sequence[Token], known: Vocabulary) -> Iterator[int]:
    folded = [token.folded for token in words]
    for start, word in enumerate(folded):
        for phrase in known.announcements.get(word, ()):
            if tuple(folded[start : start + len(phrase)]) == phrase:
                yield start + len(phrase)


def _end_of_name(words: Sequence[Token], first: int, known: Vocabulary) -> int:
    last = first
    while last < len(words) and last - first < _MOST_WORDS and _is_name_word(words[last], known):
        last += 1
        if last < len(words) and not words[last].is_next:
            break
    return last


def _is_name_word(token: Token, known: Vocabulary) -> bool:
    is_new = token.folded not in known.ordinary or token.folded in known.legal_or_generic
    return token.is_capitalised and is_new and not token.folded[0].isdigit()
