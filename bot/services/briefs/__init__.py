"""What is worth knowing before a meeting, chosen from what is known of a customer."""

from bot.services.briefs.choosing import brief_of

__all__ = ["brief_of"]
