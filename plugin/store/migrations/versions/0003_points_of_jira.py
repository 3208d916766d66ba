"""Accounts of Jira's points: how much of the hour's limit each tenant has used"""

import sqlalchemy as sa
from alembic import op

import plugin.store.base

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "jira_account",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("hour", plugin.store.base.Instant(timezone=True), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.Column("near_limit", sa.Boolean(), nullable=False),
        sa.Column("closed_until", plugin.store.base.Instant(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_jira_account")),
    )


def downgrade() -> None:
    op.drop_table("jira_account")
