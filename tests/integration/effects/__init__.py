"""Effects on real databases."""
