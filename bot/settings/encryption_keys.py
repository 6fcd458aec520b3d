"""Keys that tokens are encrypted with: 32 bytes in URL-safe base 64."""

import base64
import secrets

_KEY_BYTES = 32


def make_key() -> str:
    """A new key for EARSHOT_ENCRYPTION_KEY."""
    return base64.urlsafe_b64encode(secrets.token_bytes(_KEY_BYTES)).decode()


def is_key(text: str) -> bool:
    """Whether it can be one."""
    try:
        return len(base64.b64decode(text, altchars=b"-_", validate=True)) == _KEY_BYTES
    except ValueError:
        return False
