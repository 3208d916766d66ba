"""Payment plans: offered, accepted on record, kept or broken by the ledger. The invoice's due date stays (F45)."""
