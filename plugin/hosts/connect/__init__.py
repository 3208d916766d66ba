"""Connect: the descriptor, signed installs, and tokens under the shared secret."""
