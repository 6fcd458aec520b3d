"""Personal data in what people write: found and masked by rules, with nothing sent anywhere.

English, Finnish, Swedish, German, Spanish and French. Names are knowledge, not masked: see
docs/privacy.md.
"""

from bot.services.personal_data.finder import find
from bot.services.personal_data.masking import has_marks, masked, unmasked
from bot.services.personal_data.spans import Found, Kind

__all__ = ["Found", "Kind", "find", "has_marks", "masked", "unmasked"]
