"""A mailbox over IMAP, read only."""
