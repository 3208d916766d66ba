"""Money that arrives: the ledger of one invoice and what follows from it."""
