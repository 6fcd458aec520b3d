"""National ids: Nordics, United Kingdom, Germany, Spain, United States."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from stdnum.de import idnr
from stdnum.dk import cpr
from stdnum.es import dni, nie
from stdnum.fi import hetu
from stdnum.gb import nhs
from stdnum.is_ import kennitala
from stdnum.no import fodselsnummer
from stdnum.se import personnummer
from stdnum.us import itin, ssn

from bot.services.personal_data.cues import is_of_a_thing, stands_before
from bot.services.personal_data.spans import Found, Kind

_INSURANCE_LETTERS: Final = re.compile(
    r"(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]", re.IGNORECASE
)


_SIX_DIGITS: Final = re.compile(r"(?:\d[ .+\-\u00a0]?){6}")
"""Every national id has so many in a row: most texts need no closer look."""


@dataclass(frozen=True, slots=True)
class _Identity:
    """A form, its check, and the words without which it is too common a form; "" for none."""

    pattern: re.Pattern[str]
    is_valid: Callable[[str], bool]
    cue: str = ""


def _form(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w+/.,-]){pattern}(?![\w/])(?!-\w)(?![.,]\d)", re.IGNORECASE)


def _is_insurance_number(number: str) -> bool:
    return _INSURANCE_LETTERS.match(number) is not None


def _is_pension_number(number: str) -> bool:
    """The weights of the German pension insurance, over the digits with the letter as two."""
    plain = "".join(filter(str.isalnum, number)).upper()
    digits = f"{plain[:8]}{ord(plain[8]) - 64:02}{plain[9:11]}"
    weights = (2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1)
    sums = (sum(divmod(int(d) * weight, 10)) for d, weight in zip(digits, weights, strict=True))
    return sum(sums) % 10 == int(plain[11])


def _is_danish(number: str) -> bool:
    """With the check digit that all had before 2007."""
    plain = cpr.compact(number)
    return cpr.is_valid(plain) and cpr.checksum(plain) == 0


_IDENTITIES: Final = (
    _Identity(_form(r"\d{6}[-+A-FU-Y]\d{3}[0-9A-Z]"), hetu.is_valid),
    _Identity(_form(r"(?:\d{2})?\d{6}[-+]\d{4}"), personnummer.is_valid),
    _Identity(_form(r"(?:\d{2})?\d{6}[-+ ]?\d{4}"), personnummer.is_valid, "personal_id"),
    _Identity(_form(r"\d{6}[ -]?\d{5}"), fodselsnummer.is_valid),
    _Identity(_form(r"\d{6}-\d{4}"), _is_danish),
    _Identity(_form(r"\d{6}[- ]?\d{4}"), cpr.is_valid, "personal_id"),
    _Identity(_form(r"\d{6}-\d{4}"), kennitala.is_valid),
    _Identity(_form(r"\d{10}"), kennitala.is_valid, "personal_id"),
    _Identity(_form(r"[A-Z]{2}(?: \d{2}){3} [A-D]"), _is_insurance_number),
    _Identity(_form(r"[A-Z]{2} ?\d{6} ?[A-D]"), _is_insurance_number, "british_id"),
    _Identity(_form(r"\d{3}[ -]?\d{3}[ -]?\d{4}"), nhs.is_valid, "british_id"),
    _Identity(_form(r"\d{2} ?\d{3} ?\d{3} ?\d{3}"), idnr.is_valid, "german_id"),
    _Identity(_form(r"\d{2} ?\d{6} ?[A-Z] ?\d{3}"), _is_pension_number),
    _Identity(_form(r"\d{2}\.?\d{3}\.?\d{3}[- ]?[A-Z]"), dni.is_valid),
    _Identity(_form(r"[XYZ][- ]?\d{7}[- ]?[A-Z]"), nie.is_valid),
    _Identity(_form(r"\d{3}-\d{2}-\d{4}"), ssn.is_valid),
    _Identity(_form(r"9\d{2}-\d{2}-\d{4}"), itin.is_valid),
    _Identity(_form(r"\d{3} ?\d{2} ?\d{4}"), ssn.is_valid, "social_security"),
)


def find_identities(text: str) -> Iterator[Found]:
    """Those whose check digits fit and that nothing calls an order, a batch, a part."""
    if not _SIX_DIGITS.search(text):
        return
    for identity in _IDENTITIES:
        for match in identity.pattern.finditer(text):
            if _is_meant(identity, match, text):
                yield Found(*match.span(), Kind.ID_NUMBER)


def _is_meant(identity: _Identity, match: re.Match[str], text: str) -> bool:
    if not identity.is_valid(match[0].replace("\u00a0", " ")):
        return False
    if identity.cue:
        return stands_before(identity.cue, text, match.start())
    return not is_of_a_thing(text, match.start())
