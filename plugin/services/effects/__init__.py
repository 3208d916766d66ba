"""Carrying out what the outbox holds: claim, gate, act, outcome. Each step is a transaction of its own."""
