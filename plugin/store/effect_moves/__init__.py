"""The moves of an effect by who makes them; import them from ``plugin.store.effects``."""
