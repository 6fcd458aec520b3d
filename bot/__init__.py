"""Earshot's core: it knows no platform, no database and no model vendor."""
