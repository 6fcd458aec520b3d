"""Models that ship with the product and need no network."""
