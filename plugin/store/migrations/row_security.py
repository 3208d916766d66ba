"""Row-level security on PostgreSQL: forced for every role, one policy a table. SQLite has none (see docs/decisions)."""

from alembic import op

OWN = "tenant_id = current_setting('app.tenant', true)"
BY_CLIENT_KEY = "client_key = current_setting('app.client_key', true)"


def protect(*tables: str) -> None:
    """Rows are seen and written only under the tenant that the transaction has named."""
    if op.get_bind().dialect.name != "postgresql":
        return
    for table in tables:
        # The host knows only the client key until it has found the tenant, so it may read that one row.
        using = f"{OWN} OR {BY_CLIENT_KEY}" if table == "installation" else OWN
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY own_rows ON {table} USING ({using}) WITH CHECK ({OWN})")
