"""A phone call as an issue in the caller's queue: created once, closed with its task, steering the ladder (U13)."""
