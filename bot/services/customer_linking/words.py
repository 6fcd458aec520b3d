"""Text as tokens, and the words that names are made of."""

import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

# Letters that Unicode does not take apart into a letter and an accent.
_LETTERS = str.maketrans(
    {"ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"}
)
# Cyrillic and Greek as they are written in Latin letters.
_TRANSLITERATED = str.maketrans(
    dict(zip("абвгдезийклмнопрстуфхыэієґ", "abvgdeziiklmnoprstufhyeieg", strict=True))
    | dict(zip("αβγδεζηικλμνξοπρσςτυφω", "avgdeziiklmnxoprsstyfo", strict=True))
    | {"ж": "zh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ю": "iu", "я": "ia"}
    | {"ъ": "", "ь": "", "θ": "th", "χ": "ch", "ψ": "ps"}
)
_SPELT_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"})

# S.p.A., A/S, H&V | Aldhelm's, KPAG:n, Novara | & alone. Every part consumes what it looks at, so
# the time is linear in the length of the text.
_TOKEN = re.compile(
    r"(?<![^\W_])(?:[^\W\d_][./&]){1,5}[^\W\d_](?![^\W_])"
    r"|[^\W_]{2,}(?:['’:][a-zåäö]{1,5}(?![^\W_]))?"
    r"|[^\W_]|&"
)
_MARKUP = re.compile(
    r"<[@#!][^<>\n]{0,80}>|https?://\S{1,2000}|[\w.+-]{1,64}@[\w-]{1,64}\.[\w.-]{1,64}"
)
_LONGEST_GAP = 3  # characters between two words of one name: ", " or " ("
_BREAKS = frozenset("!?;:\n|>")
_SENTENCE_END = re.compile(r"[.!?…:;\n•|>\"“”„«»()–—]|(?:^|\s)[-*]\s")


def fold(text: str) -> str:
    """Lower case, Latin, without accents, so that spellings of one name become equal."""
    if text.isascii():
        return text.lower()
    parts = unicodedata.normalize("NFKD", text.casefold()).translate(_LETTERS)
    plain = "".join(c for c in parts if not unicodedata.combining(c))
    return plain.translate(_TRANSLITERATED) or plain


