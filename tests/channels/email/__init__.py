"""Mail: addresses, MIME, the dialogue, evidence."""
