"""Fixed sums are confirmed by law profile; claims for late payment as debit notes"""

import sqlalchemy as sa
from alembic import op

import plugin.store.base
from plugin.store.migrations.row_security import protect

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

NEW_TABLES = ("fixed_sum_confirmation", "debit_note", "debit_note_document")


def upgrade() -> None:
    op.create_table(
        "fixed_sum_confirmation",
        sa.Column("tenant_id", sa.String(length=32), nullable=False),
        sa.Column("profile", sa.String(length=16), nullable=False),
        sa.Column("sums", plugin.store.base.JsonText(), nullable=False),
        sa.Column("confirmed_by", sa.String(length=128), nullable=False),
        sa.Column("confirmed_at", plugin.store.base.Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "profile", name=op.f("pk_fixed_sum_confirmation")),
    )
    op.create_table(
        "debit_note",
        sa.Column("tenant_id", sa.String(length=32), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("invoice_id", sa.String(length=64), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("series", sa.String(length=32), nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("interest_minor", sa.BigInteger(), nullable=False),
        sa.Column("fixed_sum_minor", sa.BigInteger(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("snapshot", sa.Text(), nullable=False),
        sa.Column("snapshot_sha256", sa.String(length=64), nullable=False),
        sa.Column("issued_by", sa.String(length=128), nullable=False),
        sa.Column("issued_at", plugin.store.base.Instant(timezone=True), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.Column("ended_by", sa.String(length=128), nullable=False),
        sa.Column("ended_at", plugin.store.base.Instant(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "invoice_id"],
            ["invoice.tenant_id", "invoice.id"],
            name=op.f("fk_debit_note_invoice_id_invoice"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_debit_note")),
        sa.UniqueConstraint("tenant_id", "invoice_id", "place", name=op.f("uq_debit_note_tenant_id_invoice_id_place")),
        sa.UniqueConstraint("tenant_id", "series", "number", name=op.f("uq_debit_note_tenant_id_series_number")),
    )
    op.create_table(
        "debit_note_document",
        sa.Column("tenant_id", sa.String(length=32), nullable=False),
        sa.Column("note_id", sa.String(length=64), nullable=False),
        sa.Column("file_name", sa.String(length=255), nullable=False),
        sa.Column("media_type", sa.String(length=64), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("made_at", plugin.store.base.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "note_id"],
            ["debit_note.tenant_id", "debit_note.id"],
            name=op.f("fk_debit_note_document_note_id_debit_note"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "note_id", name=op.f("pk_debit_note_document")),
    )
    protect(*NEW_TABLES)


def downgrade() -> None:
    for table in reversed(NEW_TABLES):
        op.drop_table(table)
