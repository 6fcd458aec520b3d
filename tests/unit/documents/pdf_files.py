"""PDF files made by hand, since only what is odd about them matters."""

import io
import zlib
from collections.abc import Sequence

from pypdf import PdfReader, PdfWriter


def pdf(*pages: str) -> bytes:
    """A file with these lines of text on its pages."""
    return assembled([_content(page.split("\n")) for page in pages])


def assembled(contents: Sequence[bytes], extra: Sequence[bytes] = ()) -> bytes:
    """A file whose pages have these content streams, and objects of one's own after them."""
    count = len(contents)
    font = 3 + 2 * count
    kids = " ".join(f"{3 + 2 * index} 0 R" for index in range(count))
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Count {count}/Kids[{kids}]>>".encode(),
    ]
    for index, content in enumerate(contents):
        objects.append(
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents {4 + 2 * index} 0 R"
            f"/Resources<</Font<</F1 {font} 0 R>>>>>>".encode()
        )
        objects.append(content)
    objects.append(b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>")
    return _file([*objects, *extra])


def stream(data: bytes, extra: bytes = b"") -> bytes:
    return b"<<" + extra + f"/Length {len(data)}>>stream\n".encode() + data + b"\nendstream"


def deflated(data: bytes, times: int = 1) -> bytes:
    """A stream that is packed, several times over if wished."""
    for _ in range(times):
        data = zlib.compress(data, 9)
    return stream(data, b"/Filter[" + b"/FlateDecode" * times + b"]")


def with_password(content: bytes, password: str) -> bytes:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(content)))
    writer.encrypt(user_password=password, owner_password="the owner's", algorithm="AES-256")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _content(lines: Sequence[str]) -> bytes:
    shown = " T* ".join(f"({line}) Tj" for line in lines)
    return stream(f"BT /F1 12 Tf 14 TL 50 700 Td {shown} ET".encode("latin-1"))


def _file(objects: Sequence[bytes]) -> bytes:
    out = bytearray(b"%PDF-1.7\n")
    offsets = []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(out))
        out += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
    table = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(f"{offset:010d} 00000 n \n".encode() for offset in offsets)
    out += f"trailer<</Size {len(objects) + 1}/Root 1 0 R>>\nstartxref\n{table}\n%%EOF".encode()
    return bytes(out)
