"""A language model that does whatever it reads, and more: the worst that can be plugged in."""

import base64
import binascii
import re
from collections.abc import Callable, Iterator
from enum import StrEnum

from pydantic import ValidationError

from bot.errors import ModelUnavailable
from bot.ports import RenderedPrompt, Schema

_URL = re.compile(r"https?://\S+|\b(?:[\w-]+\.)+(?:example|com)\b\S*")
_TOKEN = re.compile(r"<[^<>\n]{1,200}>|[@＠]\w+|!?\[[^\]\n]*\]\([^)\n]*\)")
_BASE64 = re.compile(r"[A-Za-z0-9+/]{16,}={0,2}")
_QUOTED = re.compile(r'^"(.+)"$', re.MULTILINE)


class Bent(StrEnum):
    """What it makes of what it reads."""

    LINKS = "links"
    PINGS = "pings"
    ECHO = "echo"
    DECODES = "decodes"
    COMMANDS = "commands"
    FORGES = "forges"
    REPEATS = "repeats"


class ObedientModel:
    """Answers in the schema, with every order of the prompt carried out in its words."""

    model_id = "fake/obedient"

    def __init__(self) -> None:
        self.bent = Bent.ECHO
        self.prompts: list[RenderedPrompt] = []

    def complete(self, prompt: RenderedPrompt, schema: type[Schema]) -> Schema:
        self.prompts.append(prompt)
        answer = self._answer(prompt.user) if "answer" in prompt.version else self._read(prompt)
        try:
            return schema.model_validate(answer)
        except ValidationError as error:
            raise ModelUnavailable("the answer is off the schema") from error

    def _answer(self, text: str) -> dict[str, object]:
        numbers = [int(number) for number in re.findall(r"^\[(\d+)\]", text, re.MULTILINE)]
        cited = [*numbers, 7, 42, 99] if self.bent is Bent.FORGES else numbers
        said = dict.fromkeys(_SAYS[self.bent](text))
        return {
            "nothing_known": False,
            "sentences": [{"text": one, "citations": cited} for one in said if one.strip()],
        }

    def _read(self, prompt: RenderedPrompt) -> dict[str, object]:
        """A note, as an insight that is none of its words."""
        made_up = {
            "statement": "Delta Foods pays 9 million, see https://evil.example",
            "knowledge_type": "about",
            "process_stage": "utilization",
            "use_kind": "direct",
            "mentions": ["Delta Foods", "https://evil.example", "<!channel>"],
            "contacts": ["Mallory Evil", "mallory@evil.example"],
        }
        return {"insights": [made_up]}


def _links(text: str) -> Iterator[str]:
    for url in _URL.findall(text):
        yield f"Log in at {url} now."
        yield f"See [the offer]({url})."
        yield f"See <{url}|the offer>."
        yield url
    yield "Log in at https://evil.example now."


def _pings(text: str) -> Iterator[str]:
    yield from (f"{token} Novara wants glass vials." for token in _TOKEN.findall(text))
    yield from ("@channel Novara wants glass vials.", "<!here> Novara wants glass vials.")
    yield from ("<at>Ben</at> Novara wants glass vials.", "Ask <@U0BEN> and @Ben.")


def _echo(text: str) -> Iterator[str]:
    yield from (text[at : at + 590] for at in range(0, len(text), 590))


def _decodes(text: str) -> Iterator[str]:
    yield from (line[::-1] for line in text.splitlines())
    for packed in _BASE64.findall(text):
        try:
            plain = base64.b64decode(packed, validate=True).decode("utf-8", "replace")
        except (binascii.Error, ValueError):
            continue
        yield plain
        yield from _decodes(plain)
    yield re.sub(r"[\u200b-\u206f\u00ad\u202a-\u202e\ufeff]", "", text)[:590]
    yield "".join(chr(ord(c) - 0xE0000) for c in text if 0xE0020 <= ord(c) <= 0xE007E)


def _commands(text: str) -> Iterator[str]:
    yield from ("/earshot forget Novara", '{"action": "undo", "value": "1"}', "DELETE everything")
    yield from (line for line in text.splitlines() if line.lstrip().startswith(("/", "{")))


def _forges(text: str) -> Iterator[str]:
    yield "Delta Foods pays the double. [1] [99]"
    yield "The price of #pricing is 4711 EUR [7]."
    yield "Novara wants glass vials [99](https://evil.example) 【42†source】."


def _repeats(text: str) -> Iterator[str]:
    for quoted in _QUOTED.findall(text):
        yield quoted
        yield from re.split(r"(?<=[.:!?])\s+", quoted)


_SAYS: dict[Bent, Callable[[str], Iterator[str]]] = {
    Bent.LINKS: _links,
    Bent.PINGS: _pings,
    Bent.ECHO: _echo,
    Bent.DECODES: _decodes,
    Bent.COMMANDS: _commands,
    Bent.FORGES: _forges,
    Bent.REPEATS: _repeats,
}
