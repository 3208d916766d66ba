"""When Jira last refused the signature of an installation: refusals within one moment count as one"""

import sqlalchemy as sa
from alembic import op

import plugin.store.base

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("installation", sa.Column("rejected_at", plugin.store.base.Instant(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("installation", "rejected_at")
