"""What a lawyer or an agency gets about one invoice: one archive, made on demand, with a digest of every file (F46)."""
