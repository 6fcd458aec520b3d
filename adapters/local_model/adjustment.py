"""An adjustment as a file: what a firm's own corrections add to the classifier's heads."""

import hashlib
from io import BytesIO
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from adapters.local_model.classifier import MODEL_FILE
from adapters.local_model.encoder import DIMENSIONS, TOKENIZER_FILE, WORD_SCALES_FILE, WORDS_FILE
from adapters.local_model.linear_model import (
    ARRAYS_FILE,
    LAYOUT_FILE,
    Adjustment,
    Heads,
    Layout,
)
from adapters.local_model.weights_files import pinned_sha256, read_weights
from bot.errors import AdjustmentUnusable

_SCORING_FILES = (
    MODEL_FILE,
    TOKENIZER_FILE,
    WORDS_FILE,
    WORD_SCALES_FILE,
    ARRAYS_FILE,
    LAYOUT_FILE,
)
_NAME_DIGITS = 6

# Ten times what an adjustment takes; a larger file is something else, and is not read at all.
_MOST_BYTES = 1_000_000


def weights_id() -> str:
    """Names the shipped weights that read a note; another digit in any of them gives another."""
    sums = "\n".join(pinned_sha256(name) for name in _SCORING_FILES)
    return hashlib.sha256(sums.encode()).hexdigest()[:12]


def adjustment_file(heads: Heads) -> bytes:
    """What to write into a file, for the weights that are shipped now."""
    content = BytesIO()
    np.savez(
        content,
        weights=weights_id(),
        weight=heads.weight.astype(np.float32),
        intercept=heads.intercept.astype(np.float32),
    )
    return content.getvalue()


def adjustment_name(content: bytes) -> str:
    """What tells this adjustment from the next, `own-1a2b3c`."""
    return f"own-{hashlib.sha256(content).hexdigest()[:_NAME_DIGITS]}"


def read_adjustment(path: Path) -> Adjustment:
    """Read a file. Raises AdjustmentUnusable where it is missing, damaged or for other weights."""
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise AdjustmentUnusable(f"{path} is no adjustment")
        content = path.read_bytes()
    except OSError as error:
        raise AdjustmentUnusable(f"{path} cannot be read") from error
    try:
        with np.load(BytesIO(content), allow_pickle=False) as arrays:
            weights = str(arrays["weights"])
            heads = Heads(arrays["weight"], arrays["intercept"])
    except (BadZipFile, EOFError, KeyError, OSError, TypeError, ValueError) as error:
        raise AdjustmentUnusable(f"{path} is damaged") from error
    if weights != weights_id():
        raise AdjustmentUnusable(f"{path} was made for another version of the classifier")
    if not _fit(heads):
        raise AdjustmentUnusable(f"{path} is damaged")
    return Adjustment(adjustment_name(content), heads)


def _fit(heads: Heads) -> bool:
    """Whether the arrays are what the shipped heads can be added to."""
    columns = Layout.parsed(read_weights(LAYOUT_FILE).content).columns
    is_shaped = heads.weight.shape == (DIMENSIONS, columns) and heads.intercept.shape == (columns,)
    are_floats = heads.weight.dtype == heads.intercept.dtype == np.float32
    return bool(
        is_shaped
        and are_floats
        and np.isfinite(heads.weight).all()
        and np.isfinite(heads.intercept).all()
    )
