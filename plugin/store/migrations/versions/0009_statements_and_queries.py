"""Statements of account on a day of the month; what clients ask may become an issue in Jira"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

NEW_COLUMNS = {
    "client": ("statement_day", "statement_since"),
    "project": ("query_issues", "query_project_id", "query_issue_type"),
}


def upgrade() -> None:
    op.add_column("client", sa.Column("statement_day", sa.Integer(), nullable=True))
    op.add_column("client", sa.Column("statement_since", sa.Date(), nullable=True))
    off: sa.Column[bool] = sa.Column("query_issues", sa.Boolean(), nullable=False, server_default=sa.false())
    op.add_column("project", off)
    op.add_column("project", sa.Column("query_project_id", sa.String(length=64), nullable=True))
    task = sa.Column("query_issue_type", sa.String(length=64), nullable=False, server_default="Task")
    op.add_column("project", task)


def downgrade() -> None:
    for table, columns in NEW_COLUMNS.items():
        for column in columns:
            op.drop_column(table, column)
