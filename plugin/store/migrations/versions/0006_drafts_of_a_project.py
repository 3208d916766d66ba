"""A draft of a policy may belong to one project, whose administrators then work on it"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("policy_draft", sa.Column("project_id", sa.String(length=64), nullable=True))


def downgrade() -> None:
    op.drop_column("policy_draft", "project_id")
