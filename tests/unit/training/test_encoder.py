"""The encoder's files, written into a folder of their own and read as the product reads them."""

from pathlib import Path

import numpy as np
import pytest

from adapters.local_model import weights_files
from adapters.local_model.encoder import LocalEncoder, WordTable
from bot.errors import ModelUnavailable
from tests.unit.training.tiny_encoder import forward, tiny_tensors
from training import encoder, weights_folder
from training.e5_source import E5Source, Piece
from training.encoder import with_rounded_words, write_encoder, write_words
from training.weights_folder import write_weights

SPECIAL = ("<s>", "<pad>", "</s>", "<unk>")
TEXTS = [(f"{'abc' * (number % 7)} dog", "cab" * (number % 3)) for number in range(24)]


def some_texts() -> list[list[int]]:
    """Token ids, as the words that were written give them."""
    words = WordTable()
    return [words.ids(*text) for text in TEXTS]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stands for the folder that ships."""
    weights = tmp_path / "weights"
    weights.mkdir()
    monkeypatch.setattr(weights_folder, "WEIGHTS", weights)
    monkeypatch.setattr(weights_files, "files", lambda _: tmp_path)
    return weights


@pytest.fixture
def source() -> E5Source:
    pieces = [Piece(text, 0.0) for text in SPECIAL] + [Piece(c, -5.0) for c in "▁abcdefg"]
    tensors = tiny_tensors(len(pieces))
    tensors["words"][1] = 0
    return E5Source(tensors, tuple(pieces))


# --- files --------------------------------------------------------------------------------------


def test_every_file_that_is_written_is_pinned(folder: Path) -> None:
    """The last content counts, and other files stay pinned."""
    write_weights("one.bin", b"first")
    write_weights("two.bin", b"second")
    write_weights("one.bin", b"third")
    assert weights_files.read_weights("one.bin").content == b"third"
    assert weights_files.read_weights("two.bin").content == b"second"
    (folder / "two.bin").write_bytes(b"changed")
    with pytest.raises(ModelUnavailable, match=r"two\.bin is damaged"):
        weights_files.read_weights("two.bin")


def test_a_file_that_is_too_large_to_ship_is_not_written(folder: Path) -> None:
    """It would be refused only later."""
    with pytest.raises(SystemExit, match="at most 40000000 are shipped"):
        write_weights("large.bin", bytes(40_000_001))
    assert list(folder.iterdir()) == []


# --- words --------------------------------------------------------------------------------------


def test_words_are_read_as_they_were_written(folder: Path, source: E5Source) -> None:
    """But for eight bits a value; a row of nothing stays one."""
    write_words(source)
    words = WordTable()
    ids = words.ids("abc", "dog")
    assert [source.pieces[number].text for number in ids] == [
        *("<s>", "▁", "a", "b", "c", "</s>", "▁", "d", "<unk>", "g", "</s>")
    ]
    table = source.tensors["words"]
    half_a_step = np.abs(table[ids]).max(axis=1, keepdims=True) / 127 / 2
    assert (np.abs(words.vectors(ids)[0] - table[ids]) <= half_a_step * 1.001).all()
    assert not words.vectors([1]).any()


def test_tuning_starts_from_the_words_as_they_ship(folder: Path, source: E5Source) -> None:
    """What is rounded is rounded before, so that layers can make up for it."""
    write_words(source)
    tensors = with_rounded_words(source)
    assert np.array_equal(tensors["words"][4:6], WordTable().vectors([4, 5])[0])
    assert not np.array_equal(tensors["words"], source.tensors["words"])
    assert np.array_equal(tensors["positions"], source.tensors["positions"])


# --- layers -------------------------------------------------------------------------------------


def test_the_encoder_that_is_written_is_the_one_that_was_tuned(
    folder: Path, source: E5Source
) -> None:
    """The file gives what the tensors give, and says how closely."""
    write_words(source)
    tensors = with_rounded_words(source)
    agreement = write_encoder("tiny.onnx", tensors, some_texts())
    assert agreement > 0.999
    words = WordTable()
    exact = forward(tensors, words.vectors(words.ids("a bad cab", "dog"))[0])
    found = LocalEncoder("tiny.onnx", words).mean("a bad cab", "dog")
    assert exact @ found / np.linalg.norm(exact) / np.linalg.norm(found) > 0.999


def test_an_encoder_that_rounding_spoilt_is_not_passed_on(
    folder: Path, source: E5Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The run ends and says by how much."""
    monkeypatch.setattr(encoder, "_LOWEST_AGREEMENT", 1.1)
    write_words(source)
    with pytest.raises(SystemExit, match="int8 agrees with fp32 only to"):
        write_encoder("tiny.onnx", with_rounded_words(source), some_texts())
