"""Changes what parsers are given, the same way for the same seed."""

import json
import random
from collections.abc import Iterator, Sequence

from tests.slack_mutations import ODD_TEXTS, ODD_VALUES, paths_in, replaced

_PIECES: Sequence[bytes] = (
    b"\x00",
    b"\xff",
    b"\xed\xa0\xbd",
    b"\xf0\x9f\x98\x80",
    b"\xe2\x80\xae",
    b"\xef\xbb\xbf",
    b"\r",
    b"\n",
    b"\r\n\r\n",
    b'"',
    b"'",
    b";",
    b",",
    b"\t",
    b"|",
    b"<",
    b">",
    b"&",
    b"&amp;",
    b"@",
    b"=",
    b"%",
    b"%00",
    b"\\ud83d",
    b"\\u0000",
    b"{",
    b"}",
    b"[",
    b"]",
    b":",
    b"--",
    b"-1",
    b"1e999",
    b"99999999999999999999",
    b"0001-01-01",
    b"9999-12-31",
    b"31.02.2026",
    b"in 99999999 weeks",
    b"NaN",
    b"null",
    b"=?utf-8?b?/w==?=",
    b"Content-Type: multipart/mixed; boundary=x\n",
    b"%PDF-1.7",
    b"stream\n",
    b"endstream",
    b"/Length -1",
    b"/Filter/FlateDecode",
    b"obj",
    b"R",
    b"<<",
    b">>",
    b"xref",
    b"<at>",
    b"</at>",
    b"<!channel>",
    b"<@U1|x>",
    b"[1]",
    b"](",
    b"1.1",
    b"A&B",
    b"O'",
    b"\xc3\xa9",
    b"\xe4\xb8\xad",
)


class Mutator:
    """An endless source of inputs made of recorded ones."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)

    def of_bytes(self, samples: Sequence[bytes]) -> Iterator[bytes]:
        """Whole files or bodies, with pieces changed, doubled, moved, cut out or put in."""
        while True:
            content = bytearray(self._chance.choice(samples))
            for _ in range(self._chance.randint(1, 12)):
                self._change(content, samples)
            yield bytes(content)

    def of_texts(self, samples: Sequence[str]) -> Iterator[str]:
        """Texts, at times with halves of characters."""
        for content in self.of_bytes([sample.encode() for sample in samples]):
            text = content.decode("utf-8", "replace")
            yield text if self._chance.random() < 0.9 else f"{text}\ud83d{text[:20]}\udc00"

    def of_json(self, samples: Sequence[object]) -> Iterator[bytes]:
        """Payloads with values replaced or left out; one in four has its bytes changed as well."""
        while True:
            payload = self._chance.choice(samples)
            for _ in range(self._chance.randint(1, 4)):
                paths = sorted(paths_in(payload), key=repr)
                if paths:
                    value = self._chance.choice([*ODD_VALUES, *ODD_TEXTS[:-1]])
                    payload = replaced(payload, self._chance.choice(paths), value)
            if self._chance.random() < 0.05:  # once, and last: what copies it is no deeper
                paths = sorted(paths_in(payload), key=repr)
                if paths:
                    payload = replaced(payload, self._chance.choice(paths), self._nested())
            body = json.dumps(payload).encode()
            if self._chance.random() < 0.25:
                body = next(self.of_bytes([body]))
            yield body

    def of_fields(self, names: Sequence[str], values: Sequence[str]) -> Iterator[dict[str, str]]:
        """Some of the names, with changed values."""
        texts = self.of_texts(values)
        while True:
            chosen = self._chance.sample(names, self._chance.randint(1, min(6, len(names))))
            yield {name: next(texts) for name in chosen}

    def _change(self, content: bytearray, samples: Sequence[bytes]) -> None:
        at = self._chance.randint(0, len(content))
        end = min(len(content), at + self._chance.choice((1, 1, 2, 8, 64, 1_000)))
        match self._chance.randrange(6):
            case 0:
                content[at:end] = b""
            case 1:
                content[at:at] = self._chance.choice(_PIECES)
            case 2:
                content[at:end] = self._chance.randbytes(end - at)
            case 3:
                content[at:at] = content[at:end] * self._chance.choice((1, 2, 50))
            case 4:
                content[at:end] = self._chance.choice(_PIECES) * self._chance.choice((1, 3, 200))
            case _:
                other = self._chance.choice(samples)
                start = self._chance.randint(0, len(other))
                content[at:end] = other[start : start + 200]

    def _nested(self) -> object:
        value: object = "x"
        for level in range(self._chance.choice((3, 100, 400))):
            value = {"a": value} if level % 2 else [value]
        return value
