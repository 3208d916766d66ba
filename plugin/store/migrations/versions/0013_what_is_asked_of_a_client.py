"""Indexes for what the planner asks of a client: open invoices are counted, steps that went are found by their day"""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

OF_CLIENT = ["tenant_id", "client_id", "state"]


def upgrade() -> None:
    op.drop_index("ix_invoice_client_state", table_name="invoice")
    op.create_index("ix_invoice_client_state", "invoice", [*OF_CLIENT, "kind"], unique=False)
    op.create_index("ix_planned_step_done", "planned_step", ["tenant_id", "state", "done_at"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_planned_step_done", table_name="planned_step")
    op.drop_index("ix_invoice_client_state", table_name="invoice")
    op.create_index("ix_invoice_client_state", "invoice", OF_CLIENT, unique=False)
