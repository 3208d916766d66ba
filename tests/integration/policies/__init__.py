"""Drafts, versions, moves and simulations of policies over a real database."""
