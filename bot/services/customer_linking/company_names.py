"""Whether two full names are of one company.

Written differently is not another company: its legal form in full or short, word order, initials,
abbreviations, words glued or split, a slip of the keyboard. Another company has another word,
however alike the names: another place, trade or number, or a legal form that is not the same one.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cache, lru_cache
from importlib.resources import files

from rapidfuzz.distance import OSA

from bot.services.customer_linking.words import Vocabulary, name_words, vocabulary

_LETTERS_A_MISTAKE = 5  # a shorter word with a letter changed is often another word
_MOST_WORDS = 16  # a longer name is compared word for word
_MOST_GLUED = 3  # words written as one
_SURE_PHRASE = 3  # words of a legal form that is recognised though one is misspelt
_SPEAKS_FOR_ITSELF = 5  # letters of a legal form that may stand within a name
_ROMAN = re.compile(r"(?=..)(x{0,3})(ix|iv|v?i{0,3})")  # one letter is a letter
_UNITS = {"": 0, "i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6, "vii": 7, "viii": 8, "ix": 9}


@dataclass(frozen=True, slots=True)
class CompanyName:
    """The words of a name that tell it from others, and its legal forms."""

    words: tuple[str, ...]
    forms: frozenset[str]


@dataclass(frozen=True, slots=True)
class NameParts:
    """What full names are made of; everything that has several spellings maps to one of them."""

    legal_forms: Mapping[tuple[str, ...], str]
    leading_forms: frozenset[str]
    places: Mapping[str, str]
    abbreviations: Mapping[str, str]
    numbers: Mapping[str, str]
    longest_form: int  # words


@cache
def name_parts() -> NameParts:
    """What the data file beside this module holds."""
    text = (files(__package__) / "company_names.toml").read_text(encoding="utf-8")
    data = tomllib.loads(text)
    forms = {tuple(form.split()): group[0] for group in data["legal_forms"] for form in group}
    return NameParts(
        legal_forms=forms,
        leading_forms=frozenset(data["leading_forms"]),
        places={place: group[0] for group in data["places"] for place in group},
        abbreviations=data["abbreviations"],
        numbers={word: str(number) for word, number in data["numbers"].items()},
        longest_form=max(map(len, forms)),
    )


@lru_cache(maxsize=10_000)
def read_name(name: str) -> CompanyName:
    """A name taken apart."""
    known, parts = vocabulary(), name_parts()
    words = _in_full(name_words(name), parts)
    rest, forms = _without_forms(words, parts)
    kept = [word.replace("&", "") for word in rest if not _joins(word, known)]
    return CompanyName(tuple(_numbered(kept or rest, parts)), forms)


class Likeness(IntEnum):
    """How well a full name, as written, fits a registered one. Only NONE is another company."""

    NONE = 0
    NEARLY = 1  # misspelt, abbreviated, or without its trade
    NEARLY_WITH_FORM = 2  # and of the same legal form
    EXACTLY = 3
    EXACTLY_WITH_FORM = 4


def likeness_of(written: CompanyName, registered: CompanyName) -> Likeness:
    """Whether a full name, as written, is that of a registered company."""
    if written.forms and registered.forms and written.forms.isdisjoint(registered.forms):
        return Likeness.NONE
    is_exact = sorted(written.words) == sorted(registered.words)
    if not is_exact and not _is_nearly_same(written.words, registered.words):
        return Likeness.NONE
    if written.forms.isdisjoint(registered.forms):
        return Likeness.EXACTLY if is_exact else Likeness.NEARLY
    return Likeness.EXACTLY_WITH_FORM if is_exact else Likeness.NEARLY_WITH_FORM


def _is_nearly_same(written: Sequence[str], registered: Sequence[str]) -> bool:
    if len(registered) > _MOST_WORDS:
        return False
    unknown, unsaid = _differences(written, registered)
    if unknown:
        return False
    known, places = vocabulary(), name_parts().places
    # The trade may be left out of a name, and nothing else: a place or number is another company.
    return not unsaid or (
        len(unsaid) < len(registered)
        and all(word in known.generic and word not in places for word in unsaid)
    )


def _joins(word: str, known: Vocabulary) -> bool:
    """Whether it only joins others: of, and, &; one letter may be an initial."""
    return word == "&" or (word in known.small and len(word) > 1)


def _in_full(words: Sequence[str], parts: NameParts) -> list[str]:
    return [parts.places.get(w) or parts.abbreviations.get(w) or w for w in words]


def _without_forms(words: list[str], parts: NameParts) -> tuple[list[str], frozenset[str]]:
    """The words without legal forms, at the end, at the beginning, or anywhere if unmistakable."""
    forms: set[str] = set()
    end = len(words)
    while end and (size := _form_before(words, end, parts)):
        forms.add(_form_of(words[end - size : end], parts) or "")
        end -= size
    rest: list[str] = []
    position = 0
    while position < end:
        size = _form_within(words[:end], position, parts)
        if size:
            forms.add(_form_of(words[position : position + size], parts) or "")
        else:
            rest.append(words[position])
        position += size or 1
    return (rest, frozenset(forms)) if rest else (words, frozenset())


def _form_before(words: Sequence[str], end: int, parts: NameParts) -> int:
    """How many words the legal form has that ends here; 0 if none does."""
    sizes = range(min(parts.longest_form, end), 0, -1)
    return next((size for size in sizes if _form_of(words[end - size : end], parts)), 0)


def _form_within(words: Sequence[str], position: int, parts: NameParts) -> int:
    """How many words the legal form has that begins here, where it can be nothing else."""
    for size in range(min(parts.longest_form, len(words) - position), 0, -1):
        is_telling = size > 1 or len(words[position]) >= _SPEAKS_FOR_ITSELF
        is_leading = position == 0 and words[0] in parts.leading_forms
        if (is_telling or is_leading) and _form_of(words[position : position + size], parts):
            return size
    return 0


def _form_of(run: Sequence[str], parts: NameParts) -> str | None:
    """The legal form that a run is; in a long phrase one word may be misspelt."""
    exact = parts.legal_forms.get(tuple(run))
    if exact or len(run) < _SURE_PHRASE:
        return exact
    return next(
        (form for p, form in parts.legal_forms.items() if _is_phrase_with_slip(run, p)), None
    )


def _is_phrase_with_slip(run: Sequence[str], phrase: Sequence[str]) -> bool:
    if len(run) != len(phrase):
        return False
    wrong = [(a, b) for a, b in zip(run, phrase, strict=True) if a != b]
    return len(wrong) == 1 and _is_slip(*wrong[0])


def figures_of(word: str) -> str | None:
    """A number in figures, whether written so or in Roman letters; None if it is none."""
    roman = _ROMAN.fullmatch(word)
    if roman:
        return str(10 * len(roman[1]) + _UNITS[roman[2]])
    return word if word.isdecimal() else None


def _numbered(words: Sequence[str], parts: NameParts) -> Iterator[str]:
    """The words with numbers in figures: forty four is 44."""
    tens = 0
    for word in words:
        number = parts.numbers.get(word) or figures_of(word) or word
        if tens and number.isdecimal() and len(number) == 1:
            number = str(tens + int(number))
        elif tens:
            yield str(tens)
        tens = int(number) if word in parts.numbers and number.endswith("0") else 0
        if not tens:
            yield number
    if tens:
        yield str(tens)


def _differences(written: Sequence[str], registered: Sequence[str]) -> tuple[list[str], list[str]]:
    """The words of each that the other has not, in whatever order."""
    left = list(registered)
    unknown = [word for word in written if not _take(word, left)]
    for one, other in ((unknown, left), (left, unknown)):
        _pair_glued(one, other)
    misspelt = [(a, b) for a in unknown for b in left if is_misspelt(a, b, vocabulary())]
    for word, right in misspelt:
        if word in unknown and right in left:
            unknown.remove(word)
            left.remove(right)
    return unknown, left


def _take(word: str, words: list[str]) -> bool:
    if word not in words:
        return False
    words.remove(word)
    return True


def _pair_glued(ones: list[str], parts: list[str]) -> None:
    """Takes out words that are several of the others, in a row: glued, or their initials."""
    for word in tuple(ones):
        run = next((run for run in _rows(parts) if _is_made_of(word, run)), None)
        if run is not None:
            ones.remove(word)
            for part in run:
                parts.remove(part)


def _rows(words: Sequence[str]) -> Iterator[Sequence[str]]:
    for first in range(len(words)):
        for last in range(first + 2, len(words) + 1):
            yield words[first:last]


def _is_made_of(word: str, run: Sequence[str]) -> bool:
    if word == "".join(part[0] for part in run):
        return True
    glued = "".join(run)
    return len(run) <= _MOST_GLUED and (
        word == glued or (min(map(len, run)) > 1 and is_misspelt(word, glued, vocabulary()))
    )


def is_misspelt(word: str, right: str, known: Vocabulary) -> bool:
    """Whether one word is the other with a slip: two words that exist are two words."""
    if not (word.isalpha() and right.isalpha()):
        return False
    if _exists(word, known) and _exists(right, known):
        return False
    return _is_slip(word, right)


def _is_slip(word: str, right: str) -> bool:
    most = max(len(word), len(right)) // _LETTERS_A_MISTAKE
    return most > 0 and OSA.distance(word, right, score_cutoff=most) <= most


def _exists(word: str, known: Vocabulary) -> bool:
    return word in known.generic or word in known.ordinary or word in name_parts().places
