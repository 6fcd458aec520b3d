"""What the message extension is called, for the manifest and for what comes in."""

from typing import Final

CAPTURE: Final = "capture"
"""The action on a message's menu: Save to Earshot."""

SEARCH: Final = "search"
"""The search whose finds are inserted into a conversation."""

SEARCH_WORDS: Final = "words"
"""The one parameter of the search."""
