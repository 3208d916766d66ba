"""Audit rows are never changed, and go only after their tenant"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# Erasing a tenant ends with its audit rows: once the tenant's own row is gone, nobody is left whom they speak of.
SQLITE = (
    """
    CREATE TRIGGER audit_is_never_updated BEFORE UPDATE ON audit
    BEGIN SELECT RAISE(ABORT, 'audit rows are never changed'); END
    """,
    """
    CREATE TRIGGER audit_is_never_deleted BEFORE DELETE ON audit
    WHEN EXISTS (SELECT 1 FROM tenant WHERE tenant.tenant_id = OLD.tenant_id)
    BEGIN SELECT RAISE(ABORT, 'audit rows are never deleted while their tenant is there'); END
    """,
)
POSTGRESQL = (
    """
    CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'DELETE' THEN
            IF NOT EXISTS (SELECT 1 FROM tenant WHERE tenant.tenant_id = OLD.tenant_id) THEN
                RETURN OLD;
            END IF;
            RAISE EXCEPTION 'audit rows are never deleted while their tenant is there' USING ERRCODE = '23001';
        END IF;
        RAISE EXCEPTION 'audit rows are never changed' USING ERRCODE = '23001';
    END $$
    """,
    """
    CREATE TRIGGER audit_is_never_updated BEFORE UPDATE OR DELETE ON audit
    FOR EACH ROW EXECUTE FUNCTION refuse_audit_change()
    """,
    """
    CREATE TRIGGER audit_is_never_truncated BEFORE TRUNCATE ON audit
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()
    """,
)


def upgrade() -> None:
    for statement in SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL:
        op.execute(statement)


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER audit_is_never_deleted")
        op.execute("DROP TRIGGER audit_is_never_updated")
        return
    op.execute("DROP TRIGGER audit_is_never_truncated ON audit")
    op.execute("DROP TRIGGER audit_is_never_updated ON audit")
    op.execute("DROP FUNCTION refuse_audit_change()")
