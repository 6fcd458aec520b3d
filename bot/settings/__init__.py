"""The environment, read and checked once."""

from bot.settings.encryption_keys import make_key
from bot.settings.environment import Environment, Settings, read_settings

__all__ = ["Environment", "Settings", "make_key", "read_settings"]
