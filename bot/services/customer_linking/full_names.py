"""Where a text writes the full name of a company."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.services.customer_linking.company_names import name_parts
from bot.services.customer_linking.words import Token, Vocabulary

_MOST_WORDS = 12
_SHORTEST_NAME = 2  # words
_BREAKS = frozenset(":;!?|>•")
_MOST_FORMS = 4
_CONTRACTED = frozenset({"", "l", "n"})  # Int'l, Ass'n: a word cut short, not bent
_MOST_UNCERTAIN_FORM = 2  # letters of a legal form that is often something else


@dataclass(frozen=True, slots=True)
class FullName:
    """Words `first` up to `last` (excluded).

    `says_kind`: a legal form, a trade or a place among them shows that it is a company's name;
    `said`: those of them that something might be said with. `is_line`: else it was found by the
    legal form behind it, and may begin too early.
    """

    first: int
    last: int
    is_line: bool = False
    says_kind: bool = True
    said: frozenset[str] = frozenset()


def full_names(words: Sequence[Token], known: Vocabulary) -> list[FullName]:
    """Lines that are nothing but a name, and names with the legal form behind them."""
    lines = [
        _line(words, first, last, known)
        for first, last in _lines(words)
        if _is_name(words[first:last], known)
    ]
    taken = {position for line in lines for position in range(line.first, line.last)}
    with_form = [
        FullName(first, last) for first, last in _with_form(words, known) if first not in taken
    ]
    return sorted(lines + with_form, key=lambda name: name.first)


def _lines(words: Sequence[Token]) -> Iterator[tuple[int, int]]:
    first = 0
    for position in range(1, len(words) + 1):
        if position == len(words) or "\n" in words[position].gap:
            if _SHORTEST_NAME <= position - first <= _MOST_WORDS:
                yield first, position
            first = position


def _is_name(line: Sequence[Token], known: Vocabulary) -> bool:
    """Whether all words are capitalised as in a name."""
    if any(set(token.gap) & _BREAKS for token in line[1:]):
        return False
    return all(_is_name_word(token, known) or token.folded in known.small for token in line)


def _line(words: Sequence[Token], first: int, last: int, known: Vocabulary) -> FullName:
    line = words[first:last]
    if any(is_legal_form(token) for token in line):
        return FullName(first, last, is_line=True)
    kinds = known.generic | name_parts().places.keys()
    folded = {token.folded for token in line}
    said = {word for word in folded if word in known.everyday or word.isdecimal()}
    return FullName(first, last, True, not folded.isdisjoint(kinds), frozenset(said - kinds))


def _with_form(words: Sequence[Token], known: Vocabulary) -> Iterator[tuple[int, int]]:
    """The capitalised words before a legal form, with it."""
    end = 0
    for position, token in enumerate(words):
        if position < end or not token.is_close or not is_legal_form(token):
            continue
        last = position + 1
        while last < min(len(words), position + _MOST_FORMS) and is_legal_form(words[last]):
            last += 1
        first = _beginning(words, position, end, known)
        if first < position:
            yield first, last
            end = last


def _beginning(words: Sequence[Token], position: int, earliest: int, known: Vocabulary) -> int:
    first = position
    while first > earliest and position - first < _MOST_WORDS:
        before = words[first - 1]
        if not _is_joined(words[first], first == position) or before.ending not in _CONTRACTED:
            break
        is_opening = before.starts_sentence and before.folded in known.ordinary
        is_inner = before.folded == "&" or before.folded in known.small - known.connectors
        if is_opening or not (is_inner or _is_name_word(before, known)):
            break
        first -= 1
    while first < position and words[first].folded in known.small:
        first += 1
    return first


def _is_joined(token: Token, is_form: bool) -> bool:
    """Whether a word belongs with the one before: a comma parts names, but not from their form."""
    return token.gap.strip() in {"", "-", "(", ")", "\u2019", "'"} or (
        is_form and token.gap.strip() in {",", "),"}
    )


def _is_name_word(token: Token, known: Vocabulary) -> bool:
    return (
        token.is_capitalised or token.folded in known.legal_forms
    ) and token.ending in _CONTRACTED


def is_legal_form(token: Token) -> bool:
    """Whether it is a legal form: small or of two letters, it is often a word."""
    return (token.folded,) in name_parts().legal_forms and (
        token.is_capitalised or len(token.folded) > _MOST_UNCERTAIN_FORM
    )
