"""E-mail addresses and phone numbers."""

import re
from collections.abc import Iterator
from functools import lru_cache

from bot.services.personal_data.cues import (
    is_of_a_thing,
    stands_after,
    stands_before,
    stands_closely_before,
)
from bot.services.personal_data.spans import Found, Kind

_EMAIL = re.compile(
    r"(?<![\w.%+-])[\w.%+'-]{1,64}(?:@|\s?[\[(]at[\])]\s?)(?:[^\W_](?:[\w-]{0,62}[^\W_])?\.){1,6}[^\W\d_]{2,24}\b"
)
_PHONE = re.compile(
    r"(?<![\w./:#§$€£-])(?<!\d,)(?<![\d)][ ])(?:\+|00)?\s?\(?\d(?:[ \t.\-/()–\u00a0]{0,3}\d){5,16}"
    r"(?:\s{0,2}(?:x|ext\.?|extension)\s?\d{1,6})?(?![\w%€$£°])(?![.,/]\d)(?!\s?(?:€|\$|£|%))"
)
_EXTENSION = re.compile(r"\s{0,2}(?:x|ext\.?|extension)\s?\d{1,6}$", re.IGNORECASE)
_DATE_OR_TIME = re.compile(
    r"(?:(?:19|20)\d\d[-./ ](?:0?[1-9]|1[0-2])[-./ ](?:[0-3]?\d)\b"
    r"|[0-3]?\d[-./ ](?:0?[1-9]|1[0-2])[-./ ](?:(?:19|20)\d\d)\b"
    r"|(?:19|20)\d\d\s?[-–/]\s?(?:19|20)\d\d$)"
)
_THOUSANDS = re.compile(r"[1-9]\d{0,2}(?:([ .\u00a0])\d{3}(?:\1\d{3})*)")
_NORTH_AMERICAN = re.compile(r"(?:1[-. ])?(?:\([2-9]\d\d\) ?|[2-9]\d\d([-.]))[2-9]\d\d[-.]\d{4}")
_GROUPED = re.compile(r"\(?0\d{1,4}\)?(?:[ \-./]{1,2}\d{2,8}){1,4}|0\d{9,10}")
_GROUPS = re.compile(r"\d+")
_NET_ADDRESS = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}")
_SPAN = re.compile(r"(?<!\d)\d+\s?[-–/]\s?\d+")
_LONGEST = 13  # digits, without a country
_HOME_REGIONS = ("GB", "FI", "SE", "DE", "FR", "BE", "NL", "CH", "AT", "IE", "IT", "AU")
_QUANTITY_AFTER = re.compile(
    r"\s{0,2}(?:pcs|units?|kg|g|mg|ml|l|eur|euros?|usd|gbp|sek|nok|dkk|chf|kpl|st(?:ück|k|ycken)?"
    r"|vials?|caps|capsules|tablets|users?|seats?|hours?|k|m|mio|tons?|tonnes|pieces|piezas|unités)\b",
    re.IGNORECASE,
)


def find_emails(text: str) -> Iterator[Found]:
    """Also with `(at)` in the place of the sign."""
    for match in _EMAIL.finditer(text):
        start, end = match.span()
        yield Found(start + len(match[0]) - len(match[0].lstrip(".'-%+")), end, Kind.EMAIL)


def find_phones(text: str) -> Iterator[Found]:
    """International ones, ones in a form that few other numbers have, and after words on calls."""
    for match in _PHONE.finditer(text):
        said = match[0].strip()
        start = match.start() + len(match[0]) - len(match[0].lstrip())
        if _is_phone(said, text, start, match.end()):
            yield Found(start, match.end(), Kind.PHONE)


def _is_phone(said: str, text: str, start: int, end: int) -> bool:
    number = _EXTENSION.sub("", said)
    if _QUANTITY_AFTER.match(text, end):
        return False
    if number.startswith(("+", "00")):
        return _is_possible(number if number.startswith("+") else f"+{number[2:]}")
    if _DATE_OR_TIME.match(number) or is_of_a_thing(text, start):
        return False
    return _is_local_phone(number, text, start, end)


def _is_local_phone(number: str, text: str, start: int, end: int) -> bool:
    """One that is written without the country."""
    if stands_after("phone_after", text, end):
        return _count_digits(number) <= _LONGEST
    if _NORTH_AMERICAN.fullmatch(number):
        return True
    if stands_before("phone", text, start):
        return _is_dialled(number, text, start)
    if _GROUPED.fullmatch(number):
        return _is_valid_somewhere(number)
    return _is_grouped_as_phones_are(number)


def _is_grouped_as_phones_are(number: str) -> bool:
    """In two to five groups, which no amount and no span from one number to another has."""
    groups = _GROUPS.findall(number)
    if not (2 <= len(groups) <= 5 and 7 <= _count_digits(number) <= 12):
        return False
    is_amount = _THOUSANDS.fullmatch(number) and (len(groups) < 3 or number.endswith("000"))
    if is_amount or _SPAN.fullmatch(number) or _NET_ADDRESS.fullmatch(number):
        return False
    return min(map(len, groups)) >= 2 and (max(map(len, groups)) >= 3 or len(groups) >= 4)


def _is_dialled(number: str, text: str, start: int) -> bool:
    """Not a quantity that somebody called about."""
    if _count_digits(number) > _LONGEST or _NET_ADDRESS.fullmatch(number):
        return False
    return not _THOUSANDS.fullmatch(number) or stands_closely_before("phone", text, start)


def _count_digits(number: str) -> int:
    return sum(map(str.isdigit, number))


@lru_cache(maxsize=4096)
def _is_possible(number: str) -> bool:
    import phonenumbers  # noqa: PLC0415 - slow to load, and most texts hold no number

    try:
        return phonenumbers.is_possible_number(phonenumbers.parse(number.replace("(0)", "")))
    except phonenumbers.NumberParseException:
        return False


@lru_cache(maxsize=4096)
def _is_valid_somewhere(number: str) -> bool:
    import phonenumbers  # noqa: PLC0415 - slow to load, and most texts hold no number

    for region in _HOME_REGIONS:
        try:
            if phonenumbers.is_valid_number(phonenumbers.parse(number, region)):
                return True
        except phonenumbers.NumberParseException:
            continue
    return False
