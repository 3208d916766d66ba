"""Follow-ups, complete: drafts of policies, quiet periods, payment plans, answers of clients, staff mail"""

import sqlalchemy as sa
from alembic import op

import plugin.store.base
from plugin.store.migrations.row_security import protect

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

NEW_TABLES = (
    "staff_mail",
    "webhook_target",
    "policy_draft",
    "quiet_period",
    "client_answer",
    "inbound_mail",
    "instalment_plan",
    "instalment",
)


def _new_columns() -> dict[str, tuple[sa.Column[object], ...]]:
    return {
        "client": (
            sa.Column("segment", sa.String(length=32), nullable=False, server_default=""),
            sa.Column("autopay", sa.Boolean(), nullable=False, server_default=sa.false()),
            sa.Column("law_profile", sa.String(length=16), nullable=False, server_default=""),
            sa.Column("opt_out_since", sa.Date(), nullable=True),
        ),
        "contact": (sa.Column("failed_at", plugin.store.base.Instant(timezone=True), nullable=True),),
        "invoice": (
            sa.Column("policy_id", sa.String(length=64), nullable=True),
            sa.Column("viewed_at", plugin.store.base.Instant(timezone=True), nullable=True),
            sa.Column("opt_out_by", sa.String(length=255), nullable=False, server_default=""),
            sa.Column("opt_out_since", sa.Date(), nullable=True),
            sa.Column("opt_out_until", sa.Date(), nullable=True),
        ),
        "mail_settings": (
            sa.Column("undo_minutes", sa.Integer(), nullable=False, server_default="10"),
            sa.Column("manual_quiet_days", sa.Integer(), nullable=False, server_default="2"),
            sa.Column("payments_limit_hours", sa.Integer(), nullable=True),
            sa.Column("payments_as_of", plugin.store.base.Instant(timezone=True), nullable=True),
            sa.Column("digest_at", sa.Time(), nullable=False, server_default="16:00:00"),
            sa.Column("policies_need_review", sa.Boolean(), nullable=False, server_default=sa.false()),
            sa.Column("smtp_url", sa.Text(), nullable=False, server_default=""),
            sa.Column("dkim_domain", sa.String(length=255), nullable=False, server_default=""),
            sa.Column("dkim_selector", sa.String(length=64), nullable=False, server_default=""),
            sa.Column("dkim_key", sa.Text(), nullable=False, server_default=""),
            sa.Column("imap_url", sa.Text(), nullable=False, server_default=""),
            sa.Column("imap_folder", sa.String(length=255), nullable=False, server_default="INBOX"),
            sa.Column("inbound_secret", sa.Text(), nullable=False, server_default=""),
        ),
        "mail_text": (sa.Column("html", sa.Text(), nullable=False, server_default=""),),
        "planned_step": (sa.Column("effect_id", sa.String(length=64), nullable=True),),
        "policy_version": (sa.Column("note", sa.Text(), nullable=False, server_default=""),),
        "project": (
            sa.Column("comment_amounts", sa.Boolean(), nullable=False, server_default=sa.true()),
            sa.Column("owner_account_id", sa.String(length=128), nullable=False, server_default=""),
            sa.Column("digest_to", sa.String(length=320), nullable=False, server_default=""),
            sa.Column("call_issues", sa.Boolean(), nullable=False, server_default=sa.false()),
            sa.Column("call_issue_type", sa.String(length=64), nullable=False, server_default="Task"),
        ),
        "task": (
            sa.Column("assignee", sa.String(length=128), nullable=False, server_default=""),
            sa.Column("issue_id", sa.String(length=64), nullable=True),
            sa.Column("issue_key", sa.String(length=64), nullable=False, server_default=""),
            sa.Column("detail", plugin.store.base.JsonText(), nullable=False, server_default="{}"),
            sa.Column("approved_by", sa.String(length=128), nullable=False, server_default=""),
            sa.Column("approved_at", plugin.store.base.Instant(timezone=True), nullable=True),
        ),
    }


