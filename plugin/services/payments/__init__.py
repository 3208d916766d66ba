"""Money in and money back: the ledger, the state that follows from it, the ladder that stops or goes on."""
