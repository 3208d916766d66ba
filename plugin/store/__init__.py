"""Everything that is kept: tables, sessions that know one tenant, the outbox, number series, queries for screens."""
