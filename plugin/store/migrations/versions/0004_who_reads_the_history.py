"""The history in Jira may be restricted to a group, not to a project role alone"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    column = sa.Column("comment_audience", sa.String(length=8), nullable=False, server_default="role")
    op.add_column("company_profile", column)


def downgrade() -> None:
    op.drop_column("company_profile", "comment_audience")
