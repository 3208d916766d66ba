"""The first tables"""

import sqlalchemy as sa
from alembic import op

import plugin.store.base
from plugin.store.migrations.row_security import protect

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TENANT_TABLES = (
    "alert",
    "audit",
    "audit_head",
    "client",
    "company_profile",
    "cursor",
    "effect",
    "history_comment",
    "idempotency_key",
    "inbox",
    "issue_property",
    "jira_issue",
    "mail_settings",
    "mail_text",
    "number_series",
    "person_role",
    "policy",
    "rate",
    "tenant",
    "worklog",
    "contact",
    "installation",
    "invoice",
    "message",
    "policy_version",
    "project",
    "document",
    "hold",
    "invoice_event",
    "invoice_line",
    "message_member",
    "payment",
    "planned_step",
    "task",
    "worklog_claim",
)


def upgrade() -> None:
    op.create_table(
        "alert",
        sa.Column("tenant_id", sa.String(length=32), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("at", plugin.store.base.Instant(timezone=True), nullable=False),
        sa.Column("kind", sa.String(length=48), nullable=False),
        sa.Column("sentence", sa.String(length=2000), nullable=False),
        sa.Column("subject", sa.String(length=128), nullable=False),
        sa.Column("dedupe_key", sa.String(length=255), nullable=False),
        sa.Column("settled_at", plugin.store.base.Instant(timezone=True), nullable=True),
        sa.Column("settled_by", sa.String(length=128), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_alert")),
        sa.UniqueConstraint("tenant_id", "dedupe_key", name=op.f("uq_alert_tenant_id_dedupe_key")),
    )
    op.create_table(
        "audit",
        sa.Column("tenant_id", sa.String(length=32), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", plugin.store.base.Instant(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=128), nullable=False),
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(length=128), nullable=False),
        sa.Column("before", plugin.store.base.JsonText(), nullable=True),
        sa.Column("after", plugin.store.base.JsonText(), nullable=True),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_audit")),
        sa.UniqueConstraint("tenant_id", "seq", name=op.f("uq_audit_tenant_id_seq")),
    )
    op.create_table(
        "audit_head",
        sa.Column("tenant_id", sa.String(length=32), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", name=op.f("pk_audit_head")),
    )
    op.create_table(
        "client",
        sa.Column("tenant_id", sa.String(length=32), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("region", sa.String(length=16), nullable=False),
        sa.Column("vat_id", sa.String(length=32), nullable=False),
        sa.Column("reference", sa.String(length=255), nullable=False),
        sa.Column("phone", sa.String(length=64), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("tax_category", sa.String(length=4), nullable=False),
        sa.Column("tax_rate_bp", sa.Integer(), nullable=False),
        sa.Column("tax_reason", sa.String(length=255), nullable=False),
        sa.Column("terms_days", sa.Integer(), nullable=False),
        sa.Column("is_business", sa.Boolean(), nullable=False),
        sa.Column("window_start", sa.Time(), nullable=True),
        sa.Column("window_end", sa.Time(), nullable=True),
        sa.Column("reminders_on", sa.Boolean(), nullable=False),
        sa.Column("opt_out_reason", sa.String(length=255), nullable=False),
        sa.Column("opt_out_by", sa.String(length=255), nullable=False),
        sa.Column("opt_out_until", sa.Date(), nullable=True),
        sa.Column("policy_id", sa.String(length=64), nullable=True),
        sa.Column("last_contact_at", plugin.store.base.Instant(timezone=True), nullable=True),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_client")),
        sa.UniqueConstraint("tenant_id", "name", name=op.f("uq_client_tenant_id_name")),
    )
    op.create_table(
        "company_profile",
        sa.Column("tenant_id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("vat_id", sa.String(length=32), nullable=False),
        sa.Column("tax_number", sa.String(length=32), nullable=False),
        sa.Column("email", sa.String(length=255), nullable=False),
        sa.Column("phone", sa.String(length=64), nullable=False),
        sa.Column("iban", sa.String(length=34), nullable=False),
        sa.Column("bic", sa.String(length=11), nullable=False),
        sa.Column("bank_name", sa.String(length=255), nullable=False),
        sa.Column("footer", sa.Text(), nullable=False),
        sa.Column("colour", sa.String(length=7), nullable=False),
        sa.Column("logo", sa.LargeBinary(), nullable=True),
        sa.Column("logo_media_type", sa.String(length=32), nullable=True),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("region", sa.String(length=16), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("comment_role", sa.String(length=255), nullable=False),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", name=op.f("pk_company_profile")),
    )
    op.create_table(
        "cursor",
        sa.Column("tenant_id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("value", sa.String(length=64), nullable=False),
        sa.Column("next_at", plugin.store.base.Instant(timezone=True), nullable=True),
        sa.Column("lease_until", plugin.store.base.Instant(timezone=True), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=False),
        sa.Column("ran_at", plugin.store.base.Instant(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "name", name=op.f("pk_cursor")),
    )
    with op.batch_alter_table("cursor", schema=None) as batch_op:
        batch_op.create_index("ix_cursor_due", ["next_at"], unique=False)

    op.create_table(
        "deployment",
        sa.Column("key", sa.String(length=16), nullable=False),
        sa.Column("value", sa.String(length=255), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_deployment")),
    )
    op.create_table(
        "effect",
        sa.Column("tenant_id", sa.String(length=32), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("dedupe_key", sa.String(length=255), nullable=False),
        sa.Column("subject_id", sa.String(length=64), nullable=False),
        sa.Column("payload", plugin.store.base.JsonText(), nullable=False),
        sa.Column("depends_on", sa.String(length=64), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("stalls", sa.Integer(), nullable=False),
        sa.Column("next_at", plugin.store.base.Instant(timezone=True), nullable=True),
        sa.Column("first_tried_at", plugin.store.base.Instant(timezone=True), nullable=True),
        sa.Column("lease_until", plugin.store.base.Instant(timezone=True), nullable=True),
        sa.Column("sending_at", plugin.store.base.Instant(timezone=True), nullable=True),
        sa.Column("done_at", plugin.store.base.Instant(timezone=True), nullable=True),
        sa.Column("evidence", plugin.store.base.JsonText(), nullable=False),
        sa.Column("created_at", plugin.store.base.Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_effect")),
        sa.UniqueConstraint("tenant_id", "dedupe_key", name=op.f("uq_effect_tenant_id_dedupe_key")),
    )
    with op.batch_alter_table("effect", schema=None) as batch_op:
        batch_op.create_index("ix_effect_depends", ["tenant_id", "depends_on"], unique=False)
        batch_op.create_index(
            "ix_effect_due",
            ["next_at"],
            unique=False,
            sqlite_where=sa.text("next_at IS NOT NULL AND state IN ('planned','deferred')"),
            postgresql_where=sa.text("next_at IS NOT NULL AND state IN ('planned','deferred')"),
        )
        batch_op.create_index(
            "ix_effect_in_doubt",
            ["next_at"],
            unique=False,
            sqlite_where=sa.text("next_at IS NOT NULL AND state IN ('unknown','verify')"),
            postgresql_where=sa.text("next_at IS NOT NULL AND state IN ('unknown','verify')"),
        )
        batch_op.create_index(
            "ix_effect_lease",
            ["lease_until"],
            unique=False,
            sqlite_where=sa.text("lease_until IS NOT NULL AND state IN ('claimed','sending','posting')"),
            postgresql_where=sa.text("lease_until IS NOT NULL AND state IN ('claimed','sending','posting')"),
        )
        batch_op.create_index("ix_effect_offered", ["tenant_id", "kind", "sending_at"], unique=False)
        batch_op.create_index("ix_effect_subject", ["tenant_id", "subject_id"], unique=False)

    op.create_table(
        "heartbeat",
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("holder", sa.String(length=64), nullable=False),
        sa.Column("lease_until", plugin.store.base.Instant(timezone=True), nullable=True),
        sa.Column("at", plugin.store.base.Instant(timezone=True), nullable=True),
        sa.Column("business_at", plugin.store.base.Instant(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_heartbeat")),
    )
    op.create_table(
        "history_comment",
        sa.Column("tenant_id", sa.String(length=32), nullable=False),
        sa.Column("invoice_id", sa.String(length=64), nullable=False),
        sa.Column("issue_id", sa.String(length=64), nullable=False),
        sa.Column("comment_id", sa.String(length=64), nullable=True),
        sa.Column("written_revision", sa.Integer(), nullable=False),
        sa.Column("deletions", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "invoice_id", "issue_id", name=op.f("pk_history_comment")),
    )
    op.create_table(
        "idempotency_key",
        sa.Column("tenant_id", sa.String(length=32), nullable=False),
        sa.Column("key", sa.String(length=128), nullable=False),
        sa.Column("request_hash", sa.String(length=64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", plugin.store.base.Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "key", name=op.f("pk_idempotency_key")),
    )
    op.create_table(
        "inbox",
        sa.Column("tenant_id", sa.String(length=32), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("event_id", sa.String(length=255), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("worklog_id", sa.String(length=64), nullable=True),
        sa.Column("issue_id", sa.String(length=64), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("received_at", plugin.store.base.Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_inbox")),
        sa.UniqueConstraint("tenant_id", "source", "event_id", name=op.f("uq_inbox_tenant_id_source_event_id")),
    )
    with op.batch_alter_table("inbox", schema=None) as batch_op:
        batch_op.create_index("ix_inbox_open", ["tenant_id", "state"], unique=False)

    op.create_table(
        "issue_property",
        sa.Column("tenant_id", sa.String(length=32), nullable=False),
        sa.Column("issue_id", sa.String(length=64), nullable=False),
        sa.Column("body_hash", sa.String(length=64), nullable=False),
        sa.Column("written_at", plugin.store.base.Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "issue_id", name=op.f("pk_issue_property")),
    )
    op.create_table(
        "jira_issue",
        sa.Column("tenant_id", sa.String(length=32), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("type_name", sa.String(length=255), nullable=False),
        sa.Column("project_id", sa.String(length=64), nullable=False),
        sa.Column("epic_key", sa.String(length=64), nullable=True),
        sa.Column("components", plugin.store.base.JsonText(), nullable=False),
        sa.Column("updated_at", plugin.store.base.Instant(timezone=True), nullable=True),
        sa.Column("gone_at", plugin.store.base.Instant(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_jira_issue")),
    )
    with op.batch_alter_table("jira_issue", schema=None) as batch_op:
        batch_op.create_index("ix_jira_issue_key", ["tenant_id", "key"], unique=False)
        batch_op.create_index("ix_jira_issue_project", ["tenant_id", "project_id"], unique=False)

    op.create_table(
        "mail_settings",
        sa.Column("tenant_id", sa.String(length=32), nullable=False),
        sa.Column("from_name", sa.String(length=255), nullable=False),
        sa.Column("from_address", sa.String(length=255), nullable=False),
        sa.Column("reply_to", sa.String(length=255), nullable=False),
        sa.Column("window_start", sa.Time(), nullable=False),
        sa.Column("window_end", sa.Time(), nullable=False),
        sa.Column("contact_interval_days", sa.Integer(), nullable=False),
        sa.Column("hourly_limit", sa.Integer(), nullable=False),
        sa.Column("paused_reason", sa.String(length=255), nullable=False),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", name=op.f("pk_mail_settings")),
    )
    op.create_table(
        "mail_text",
        sa.Column("tenant_id", sa.String(length=32), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("template", sa.String(length=64), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_mail_text")),
        sa.UniqueConstraint("tenant_id", "template", "language", name=op.f("uq_mail_text_tenant_id_template_language")),
    )
    op.create_table(
        "number_series",
        sa.Column("tenant_id", sa.String(length=32), nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("pattern", sa.String(length=64), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.Column("last_issued_on", sa.Date(), nullable=True),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "key", name=op.f("pk_number_series")),
    )
    op.create_table(
        "person_role",
        sa.Column("tenant_id", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.String(length=128), nullable=False),
        sa.Column("role", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "account_id", name=op.f("pk_person_role")),
    )
    op.create_table(
        "policy",
        sa.Column("tenant_id", sa.String(length=32), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_policy")),
        sa.UniqueConstraint("tenant_id", "name", name=op.f("uq_policy_tenant_id_name")),
    )
    op.create_table(
        "rate",
        sa.Column("tenant_id", sa.String(length=32), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("level", sa.String(length=32), nullable=False),
        sa.Column("project_id", sa.String(length=64), nullable=True),
        sa.Column("client_id", sa.String(length=64), nullable=True),
        sa.Column("account_id", sa.String(length=128), nullable=True),
        sa.Column("role", sa.String(length=64), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("minor_per_hour", sa.BigInteger(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_rate")),
    )
    with op.batch_alter_table("rate", schema=None) as batch_op:
        batch_op.create_index("ix_rate_level", ["tenant_id", "level"], unique=False)

    op.create_table(
        "tenant",
        sa.Column("tenant_id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("mode", sa.String(length=16), nullable=False),
        sa.Column("kill_switch", sa.Boolean(), nullable=False),
        sa.Column("reminders_on", sa.Boolean(), nullable=False),
        sa.Column("created_at", plugin.store.base.Instant(timezone=True), nullable=False),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", name=op.f("pk_tenant")),
    )
    op.create_table(
        "worklog",
        sa.Column("tenant_id", sa.String(length=32), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("issue_id", sa.String(length=64), nullable=False),
        sa.Column("author_id", sa.String(length=128), nullable=True),
        sa.Column("started_at", plugin.store.base.Instant(timezone=True), nullable=True),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("restricted", sa.Boolean(), nullable=False),
        sa.Column("updated_at", plugin.store.base.Instant(timezone=True), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("confirmed_by", sa.String(length=128), nullable=True),
        sa.Column("missing_since", plugin.store.base.Instant(timezone=True), nullable=True),
        sa.Column("gone_at", plugin.store.base.Instant(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_worklog")),
    )
    with op.batch_alter_table("worklog", schema=None) as batch_op:
        batch_op.create_index("ix_worklog_day", ["tenant_id", "day"], unique=False)
        batch_op.create_index("ix_worklog_issue", ["tenant_id", "issue_id"], unique=False)

    op.create_table(
        "contact",
        sa.Column("tenant_id", sa.String(length=32), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("client_id", sa.String(length=64), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("email", sa.String(length=255), nullable=False),
        sa.Column("phone", sa.String(length=64), nullable=False),
        sa.Column("failed_reason", sa.String(length=255), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "client_id"], ["client.tenant_id", "client.id"], name=op.f("fk_contact_client_id_client")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_contact")),
    )
    with op.batch_alter_table("contact", schema=None) as batch_op:
        batch_op.create_index("ix_contact_client", ["tenant_id", "client_id"], unique=False)

    op.create_table(
        "installation",
        sa.Column("tenant_id", sa.String(length=32), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("client_key", sa.String(length=255), nullable=True),
        sa.Column("installation_id", sa.String(length=255), nullable=True),
        sa.Column("cloud_id", sa.String(length=255), nullable=True),
        sa.Column("base_url", sa.String(length=255), nullable=False),
        sa.Column("display_url", sa.String(length=255), nullable=True),
        sa.Column("api_base_url", sa.String(length=255), nullable=True),
        sa.Column("shared_secret", sa.Text(), nullable=True),
        sa.Column("previous_secret", sa.Text(), nullable=True),
        sa.Column("previous_secret_until", plugin.store.base.Instant(timezone=True), nullable=True),
        sa.Column("oauth_client_id", sa.String(length=255), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("licensed", sa.Boolean(), nullable=False),
        sa.Column("rejections", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.String(length=255), nullable=True),
        sa.Column("event_at", plugin.store.base.Instant(timezone=True), nullable=False),
        sa.Column("event_rank", sa.Integer(), nullable=False),
        sa.Column("installed_at", plugin.store.base.Instant(timezone=True), nullable=False),
        sa.Column("uninstalled_at", plugin.store.base.Instant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.tenant_id"], name=op.f("fk_installation__tenant")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_installation")),
    )
    with op.batch_alter_table("installation", schema=None) as batch_op:
        batch_op.create_index("ix_installation_base_url", ["base_url"], unique=False)
        batch_op.create_index("uq_installation_client_key", ["client_key"], unique=True)
        batch_op.create_index("uq_installation_installation_id", ["installation_id"], unique=True)

    op.create_table(
        "invoice",
        sa.Column("tenant_id", sa.String(length=32), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("series", sa.String(length=32), nullable=False),
        sa.Column("number", sa.String(length=64), nullable=True),
        sa.Column("client_id", sa.String(length=64), nullable=False),
        sa.Column("project_id", sa.String(length=64), nullable=False),
        sa.Column("home_issue_id", sa.String(length=64), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("period_start", sa.Date(), nullable=True),
        sa.Column("period_end", sa.Date(), nullable=True),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("terms_days", sa.Integer(), nullable=False),
        sa.Column("net_minor", sa.BigInteger(), nullable=False),
        sa.Column("tax_minor", sa.BigInteger(), nullable=False),
        sa.Column("gross_minor", sa.BigInteger(), nullable=False),
        sa.Column("balance_minor", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("settings", plugin.store.base.JsonText(), nullable=False),
        sa.Column("snapshot", sa.Text(), nullable=True),
        sa.Column("snapshot_sha256", sa.String(length=64), nullable=True),
        sa.Column("policy_version_id", sa.String(length=64), nullable=True),
        sa.Column("reminders_on", sa.Boolean(), nullable=False),
        sa.Column("opt_out_reason", sa.String(length=255), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.String(length=128), nullable=False),
        sa.Column("created_at", plugin.store.base.Instant(timezone=True), nullable=False),
        sa.Column("issued_at", plugin.store.base.Instant(timezone=True), nullable=True),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "client_id"], ["client.tenant_id", "client.id"], name=op.f("fk_invoice_client_id_client")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_invoice")),
        sa.UniqueConstraint("tenant_id", "series", "number", name=op.f("uq_invoice_tenant_id_series_number")),
    )
    with op.batch_alter_table("invoice", schema=None) as batch_op:
        batch_op.create_index("ix_invoice_client_state", ["tenant_id", "client_id", "state"], unique=False)
        batch_op.create_index("ix_invoice_due", ["tenant_id", "state", "due_on"], unique=False)
        batch_op.create_index("ix_invoice_home", ["tenant_id", "home_issue_id"], unique=False)
        batch_op.create_index("ix_invoice_newest", ["tenant_id", "project_id", "created_at"], unique=False)
        batch_op.create_index(
            "ix_invoice_project",
            ["tenant_id", "project_id", "state", "due_on", "currency", "balance_minor"],
            unique=False,
        )

    op.create_table(
        "message",
        sa.Column("tenant_id", sa.String(length=32), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("client_id", sa.String(length=64), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("recipient", sa.String(length=320), nullable=False),
        sa.Column("message_id", sa.String(length=255), nullable=False),
        sa.Column("tone", sa.String(length=16), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("template", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("text_body", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("mime", sa.LargeBinary(), nullable=True),
        sa.Column("crossed_payment", sa.Boolean(), nullable=False),
        sa.Column("created_at", plugin.store.base.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "client_id"], ["client.tenant_id", "client.id"], name=op.f("fk_message_client_id_client")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_message")),
        sa.UniqueConstraint("tenant_id", "message_id", name=op.f("uq_message_tenant_id_message_id")),
    )
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.create_index("ix_message_client", ["tenant_id", "client_id"], unique=False)

    op.create_table(
        "policy_version",
        sa.Column("tenant_id", sa.String(length=32), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("policy_id", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("body", plugin.store.base.JsonText(), nullable=False),
        sa.Column("published_by", sa.String(length=128), nullable=False),
        sa.Column("published_at", plugin.store.base.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "policy_id"],
            ["policy.tenant_id", "policy.id"],
            name=op.f("fk_policy_version_policy_id_policy"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_policy_version")),
        sa.UniqueConstraint(
            "tenant_id", "policy_id", "version", name=op.f("uq_policy_version_tenant_id_policy_id_version")
        ),
    )
    op.create_table(
        "project",
        sa.Column("tenant_id", sa.String(length=32), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("service_desk", sa.Boolean(), nullable=False),
        sa.Column("client_id", sa.String(length=64), nullable=True),
        sa.Column("policy_id", sa.String(length=64), nullable=True),
        sa.Column("reminders_on", sa.Boolean(), nullable=False),
        sa.Column("rounding_unit", sa.String(length=16), nullable=False),
        sa.Column("rounding_mode", sa.String(length=16), nullable=False),
        sa.Column("rounding_minutes", sa.Integer(), nullable=False),
        sa.Column("minimum_minutes", sa.Integer(), nullable=False),
        sa.Column("grouping", sa.String(length=16), nullable=False),
        sa.Column("home_issue_id", sa.String(length=64), nullable=True),
        sa.Column("comment_on", sa.String(length=16), nullable=False),
        sa.Column("comment_visibility", sa.String(length=16), nullable=False),
        sa.Column("gone_at", plugin.store.base.Instant(timezone=True), nullable=True),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "client_id"], ["client.tenant_id", "client.id"], name=op.f("fk_project_client_id_client")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_project")),
    )
    with op.batch_alter_table("project", schema=None) as batch_op:
        batch_op.create_index("ix_project_key", ["tenant_id", "key"], unique=False)

    op.create_table(
        "document",
        sa.Column("tenant_id", sa.String(length=32), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("invoice_id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("file_name", sa.String(length=255), nullable=False),
        sa.Column("media_type", sa.String(length=64), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("made_at", plugin.store.base.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "invoice_id"],
            ["invoice.tenant_id", "invoice.id"],
            name=op.f("fk_document_invoice_id_invoice"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_document")),
        sa.UniqueConstraint("tenant_id", "invoice_id", "kind", name=op.f("uq_document_tenant_id_invoice_id_kind")),
    )
    op.create_table(
        "hold",
        sa.Column("tenant_id", sa.String(length=32), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("invoice_id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("amount_minor", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("detail", plugin.store.base.JsonText(), nullable=False),
        sa.Column("created_by", sa.String(length=128), nullable=False),
        sa.Column("created_at", plugin.store.base.Instant(timezone=True), nullable=False),
        sa.Column("lifted_by", sa.String(length=128), nullable=False),
        sa.Column("lifted_at", plugin.store.base.Instant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "invoice_id"], ["invoice.tenant_id", "invoice.id"], name=op.f("fk_hold_invoice_id_invoice")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_hold")),
    )
    with op.batch_alter_table("hold", schema=None) as batch_op:
        batch_op.create_index("ix_hold_invoice", ["tenant_id", "invoice_id"], unique=False)

    op.create_table(
        "invoice_event",
        sa.Column("tenant_id", sa.String(length=32), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("invoice_id", sa.String(length=64), nullable=False),
        sa.Column("at", plugin.store.base.Instant(timezone=True), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("step_key", sa.String(length=64), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("internal_note", sa.Text(), nullable=False),
        sa.Column("actor", sa.String(length=128), nullable=False),
        sa.Column("dedupe_key", sa.String(length=255), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "invoice_id"],
            ["invoice.tenant_id", "invoice.id"],
            name=op.f("fk_invoice_event_invoice_id_invoice"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_invoice_event")),
        sa.UniqueConstraint("tenant_id", "dedupe_key", name=op.f("uq_invoice_event_tenant_id_dedupe_key")),
    )
    with op.batch_alter_table("invoice_event", schema=None) as batch_op:
        batch_op.create_index("ix_invoice_event_invoice", ["tenant_id", "invoice_id", "at"], unique=False)

    op.create_table(
        "invoice_line",
        sa.Column("tenant_id", sa.String(length=32), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("invoice_id", sa.String(length=64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("issue_keys", plugin.store.base.JsonText(), nullable=False),
        sa.Column("quantity_hundredths", sa.BigInteger(), nullable=False),
        sa.Column("unit", sa.String(length=8), nullable=False),
        sa.Column("unit_price_minor", sa.BigInteger(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("tax_category", sa.String(length=4), nullable=False),
        sa.Column("tax_rate_bp", sa.Integer(), nullable=False),
        sa.Column("trace", plugin.store.base.JsonText(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "invoice_id"],
            ["invoice.tenant_id", "invoice.id"],
            name=op.f("fk_invoice_line_invoice_id_invoice"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_invoice_line")),
        sa.UniqueConstraint(
            "tenant_id", "invoice_id", "position", name=op.f("uq_invoice_line_tenant_id_invoice_id_position")
        ),
    )
    op.create_table(
        "message_member",
        sa.Column("tenant_id", sa.String(length=32), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("message_row_id", sa.String(length=64), nullable=False),
        sa.Column("invoice_id", sa.String(length=64), nullable=False),
        sa.Column("step_key", sa.String(length=64), nullable=False),
        sa.Column("occurrence", sa.Integer(), nullable=False),
        sa.Column("recipient", sa.String(length=320), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "invoice_id"],
            ["invoice.tenant_id", "invoice.id"],
            name=op.f("fk_message_member_invoice_id_invoice"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "message_row_id"],
            ["message.tenant_id", "message.id"],
            name=op.f("fk_message_member_message_row_id_message"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_message_member")),
        sa.UniqueConstraint(
            "tenant_id",
            "invoice_id",
            "step_key",
            "occurrence",
            "recipient",
            name=op.f("uq_message_member_tenant_id_invoice_id_step_key_occurrence_recipient"),
        ),
    )
    with op.batch_alter_table("message_member", schema=None) as batch_op:
        batch_op.create_index("ix_message_member_message", ["tenant_id", "message_row_id"], unique=False)

    op.create_table(
        "payment",
        sa.Column("tenant_id", sa.String(length=32), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("invoice_id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("method", sa.String(length=32), nullable=False),
        sa.Column("reference", sa.String(length=255), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("reverses_id", sa.String(length=64), nullable=True),
        sa.Column("recorded_by", sa.String(length=128), nullable=False),
        sa.Column("recorded_at", plugin.store.base.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "invoice_id"], ["invoice.tenant_id", "invoice.id"], name=op.f("fk_payment_invoice_id_invoice")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "reverses_id"],
            ["payment.tenant_id", "payment.id"],
            name=op.f("fk_payment_reverses_id_payment"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_payment")),
    )
    with op.batch_alter_table("payment", schema=None) as batch_op:
        batch_op.create_index("ix_payment_invoice", ["tenant_id", "invoice_id"], unique=False)

    op.create_table(
        "planned_step",
        sa.Column("tenant_id", sa.String(length=32), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("invoice_id", sa.String(length=64), nullable=False),
        sa.Column("policy_version_id", sa.String(length=64), nullable=False),
        sa.Column("step_key", sa.String(length=64), nullable=False),
        sa.Column("occurrence", sa.Integer(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("tone", sa.String(length=16), nullable=False),
        sa.Column("moved_to", sa.Date(), nullable=True),
        sa.Column("requested", sa.Boolean(), nullable=False),
        sa.Column("approved", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("reason_code", sa.String(length=48), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("planned_on", sa.Date(), nullable=False),
        sa.Column("next_at", plugin.store.base.Instant(timezone=True), nullable=True),
        sa.Column("deadline_on", sa.Date(), nullable=True),
        sa.Column("message_row_id", sa.String(length=64), nullable=True),
        sa.Column("done_at", plugin.store.base.Instant(timezone=True), nullable=True),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "invoice_id"],
            ["invoice.tenant_id", "invoice.id"],
            name=op.f("fk_planned_step_invoice_id_invoice"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "message_row_id"],
            ["message.tenant_id", "message.id"],
            name=op.f("fk_planned_step_message_row_id_message"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_planned_step")),
        sa.UniqueConstraint(
            "tenant_id",
            "invoice_id",
            "step_key",
            "occurrence",
            name=op.f("uq_planned_step_tenant_id_invoice_id_step_key_occurrence"),
        ),
    )
    with op.batch_alter_table("planned_step", schema=None) as batch_op:
        batch_op.create_index(
            "ix_planned_step_due",
            ["next_at"],
            unique=False,
            sqlite_where=sa.text("next_at IS NOT NULL AND state IN ('planned','deferred','held')"),
            postgresql_where=sa.text("next_at IS NOT NULL AND state IN ('planned','deferred','held')"),
        )
        batch_op.create_index("ix_planned_step_message", ["tenant_id", "message_row_id"], unique=False)

    op.create_table(
        "task",
        sa.Column("tenant_id", sa.String(length=32), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("invoice_id", sa.String(length=64), nullable=False),
        sa.Column("step_key", sa.String(length=64), nullable=False),
        sa.Column("occurrence", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("outcome", sa.String(length=32), nullable=False),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("next_action", sa.Text(), nullable=False),
        sa.Column("spoke_with", sa.String(length=255), nullable=False),
        sa.Column("promised_on", sa.Date(), nullable=True),
        sa.Column("done_by", sa.String(length=128), nullable=False),
        sa.Column("done_at", plugin.store.base.Instant(timezone=True), nullable=True),
        sa.Column("created_at", plugin.store.base.Instant(timezone=True), nullable=False),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "invoice_id"], ["invoice.tenant_id", "invoice.id"], name=op.f("fk_task_invoice_id_invoice")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_task")),
        sa.UniqueConstraint(
            "tenant_id",
            "invoice_id",
            "step_key",
            "occurrence",
            name=op.f("uq_task_tenant_id_invoice_id_step_key_occurrence"),
        ),
    )
    with op.batch_alter_table("task", schema=None) as batch_op:
        batch_op.create_index("ix_task_open", ["tenant_id", "state", "due_on"], unique=False)

    op.create_table(
        "worklog_claim",
        sa.Column("tenant_id", sa.String(length=32), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("worklog_id", sa.String(length=64), nullable=False),
        sa.Column("issue_id", sa.String(length=64), nullable=False),
        sa.Column("invoice_id", sa.String(length=64), nullable=False),
        sa.Column("line_id", sa.String(length=64), nullable=False),
        sa.Column("seconds_logged", sa.Integer(), nullable=False),
        sa.Column("seconds_billed", sa.Integer(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("released_at", plugin.store.base.Instant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "invoice_id"],
            ["invoice.tenant_id", "invoice.id"],
            name=op.f("fk_worklog_claim_invoice_id_invoice"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "line_id"],
            ["invoice_line.tenant_id", "invoice_line.id"],
            name=op.f("fk_worklog_claim_line_id_invoice_line"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_worklog_claim")),
    )
    with op.batch_alter_table("worklog_claim", schema=None) as batch_op:
        batch_op.create_index("ix_worklog_claim_invoice", ["tenant_id", "invoice_id"], unique=False)
        batch_op.create_index("ix_worklog_claim_issue", ["tenant_id", "issue_id"], unique=False)
        batch_op.create_index("ix_worklog_claim_line", ["tenant_id", "line_id"], unique=False)
        batch_op.create_index(
            "uq_worklog_claim_live",
            ["tenant_id", "worklog_id"],
            unique=True,
            sqlite_where=sa.text("released_at IS NULL"),
            postgresql_where=sa.text("released_at IS NULL"),
        )
    protect(*TENANT_TABLES)


def downgrade() -> None:
    with op.batch_alter_table("worklog_claim", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_worklog_claim_live",
            sqlite_where=sa.text("released_at IS NULL"),
            postgresql_where=sa.text("released_at IS NULL"),
        )
        batch_op.drop_index("ix_worklog_claim_line")
        batch_op.drop_index("ix_worklog_claim_issue")
        batch_op.drop_index("ix_worklog_claim_invoice")

    op.drop_table("worklog_claim")
    with op.batch_alter_table("task", schema=None) as batch_op:
        batch_op.drop_index("ix_task_open")

    op.drop_table("task")
    with op.batch_alter_table("planned_step", schema=None) as batch_op:
        batch_op.drop_index("ix_planned_step_message")
        batch_op.drop_index(
            "ix_planned_step_due",
            sqlite_where=sa.text("next_at IS NOT NULL AND state IN ('planned','deferred','held')"),
            postgresql_where=sa.text("next_at IS NOT NULL AND state IN ('planned','deferred','held')"),
        )

    op.drop_table("planned_step")
    with op.batch_alter_table("payment", schema=None) as batch_op:
        batch_op.drop_index("ix_payment_invoice")

    op.drop_table("payment")
    with op.batch_alter_table("message_member", schema=None) as batch_op:
        batch_op.drop_index("ix_message_member_message")

    op.drop_table("message_member")
    op.drop_table("invoice_line")
    with op.batch_alter_table("invoice_event", schema=None) as batch_op:
        batch_op.drop_index("ix_invoice_event_invoice")

    op.drop_table("invoice_event")
    with op.batch_alter_table("hold", schema=None) as batch_op:
        batch_op.drop_index("ix_hold_invoice")

    op.drop_table("hold")
    op.drop_table("document")
    with op.batch_alter_table("project", schema=None) as batch_op:
        batch_op.drop_index("ix_project_key")

    op.drop_table("project")
    op.drop_table("policy_version")
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.drop_index("ix_message_client")

    op.drop_table("message")
    with op.batch_alter_table("invoice", schema=None) as batch_op:
        batch_op.drop_index("ix_invoice_project")
        batch_op.drop_index("ix_invoice_newest")
        batch_op.drop_index("ix_invoice_home")
        batch_op.drop_index("ix_invoice_due")
        batch_op.drop_index("ix_invoice_client_state")

    op.drop_table("invoice")
    with op.batch_alter_table("installation", schema=None) as batch_op:
        batch_op.drop_index("uq_installation_installation_id")
        batch_op.drop_index("uq_installation_client_key")
        batch_op.drop_index("ix_installation_base_url")

    op.drop_table("installation")
    with op.batch_alter_table("contact", schema=None) as batch_op:
        batch_op.drop_index("ix_contact_client")

    op.drop_table("contact")
    with op.batch_alter_table("worklog", schema=None) as batch_op:
        batch_op.drop_index("ix_worklog_issue")
        batch_op.drop_index("ix_worklog_day")

    op.drop_table("worklog")
    op.drop_table("tenant")
    with op.batch_alter_table("rate", schema=None) as batch_op:
        batch_op.drop_index("ix_rate_level")

    op.drop_table("rate")
    op.drop_table("policy")
    op.drop_table("person_role")
    op.drop_table("number_series")
    op.drop_table("mail_text")
    op.drop_table("mail_settings")
    with op.batch_alter_table("jira_issue", schema=None) as batch_op:
        batch_op.drop_index("ix_jira_issue_project")
        batch_op.drop_index("ix_jira_issue_key")

    op.drop_table("jira_issue")
    op.drop_table("issue_property")
    with op.batch_alter_table("inbox", schema=None) as batch_op:
        batch_op.drop_index("ix_inbox_open")

    op.drop_table("inbox")
    op.drop_table("idempotency_key")
    op.drop_table("history_comment")
    op.drop_table("heartbeat")
    with op.batch_alter_table("effect", schema=None) as batch_op:
        batch_op.drop_index("ix_effect_subject")
        batch_op.drop_index("ix_effect_offered")
        batch_op.drop_index(
            "ix_effect_lease",
            sqlite_where=sa.text("lease_until IS NOT NULL AND state IN ('claimed','sending','posting')"),
            postgresql_where=sa.text("lease_until IS NOT NULL AND state IN ('claimed','sending','posting')"),
        )
        batch_op.drop_index(
            "ix_effect_in_doubt",
            sqlite_where=sa.text("next_at IS NOT NULL AND state IN ('unknown','verify')"),
            postgresql_where=sa.text("next_at IS NOT NULL AND state IN ('unknown','verify')"),
        )
        batch_op.drop_index(
            "ix_effect_due",
            sqlite_where=sa.text("next_at IS NOT NULL AND state IN ('planned','deferred')"),
            postgresql_where=sa.text("next_at IS NOT NULL AND state IN ('planned','deferred')"),
        )
        batch_op.drop_index("ix_effect_depends")

    op.drop_table("effect")
    op.drop_table("deployment")
    with op.batch_alter_table("cursor", schema=None) as batch_op:
        batch_op.drop_index("ix_cursor_due")

    op.drop_table("cursor")
    op.drop_table("company_profile")
    op.drop_table("client")
    op.drop_table("audit_head")
    op.drop_table("audit")
    op.drop_table("alert")
