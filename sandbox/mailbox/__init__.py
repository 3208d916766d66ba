"""A mailbox that takes every mail over real SMTP and shows it; nothing ever leaves it."""