def upgrade() -> None:
    op.create_table(
        "staff_mail",
        sa.Column("tenant_id", sa.String(length=32), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("project_id", sa.String(length=64), nullable=True),
        sa.Column("recipient", sa.String(length=320), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("text_body", sa.Text(), nullable=False),
        sa.Column("html_body", sa.Text(), nullable=False),
        sa.Column("message_id", sa.String(length=255), nullable=False),
        sa.Column("mime", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", plugin.store.base.Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_staff_mail")),
        sa.UniqueConstraint("tenant_id", "message_id", name=op.f("uq_staff_mail_tenant_id_message_id")),
    )
    op.create_table(
        "webhook_target",
        sa.Column("tenant_id", sa.String(length=32), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("created_by", sa.String(length=128), nullable=False),
        sa.Column("created_at", plugin.store.base.Instant(timezone=True), nullable=False),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_webhook_target")),
        sa.UniqueConstraint("tenant_id", "name", name=op.f("uq_webhook_target_tenant_id_name")),
    )
    op.create_table(
        "policy_draft",
        sa.Column("tenant_id", sa.String(length=32), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("policy_id", sa.String(length=64), nullable=True),
        sa.Column("base_version", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("body", plugin.store.base.JsonText(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("created_by", sa.String(length=128), nullable=False),
        sa.Column("created_at", plugin.store.base.Instant(timezone=True), nullable=False),
        sa.Column("submitted_by", sa.String(length=128), nullable=False),
        sa.Column("submitted_at", plugin.store.base.Instant(timezone=True), nullable=True),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "policy_id"], ["policy.tenant_id", "policy.id"], name=op.f("fk_policy_draft_policy_id_policy")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_policy_draft")),
    )
    op.create_table(
        "quiet_period",
        sa.Column("tenant_id", sa.String(length=32), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("client_id", sa.String(length=64), nullable=True),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("yearly", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "client_id"], ["client.tenant_id", "client.id"], name=op.f("fk_quiet_period_client_id_client")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_quiet_period")),
    )
    op.create_table(
        "client_answer",
        sa.Column("tenant_id", sa.String(length=32), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("invoice_id", sa.String(length=64), nullable=False),
        sa.Column("message_row_id", sa.String(length=64), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("detail", plugin.store.base.JsonText(), nullable=False),
        sa.Column("given_at", plugin.store.base.Instant(timezone=True), nullable=False),
        sa.Column("handled_by", sa.String(length=128), nullable=False),
        sa.Column("handled_at", plugin.store.base.Instant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "invoice_id"],
            ["invoice.tenant_id", "invoice.id"],
            name=op.f("fk_client_answer_invoice_id_invoice"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "message_row_id"],
            ["message.tenant_id", "message.id"],
            name=op.f("fk_client_answer_message_row_id_message"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_client_answer")),
    )
    op.create_index("ix_client_answer_open", "client_answer", ["tenant_id", "invoice_id", "handled_at"], unique=False)
    op.create_table(
        "inbound_mail",
        sa.Column("tenant_id", sa.String(length=32), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("source_id", sa.String(length=255), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("sender", sa.String(length=320), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("client_id", sa.String(length=64), nullable=True),
        sa.Column("message_row_id", sa.String(length=64), nullable=True),
        sa.Column("invoice_ids", plugin.store.base.JsonText(), nullable=False),
        sa.Column("detail", plugin.store.base.JsonText(), nullable=False),
        sa.Column("received_at", plugin.store.base.Instant(timezone=True), nullable=False),
        sa.Column("handled_by", sa.String(length=128), nullable=False),
        sa.Column("handled_at", plugin.store.base.Instant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "client_id"], ["client.tenant_id", "client.id"], name=op.f("fk_inbound_mail_client_id_client")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "message_row_id"],
            ["message.tenant_id", "message.id"],
            name=op.f("fk_inbound_mail_message_row_id_message"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_inbound_mail")),
        sa.UniqueConstraint("tenant_id", "source_id", name=op.f("uq_inbound_mail_tenant_id_source_id")),
    )
    op.create_index("ix_inbound_mail_open", "inbound_mail", ["tenant_id", "client_id", "handled_at"], unique=False)
    op.create_table(
        "instalment_plan",
        sa.Column("tenant_id", sa.String(length=32), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("invoice_id", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("grace_days", sa.Integer(), nullable=False),
        sa.Column("resume_level", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("offered_by", sa.String(length=128), nullable=False),
        sa.Column("offered_at", plugin.store.base.Instant(timezone=True), nullable=False),
        sa.Column("accepted_by", sa.String(length=255), nullable=False),
        sa.Column("accepted_how", sa.String(length=64), nullable=False),
        sa.Column("accepted_at", plugin.store.base.Instant(timezone=True), nullable=True),
        sa.Column("broken_on", sa.Date(), nullable=True),
        sa.Column("ended_at", plugin.store.base.Instant(timezone=True), nullable=True),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "invoice_id"],
            ["invoice.tenant_id", "invoice.id"],
            name=op.f("fk_instalment_plan_invoice_id_invoice"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_instalment_plan")),
    )
    op.create_index("ix_instalment_plan_invoice", "instalment_plan", ["tenant_id", "invoice_id"], unique=False)
    op.create_table(
        "instalment",
        sa.Column("tenant_id", sa.String(length=32), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("plan_id", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "plan_id"],
            ["instalment_plan.tenant_id", "instalment_plan.id"],
            name=op.f("fk_instalment_plan_id_instalment_plan"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_instalment")),
        sa.UniqueConstraint("tenant_id", "plan_id", "number", name=op.f("uq_instalment_tenant_id_plan_id_number")),
    )
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
