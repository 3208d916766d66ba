"""Statements of account: once a month, on the day chosen for a client, one mail a currency (C26, C30)."""
