"""The last guard of the log: shapes of secrets and of personal data, taken out of a line.

What is logged should hold none of it in the first place. This is for what a library, an error's
text or a later change brings in all the same.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Final

HIDDEN: Final = "[hidden]"

_MOST_CHARACTERS = 4_000
_SHORTEST_SECRET = 6
_SECRET_NAMES = ("TOKEN", "SECRET", "PASSWORD", "KEY")
_PASSWORD_IN_URL = re.compile(r"://[^\s:/@]*:([^\s/@]+)@")

_WORD = r"[A-Za-z0-9_-]"
_NAMED = (
    "access_token|refresh_token|id_token|client_secret|signing_secret|app_password|api[_-]?key|"
    "authorization|x-slack-signature|set-cookie|cookie|password|passwd|passphrase|pwd|secret|token|"
    "signature|sig|code|state"
)

_SHAPES: Final = tuple(
    re.compile(pattern)
    for pattern in (
        r"-----BEGIN [A-Z ]{3,40}-----[^-]{0,4000}(?:-----END [A-Z ]{3,40}-----)?",
        rf"\bx(?:ox[a-z]|app)(?:\.xox[a-z])?-{_WORD}{{4,}}",  # Slack
        rf"\b(?:sk|pk|rk)[-_]{_WORD}{{8,}}",  # OpenAI and others
        rf"\beyJ{_WORD}{{4,}}(?:\.{_WORD}{{2,}}){{0,4}}",  # JSON web tokens
        rf"\b(?:gh[a-z]_|github_pat_|glpat-){_WORD}{{8,}}",
        r"\b(?:AKIA|ASIA)[A-Z0-9]{12,}",
        r"(?i)\b(?:bearer|basic)\s+[A-Za-z0-9._~+/=-]{6,}",
        r"(?i)\bhttps?://(?:hooks\.slack\.com|[a-z0-9.-]{1,100}\.webhook\.office\.com"
        r"|[a-z0-9.-]{1,100}\.logic\.azure\.com)/[^\s\"']{1,500}",
        r"(?<=://)[^\s/@\"']{1,300}@",  # a user with a password
        r"(?<=[\w/.])\?[^\s\"'<>]{0,2000}=[^\s\"'<>]{0,2000}",  # what follows an address
        rf"(?i)\b(?:{_NAMED})[\"']?\s{{0,3}}[=:]\s{{0,3}}[\"']?[^\s\"',;&)}}]{{3,500}}",
        # E-mail; ids of conversations in Teams are written alike.
        r"\b[A-Za-z0-9._%+-]{1,64}@(?!thread\.|unq\.)[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,5}",
        r"\b[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]{4}){3,7}(?:[ -]?[A-Z0-9]{1,3})?\b",  # IBAN
        r"(?<![\w.])(?:\+|00)\d(?:[ ()./-]{0,2}\d){7,14}(?!\w)",  # phone
        r"(?<![\w.-])0\d{1,4}[ /-]\d{3,4}(?:[ -]?\d{2,4}){1,3}(?![\w-])",  # phone, within a country
        r"(?<![\w.-])\d{4}[ -]\d{4}[ -]\d{4}[ -]\d{1,7}(?![\w-])",  # card
        r"(?<![\w.-])\d{3}-\d{2}-\d{4}(?![\w-])",  # social security
        r"(?<![\w.-])\d{6}[-+A]\d{3}[0-9A-Z](?![\w-])",  # personal code, Finland and Sweden
    )
)
_RUN = re.compile(rf"(?<!{_WORD}){_WORD}{{32,}}={{0,2}}")


def secrets_of(environment: Mapping[str, str]) -> tuple[str, ...]:
    """The values in an environment that no log may hold, whatever their shape; longest first."""
    values = {
        part.strip()
        for name, value in environment.items()
        if name.upper().endswith(_SECRET_NAMES)
        for part in (value, *value.split(","))
    }
    values.update(
        password for value in environment.values() for password in _PASSWORD_IN_URL.findall(value)
    )
    return tuple(sorted((v for v in values if len(v) >= _SHORTEST_SECRET), key=len, reverse=True))


def redacted(text: str, secrets: Iterable[str] = ()) -> str:
    """The text on one line, cut to a length, without these secrets and without such shapes."""
    for secret in secrets:
        text = text.replace(secret, HIDDEN)
    line = text[:_MOST_CHARACTERS].encode("utf-8", "backslashreplace").decode()
    line = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in line)
    for shape in _SHAPES:
        line = shape.sub(HIDDEN, line)
    return _RUN.sub(_hidden_if_random, line)


def _hidden_if_random(run: re.Match[str]) -> str:
    """A key has capitals, small letters and digits; the name of a function or an id has not."""
    text = run[0]
    kinds = (str.isupper, str.islower, str.isdigit)
    return HIDDEN if all(any(map(kind, text)) for kind in kinds) else text
