"""All tables, imported once so that the metadata is complete."""

from plugin.store.tables import (
    audit,
    clients,
    company,
    follow_ups,
    invoices,
    jira_facts,
    outbox,
    payments,
    policies,
    rates,
    runtime,
    tenants,
)

__all__ = [
    "audit",
    "clients",
    "company",
    "follow_ups",
    "invoices",
    "jira_facts",
    "outbox",
    "payments",
    "policies",
    "rates",
    "runtime",
    "tenants",
]
