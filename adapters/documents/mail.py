"""Mails: who wrote, on what, and what is new in it. History and signature are left out."""

import email
import re
import tomllib
from email.message import EmailMessage, Message
from email.policy import default
from email.utils import parseaddr
from functools import cache
from importlib.resources import files

from adapters.documents.html_text import text_of_html
from adapters.documents.plain import decode, tidy
from bot.errors import FileNotRead, FileProblem

_LONGEST_HEADER = 300
_LONGEST_SIGNATURE_LINES = 25


def read(content: bytes, most_characters: int) -> str:
    """`Subject:` and `From:`, since they say who speaks of what, and then what is new.

    `most_characters` is looked at by whoever asks.
    """
    del most_characters
    message = email.message_from_bytes(content, policy=default)
    if not message.keys():
        raise FileNotRead(FileProblem.DAMAGED)
    headers = (("Subject", _header(message, "subject")), ("From", _sender(message)))
    said = new_part(_body(message))
    if not said:
        raise FileNotRead(FileProblem.EMPTY)
    above = "\n".join(f"{name}: {value}" for name, value in headers if value)
    return f"{above}\n\n{said}"


def _header(message: Message, name: str) -> str:
    """A header in one line; empty for one that cannot be read."""
    try:
        value = str(message.get(name, ""))
    except (ValueError, LookupError, AttributeError, TypeError):  # the library's parser is fragile
        return ""
    return " ".join(value.split())[:_LONGEST_HEADER]


def _sender(message: Message) -> str:
    """The name, and of the address only where it is from: that names the company."""
    name, address = parseaddr(_header(message, "from"))
    domain = address.rpartition("@")[2]
    if not name or name == address:
        return domain
    return f"{name} ({domain})" if domain else name


def _body(message: EmailMessage | Message) -> str:
    """The first text that is not attached: as plain text, or else out of HTML."""
    html = ""
    for part in message.walk():
        if part.is_multipart() or part.get_content_disposition() == "attachment":
            continue
        kind = part.get_content_type()
        if kind == "text/plain" and (text := _content(part)).strip():
            return text
        if kind == "text/html" and not html:
            html = _content(part)
    return text_of_html(html)


def _content(part: Message) -> str:
    content = part.get_payload(decode=True)
    return decode(content, part.get_content_charset() or "") if isinstance(content, bytes) else ""


# --- what is new --------------------------------------------------------------------------------


def new_part(text: str) -> str:
    """What the sender wrote now. A mail that only passes another one on is kept whole."""
    lines = tidy(text).split("\n")
    new = _without_signature(_without_history(lines))
    if not any(line.strip() for line in new):
        new = _without_signature(lines)
    return tidy("\n".join(new))


def _without_history(lines: list[str]) -> list[str]:
    """Up to where an earlier mail begins; quoted lines between new ones stay, as their context."""
    end = next((index for index in range(len(lines)) if _begins_history(lines, index)), len(lines))
    while end and (not lines[end - 1].strip() or lines[end - 1].lstrip().startswith(">")):
        end -= 1
    return lines[:end]


def _begins_history(lines: list[str], index: int) -> bool:
    # The attribution may be broken in two lines.
    line = lines[index].strip()
    following = next((text.strip() for text in lines[index + 1 : index + 3] if text.strip()), "")
    return (
        bool(_patterns()["separator"].match(line))
        or _is_attribution(line)
        or (len(line) < _LONGEST_HEADER and _is_attribution(f"{line} {following}"))
        or bool(_patterns()["from"].match(line) and _patterns()["sent"].match(following))
    )


def _is_attribution(line: str) -> bool:
    if len(line) > _LONGEST_HEADER or not line.endswith(":"):
        return False
    return bool(_patterns()["begins"].match(line) and _patterns()["has"].search(line))


def _without_signature(lines: list[str]) -> list[str]:
    last = len(lines) - _LONGEST_SIGNATURE_LINES
    for index, line in enumerate(map(str.strip, lines)):
        if line == "--":
            return lines[:index]
        is_end = _patterns()["closing"].fullmatch(line) or _patterns()["sent_from"].fullmatch(line)
        if index >= last and is_end:
            return lines[:index]
    return lines


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    source = files("adapters.documents").joinpath("mail_words.toml")
    words = tomllib.loads(source.read_text(encoding="utf-8"))
    one_of = {
        name: "|".join(re.escape(word.strip()) for word in some) for name, some in words.items()
    }
    patterns = {
        "begins": rf"(?:{one_of['attribution_begins']})\b",
        "has": rf"\b(?:{one_of['attribution_has']})\b",
        "separator": rf"[-_* ]{{2,}}\s*(?:{one_of['separators']})\b",
        "from": rf"\*?(?:{one_of['from_labels']})\s?:",
        "sent": rf"\*?(?:{one_of['sent_labels']})\s?:",
        "closing": rf"(?:{one_of['closings']})[\s,.!]*",
        "sent_from": rf"(?:{one_of['sent_from']})\b.{{0,40}}",
    }
    return {name: re.compile(pattern, re.IGNORECASE) for name, pattern in patterns.items()}
