"""Persistence and search."""
