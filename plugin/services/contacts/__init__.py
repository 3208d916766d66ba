"""Contacts with a client that a person made outside: noted by hand, so that nothing automatic follows at once."""
