"""How a new insight stands to what is known on the same customers."""

from bot.services.relations.finder import RelationFinder

__all__ = ["RelationFinder"]
