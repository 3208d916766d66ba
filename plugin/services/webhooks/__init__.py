"""Targets of outgoing webhooks: named by an administrator, each with a secret of its own."""
