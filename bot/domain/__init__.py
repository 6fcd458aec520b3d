"""The words of customer knowledge management, as values."""
