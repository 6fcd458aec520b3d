"""The app's two pictures, drawn: something is said, and waves of it reach the ear."""

import math
import struct
import zlib
from typing import Final, TypeAlias

Colour: TypeAlias = tuple[int, int, int]

ACCENT: Final[Colour] = (0x1F, 0x4E, 0x5F)
_WHITE: Final[Colour] = (0xFF, 0xFF, 0xFF)
_COLOR_SIZE, _OUTLINE_SIZE = 192, 32

# In parts of the picture's width: where it is said, how far the waves are from it, half their
# breadth, and how far up and down they go.
_CENTRE_X, _CENTRE_Y = 0.31, 0.5
_DOT = 0.085
_WAVES = (0.2, 0.32, 0.44)
_HALF_BREADTH = 0.034
_HALF_ANGLE = math.radians(52)


def color_icon() -> bytes:
    """192 × 192, white on the accent colour, opaque."""
    return _png(_COLOR_SIZE, _COLOR_SIZE * 0.7, background=ACCENT)


def outline_icon() -> bytes:
    """32 × 32, white on transparent."""
    return _png(_OUTLINE_SIZE, _OUTLINE_SIZE, background=None)


def _png(size: int, drawn: float, background: Colour | None) -> bytes:
    """A PNG with eight bits each of red, green, blue and alpha; the drawing in its middle."""
    rows = (_row(y, size, drawn, background) for y in range(size))
    header = struct.pack(">IIBBBBB", size, size, 8, 6, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(b"".join(rows), 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _row(y: int, size: int, drawn: float, background: Colour | None) -> bytes:
    row = bytearray(b"\0")  # this row is not filtered
    for x in range(size):
        row += bytes(_pixel(_covered(x, y, size, drawn), background))
    return bytes(row)


def _pixel(covered: float, background: Colour | None) -> tuple[int, int, int, int]:
    if background is None:
        return (*_WHITE, round(255 * covered))
    red, green, blue = (
        round(below + (above - below) * covered)
        for below, above in zip(background, _WHITE, strict=True)
    )
    return red, green, blue, 255


def _covered(x: int, y: int, size: int, drawn: float) -> float:
    """How much of a pixel the drawing covers, 0 to 1, so that its edges are smooth."""
    margin = (size - drawn) / 2
    right = (x + 0.5 - margin) / drawn - _CENTRE_X
    down = (y + 0.5 - margin) / drawn - _CENTRE_Y
    distance = math.hypot(right, down)
    inside = _DOT - distance
    if abs(math.atan2(down, right)) <= _HALF_ANGLE:
        inside = max(inside, *(_HALF_BREADTH - abs(distance - wave) for wave in _WAVES))
    return min(max(inside * drawn + 0.5, 0.0), 1.0)