def spell_out(text: str) -> str:
    """Lower case with umlauts spelt out: Dörnfeld becomes doernfeld."""
    return fold(unicodedata.normalize("NFC", text).lower().translate(_SPELT_OUT))


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a text. `folded` has no ending after an apostrophe or colon, `ending` has that.

    `gap` is what stands between the word before and this one.
    """

    written: str
    folded: str
    ending: str
    gap: str
    starts_sentence: bool

    @property
    def is_capitalised(self) -> bool:
        """Whether it is written with a capital, or holds one (iFarm)."""
        return not self.written.islower()

    @property
    def is_abbreviation(self) -> bool:
        """Whether the word itself is all capitals; an ending after it may be small."""
        return self.stem.isupper()

    @property
    def stem(self) -> str:
        """The word as written, without an ending after an apostrophe or colon."""
        return self.written[: -len(self.ending) - 1] if self.ending else self.written

    @property
    def is_close(self) -> bool:
        """Whether it can belong to one name with the word before."""
        return len(self.gap) <= _LONGEST_GAP and not set(self.gap) & _BREAKS

    @property
    def is_next(self) -> bool:
        """Whether only a blank or a hyphen is between it and the word before."""
        return self.gap in {" ", "-", ""} and not self.starts_sentence


def without_markup(text: str) -> str:
    """The text with mentions, links and addresses blanked out, every other character in place."""
    return _MARKUP.sub(lambda match: " " * len(match.group()), text)


def tokens(text: str) -> list[Token]:
    """The words of a text, in order."""
    return list(_tokens(text))


def _tokens(text: str) -> Iterator[Token]:
    previous_end = 0
    for match in _TOKEN.finditer(text):
        written = match.group()
        stem, ending = _split_ending(written)
        gap = text[previous_end : match.start()]
        first = previous_end == 0 or _SENTENCE_END.search(gap) is not None
        yield Token(written, _fold_word(stem), ending, gap, first)
        previous_end = match.end()


def _split_ending(written: str) -> tuple[str, str]:
    for mark in "'’:":
        stem, found, ending = written.partition(mark)
        if found:
            return stem, ending
    return written, ""


def _fold_word(stem: str) -> str:
    folded = fold(stem)
    return folded.replace(".", "").replace("/", "") if "." in folded or "/" in folded else folded


def name_words(name: str) -> list[str]:
    """The folded words of a name."""
    plain = name.split()
    if name.isascii() and all(map(str.isalnum, plain)):
        return [word.lower() for word in plain]  # most names are plain, and there may be many
    return [_fold_word(stem) for stem, _ in map(_split_ending, _TOKEN.findall(name))]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Words that say nothing of which customer is meant, and words that introduce one.

    An everyday word is hardly ever a name, a brandable one (kestrel, orange) often is. The sets
    in the second half are unions of those in the first, made once.
    """

    legal_forms: frozenset[str]
    legal_phrases: tuple[tuple[str, ...], ...]
    generic: frozenset[str]
    articles: frozenset[str]
    connectors: frozenset[str]
    everyday: frozenset[str]
    brandable: frozenset[str]
    endings: tuple[str, ...]
    gradation: tuple[tuple[str, str], ...]
    titles: frozenset[str]
    announcements: Mapping[str, tuple[tuple[str, ...], ...]]  # by their first word
    before_source: tuple[tuple[str, ...], ...]
    after_source: tuple[tuple[str, ...], ...]

    ordinary: frozenset[str]  # everyday or brandable
    common: frozenset[str]  # no name by itself
    shared: frozenset[str]  # begins many names: a trade or a particle
    small: frozenset[str]  # written small within a name
    kinds: frozenset[str]  # tells two companies of one family apart
    legal_or_connector: frozenset[str]
    legal_or_generic: frozenset[str]
    names_little: frozenset[str]  # common, or a legal form


@cache
def vocabulary() -> Vocabulary:
    """What the data files beside this module hold."""
    here = files(__package__)
    data = tomllib.loads((here / "vocabulary.toml").read_text(encoding="utf-8"))
    everyday = frozenset((here / "everyday_words.txt").read_text(encoding="utf-8").split())
    brandable = frozenset((here / "brandable_words.txt").read_text(encoding="utf-8").split())
    endings = {ending for language in data["inflections"].values() for ending in language}
    legal, generic = frozenset(data["legal_forms"]), frozenset(data["generic"])
    particles, connectors = frozenset(data["particles"]), frozenset(data["connectors"])
    return Vocabulary(
        legal_forms=legal,
        legal_phrases=_phrases(data["legal_phrases"]),
        generic=generic,
        articles=frozenset(data["articles"]),
        connectors=connectors,
        everyday=everyday,
        brandable=brandable,
        endings=tuple(sorted(endings, key=len, reverse=True)),
        gradation=tuple((soft, hard) for soft, hard in data["gradation"]),
        titles=frozenset(data["people"]["titles"]),
        announcements=_by_first_word(_phrases(data["announcements"]["phrases"])),
        before_source=_phrases(data["sources"]["before"]),
        after_source=_phrases(data["sources"]["after"]),
        ordinary=everyday | brandable,
        common=everyday | brandable | generic | particles | connectors,
        shared=generic | particles,
        small=connectors | particles,
        kinds=(generic | legal) - frozenset(data["departments"]),
        legal_or_connector=legal | connectors,
        legal_or_generic=legal | generic,
        names_little=everyday | brandable | generic | particles | connectors | legal,
    )


def _by_first_word(
    phrases: tuple[tuple[str, ...], ...],
) -> Mapping[str, tuple[tuple[str, ...], ...]]:
    first_words = dict.fromkeys(phrase[0] for phrase in phrases)
    return {word: tuple(p for p in phrases if p[0] == word) for word in first_words}


def _phrases(lines: list[str]) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(line.split()) for line in lines)
