"""Where a text may be cut: between characters as a person sees them. Pure."""

import re
import unicodedata

_ZERO_WIDTH_JOINER = "\u200d"
_SKIN_TONES = range(0x1F3FB, 0x1F400)
_TAGS = range(0xE0020, 0xE0080)
_REGIONAL_INDICATORS = range(0x1F1E6, 0x1F200)
_CONTINUES = re.compile("[\u1160-\u11ff\ud7b0-\ud7ff\u0e33\u0eb3]")
"""Vowels and finals of Korean syllables in parts, as macOS writes them; Thai and Lao AM."""
_VIRAMA = 9
"""The combining class of what joins two consonants of an Indian script."""


def is_inside_character(text: str, position: int) -> bool:
    """Whether a cut there would tear accents from a letter, or an emoji of several parts."""
    before, after = text[position - 1], text[position]
    if _ZERO_WIDTH_JOINER in {before, after} or unicodedata.category(after)[0] == "M":
        return True
    if ord(after) in _SKIN_TONES or ord(after) in _TAGS or before + after == "\r\n":
        return True
    if _CONTINUES.match(after) or unicodedata.combining(before) == _VIRAMA:
        return True
    if "\ud800" <= before <= "\udbff" and "\udc00" <= after <= "\udfff":
        return True
    return ord(after) in _REGIONAL_INDICATORS and _flag_letters_before(text, position) % 2 == 1


def _flag_letters_before(text: str, position: int) -> int:
    count = 0
    while count < position and ord(text[position - 1 - count]) in _REGIONAL_INDICATORS:
        count += 1
    return count
