"""Whether a request is Slack's: docs.slack.dev/authentication/verifying-requests-from-slack."""

import hashlib
import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass

MAX_SKEW_S = 5 * 60

_TIMESTAMP = re.compile(rb"[0-9]{10}")
_SIGNATURE = re.compile(rb"v0=[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Seal:
    """What a request claims: when it was signed, and the signature."""

    timestamp: bytes
    signature: bytes


def read_seal(headers: Iterable[tuple[bytes, bytes]]) -> Seal | None:
    """The seal in an ASGI scope's headers; None unless each is there once and in shape."""
    timestamps, signatures = [], []
    for name, value in headers:
        if name == b"x-slack-request-timestamp":
            timestamps.append(value)
        elif name == b"x-slack-signature":
            signatures.append(value)
    if len(timestamps) != 1 or len(signatures) != 1:
        return None
    if _TIMESTAMP.fullmatch(timestamps[0]) and _SIGNATURE.fullmatch(signatures[0]):
        return Seal(timestamps[0], signatures[0])
    return None


def is_genuine(seal: Seal, body: bytes, secret: bytes, now: float) -> bool:
    """Whether the secret's owner signed exactly these bytes, within five minutes of now."""
    if abs(now - int(seal.timestamp)) > MAX_SKEW_S:
        return False
    return hmac.compare_digest(sign(seal.timestamp, body, secret), seal.signature)


def sign(timestamp: bytes, body: bytes, secret: bytes) -> bytes:
    """The signature of a body."""
    digest = hmac.new(secret, b"v0:" + timestamp + b":" + body, hashlib.sha256)
    return b"v0=" + digest.hexdigest().encode()
