"""Crash points F01-F16: real worker processes, real Valkey, real SMTP, on SQLite and PostgreSQL."""
