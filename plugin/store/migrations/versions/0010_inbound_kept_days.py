"""How long mails that came in are kept"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    days = sa.Column("inbound_kept_days", sa.Integer(), nullable=False, server_default="365")
    op.add_column("mail_settings", days)


def downgrade() -> None:
    op.drop_column("mail_settings", "inbound_kept_days")
