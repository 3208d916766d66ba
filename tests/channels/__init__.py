"""The rooms of ``plugin/channels``, each against a real server on loopback."""
