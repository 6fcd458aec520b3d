"""The one place that picks concrete classes."""
