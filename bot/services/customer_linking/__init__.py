"""Which customers a statement is on: by name, by the people named, by where it was said."""

from bot.services.customer_linking.linker import CustomerLinker, LinkContext, Linking

__all__ = ["CustomerLinker", "LinkContext", "Linking"]
