"""Makes the weights that `adapters/local_model` ships with, and measures them."""
