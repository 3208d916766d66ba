"""Reference rates that a site entered itself, for interest by law"""

import sqlalchemy as sa
from alembic import op

import plugin.store.base
from plugin.store.migrations.row_security import protect

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reference_rate",
        sa.Column("tenant_id", sa.String(length=32), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("series", sa.String(length=16), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("percent", sa.String(length=16), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("entered_by", sa.String(length=128), nullable=False),
        sa.Column("entered_at", plugin.store.base.Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_reference_rate")),
        sa.UniqueConstraint(
            "tenant_id", "series", "valid_from", name=op.f("uq_reference_rate_tenant_id_series_valid_from")
        ),
    )
    protect("reference_rate")


def downgrade() -> None:
    op.drop_table("reference_rate")
