"""An adjustment as a file: what is read is whole, for these weights, and makes a difference."""

from dataclasses import replace
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest

from adapters.local_model import adjustment as adjustments
from adapters.local_model.adjustment import adjustment_file, read_adjustment
from adapters.local_model.classifier import LocalClassifier
from adapters.local_model.encoder import DIMENSIONS, WordTable
from adapters.local_model.linear_model import Heads, NoteModel
from bot.domain.taxonomy import KnowledgeType
from bot.errors import AdjustmentUnusable
from tests.unit.local_model.company import context

COLUMNS = NoteModel().layout.columns
LATE = "Petra complained that our deviation reports come too late to be of any use to them"


def heads(by: float = 0.0) -> Heads:
    """What makes a note likelier to be for the customer, whatever it says."""
    head = NoteModel().layout.head("knowledge_type")
    intercept = np.zeros(COLUMNS, np.float32)
    intercept[head.column + head.labels.index("for")] = by
    return Heads(np.zeros((DIMENSIONS, COLUMNS), np.float32), intercept)


def written(folder: Path, content: bytes) -> Path:
    path = folder / "adjustment.npz"
    path.write_bytes(content)
    return path


def changed(**arrays: object) -> bytes:
    """A file like ours, with some of its arrays changed."""
    with np.load(BytesIO(adjustment_file(heads())), allow_pickle=False) as ours:
        kept = {name: ours[name] for name in ours.files}
    content = BytesIO()
    np.savez(content, **(kept | arrays))
    return content.getvalue()


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    """To the last digit, under a name that its content gives it."""
    read = read_adjustment(written(tmp_path, adjustment_file(heads(0.7))))
    assert np.array_equal(read.heads.weight, heads(0.7).weight)
    assert np.array_equal(read.heads.intercept, heads(0.7).intercept)
    assert read.name.startswith("own-")
    assert read.name == read_adjustment(written(tmp_path, adjustment_file(heads(0.7)))).name
    assert read.name != read_adjustment(written(tmp_path, adjustment_file(heads(0.8)))).name


@pytest.mark.parametrize(
    ("content", "reason"),
    {
        "no archive": (b"{}", "damaged"),
        "empty": (b"", "damaged"),
        "cut off": (adjustment_file(heads())[:-200], "damaged"),
        "a byte turned over": (
            adjustment_file(heads()).replace(b"\x00" * 8, b"\x00\x00\x07" + b"\x00" * 5, 4_000),
            "damaged",
        ),
        "an array is missing": (changed(intercept=np.zeros(0, np.float32)), "damaged"),
        "another shape": (changed(weight=np.zeros((2, COLUMNS), np.float32)), "damaged"),
        "not a number": (changed(intercept=np.full(COLUMNS, np.nan, np.float32)), "damaged"),
        "other numbers": (changed(intercept=np.zeros(COLUMNS, np.int64)), "damaged"),
        "a pickle": (changed(intercept=np.array([{}], object)), "damaged"),
        "other weights": (changed(weights="000000000000"), "another version"),
        "far too large": (b"\x00" * 1_000_001, "no adjustment"),
    }.values(),
)
def test_a_file_that_is_not_whole_or_not_ours_is_refused(
    tmp_path: Path, content: bytes, reason: str
) -> None:
    """With what is wrong, which file it is, and what to do."""
    path = written(tmp_path, content)
    with pytest.raises(AdjustmentUnusable, match=reason) as error:
        read_adjustment(path)
    assert str(path) in str(error.value)
    assert "earshot retrain --write" in str(error.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """A slip in the path is seen at the start."""
    with pytest.raises(AdjustmentUnusable, match=r"none\.npz cannot be read"):
        read_adjustment(tmp_path / "none.npz")


def test_new_weights_make_an_old_file_foreign(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whichever of the files that read a note was exchanged by an upgrade."""
    path = written(tmp_path, adjustment_file(heads()))
    read_adjustment(path)
    pinned = adjustments.pinned_sha256
    for exchanged in ("classifier.npz", "classifier.json", "note-encoder-int8.onnx"):
        monkeypatch.setattr(
            adjustments,
            "pinned_sha256",
            lambda name, new=exchanged: "0" * 64 if name == new else pinned(name),
        )
        with pytest.raises(AdjustmentUnusable, match="another version"):
            read_adjustment(path)


def test_an_adjusted_classifier_reads_otherwise_and_says_so(
    tmp_path: Path, words: WordTable, classifier: LocalClassifier
) -> None:
    """`classified_by` tells the versions apart."""
    own = read_adjustment(written(tmp_path, adjustment_file(heads(by=30))))
    shipped = classifier.classify(LATE, context())
    adjusted = LocalClassifier(words, own).classify(LATE, context())
    assert shipped.insights[0].facets.knowledge_type is KnowledgeType.FROM
    assert adjusted.insights[0].facets.knowledge_type is KnowledgeType.FOR
    assert adjusted.classified_by == f"{shipped.classified_by}+{own.name}"


def test_an_adjustment_of_nothing_changes_nothing(
    tmp_path: Path, words: WordTable, classifier: LocalClassifier
) -> None:
    """But the name."""
    own = read_adjustment(written(tmp_path, adjustment_file(heads())))
    adjusted = LocalClassifier(words, own).classify(LATE, context())
    shipped = classifier.classify(LATE, context())
    assert replace(adjusted, classified_by=shipped.classified_by) == shipped
