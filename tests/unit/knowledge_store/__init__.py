"""What the store does beyond its ports."""
