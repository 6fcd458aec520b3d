"""What of a workspace's words may go to a remote model."""

from enum import StrEnum


class ModelUse(StrEnum):
    """Nothing at all, everything but personal data, or everything."""

    OFF = "off"
    REDACTED = "redacted"
    FULL = "full"
