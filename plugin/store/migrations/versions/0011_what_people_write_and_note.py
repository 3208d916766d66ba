"""Words that a person wrote for one mail, contacts noted by hand, statements that a person approves"""

import sqlalchemy as sa
from alembic import op

import plugin.store.base
from plugin.store.migrations.row_security import protect

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

NEW_TABLES = ("mail_words", "contact_note")


def _new_columns() -> dict[str, tuple[sa.Column[object], ...]]:
    return {
        "planned_step": (sa.Column("words_id", sa.String(length=64), nullable=True),),
        "message_member": (sa.Column("words_id", sa.String(length=64), nullable=True),),
        "message": (
            sa.Column("approved_by", sa.String(length=128), nullable=False, server_default=""),
            sa.Column("approved_at", plugin.store.base.Instant(timezone=True), nullable=True),
        ),
    }


def upgrade() -> None:
    op.create_table(
        "mail_words",
        sa.Column("tenant_id", sa.String(length=32), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("invoice_id", sa.String(length=64), nullable=False),
        sa.Column("step_key", sa.String(length=64), nullable=False),
        sa.Column("template", sa.String(length=64), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("written_by", sa.String(length=128), nullable=False),
        sa.Column("written_at", plugin.store.base.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "invoice_id"],
            ["invoice.tenant_id", "invoice.id"],
            name=op.f("fk_mail_words_invoice_id_invoice"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_mail_words")),
    )
    op.create_index("ix_mail_words_invoice", "mail_words", ["tenant_id", "invoice_id"], unique=False)
    op.create_table(
        "contact_note",
        sa.Column("tenant_id", sa.String(length=32), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("client_id", sa.String(length=64), nullable=False),
        sa.Column("invoice_id", sa.String(length=64), nullable=True),
        sa.Column("way", sa.String(length=16), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("spoke_with", sa.String(length=255), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("noted_by", sa.String(length=128), nullable=False),
        sa.Column("noted_at", plugin.store.base.Instant(timezone=True), nullable=False),
        sa.Column("voided_by", sa.String(length=128), nullable=False),
        sa.Column("voided_at", plugin.store.base.Instant(timezone=True), nullable=True),
        sa.Column("void_reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "client_id"], ["client.tenant_id", "client.id"], name=op.f("fk_contact_note_client_id_client")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "invoice_id"],
            ["invoice.tenant_id", "invoice.id"],
            name=op.f("fk_contact_note_invoice_id_invoice"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_contact_note")),
    )
    op.create_index("ix_contact_note_client", "contact_note", ["tenant_id", "client_id", "made_on"], unique=False)
    for table, columns in _new_columns().items():
        for column in columns:
            op.add_column(table, column)
    protect(*NEW_TABLES)


def downgrade() -> None:
    for table, columns in _new_columns().items():
        for column in reversed(columns):
            op.drop_column(table, column.name)
    for table in reversed(NEW_TABLES):
        op.drop_table(table)
