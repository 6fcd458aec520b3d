"""Bank accounts and payment cards: both carry check digits."""

import re
from collections.abc import Iterator

from stdnum import iban, luhn

from bot.services.personal_data.cues import is_of_a_thing, stands_before
from bot.services.personal_data.spans import Found, Kind

_IBAN = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{2}\d{2}(?:[ \-\u00a0]?[A-Za-z0-9]){11,30}")
_GROUPED = re.compile(r"[A-Z]{2}\d\d(?:[ \u00a0][A-Z0-9]{4}){2,7}(?:[ \u00a0][A-Z0-9]{1,4})?")
_CARD = re.compile(r"(?<![\w.,/+-])\d(?:[ \-\u00a0]?\d){11,18}(?![\w/-])(?![.,]\d)")
_LENGTHS = {
    "AD": 24, "AT": 20, "BE": 16, "BG": 22, "CH": 21, "CY": 28, "CZ": 24, "DE": 22, "DK": 18,
    "EE": 20, "ES": 24, "FI": 18, "FO": 18, "FR": 27, "GB": 22, "GI": 23, "GL": 18, "GR": 27,
    "HR": 21, "HU": 28, "IE": 22, "IS": 26, "IT": 27, "LI": 21, "LT": 20, "LU": 20, "LV": 21,
    "MC": 27, "MT": 31, "NL": 18, "NO": 15, "PL": 28, "PT": 25, "RO": 24, "SA": 24, "SE": 24,
    "SI": 19, "SK": 24, "SM": 27, "TR": 26, "UA": 29, "AE": 23, "BA": 20, "BR": 29, "IL": 23,
    "MD": 24, "ME": 22, "MK": 19, "RS": 22, "XK": 20, "GE": 22, "AL": 28, "QA": 29, "KZ": 20,
}  # fmt: skip
"""Characters of an account number, by country (the IBAN registry of SWIFT)."""

_ISSUED = re.compile(
    r"4(?:\d{15}|\d{18})|5[1-5]\d{14}|2(?:2[2-9]|[3-6]\d|7[01]|720)\d{12,13}|3[47]\d{13}"
    r"|3(?:0[0-5]|[689]\d)\d{11}|6(?:011|5\d\d|4[4-9]\d)\d{12}|35\d{14}|(?:2131|1800)\d{11}"
    r"|(?:5[0678]|6\d)\d{14}"
)
"""Numbers as issuers give them out, by first digits and length."""


def find_accounts(text: str) -> Iterator[Found]:
    """IBANs whose check digits fit, and those with a slip that are called accounts or grouped."""
    at = 0
    while match := _IBAN.search(text, at):
        end = _end_of_iban(match[0])
        if end and not _is_account(match[0][:end], text, match.start()):
            end = 0
        if end:
            yield Found(match.start(), match.start() + end, Kind.BANK_ACCOUNT)
        at = match.start() + (end or 4)


def _end_of_iban(candidate: str) -> int:
    """Where it ends, since words may follow; 0 where it is none."""
    wanted = _LENGTHS.get(candidate[:2].upper())
    if wanted is None:
        return 0
    ends = [at + 1 for at, sign in enumerate(candidate) if sign.isalnum()]
    if len(ends) < wanted:
        return 0
    end = ends[wanted - 1]
    runs_on = candidate[end : end + 1].isalnum()
    return 0 if runs_on else end


def _is_account(number: str, text: str, start: int) -> bool:
    if iban.is_valid(number, check_country=False) or _GROUPED.fullmatch(number):
        return True
    return stands_before("account", text, start)


def find_cards(text: str) -> Iterator[Found]:
    """Numbers that issuers give out, and any with fitting check digits after a word for cards."""
    for match in _CARD.finditer(text):
        digits = "".join(filter(str.isdigit, match[0]))
        if luhn.is_valid(digits) and _is_card(digits, text, match.start()):
            yield Found(*match.span(), Kind.CARD)


def _is_card(digits: str, text: str, start: int) -> bool:
    if stands_before("card", text, start):
        return True
    return _ISSUED.fullmatch(digits) is not None and not is_of_a_thing(text, start)
