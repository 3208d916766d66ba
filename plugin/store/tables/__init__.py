"""All tables, imported once so that the metadata is complete."""

from plugin.store.tables import (
    answers,
    audit,
    clients,
    company,
    follow_ups,
    invoices,
    jira_facts,
    law,
    outbox,
    payments,
    plans,
    policies,
    rates,
    runtime,
    staff,
    tenants,
)

__all__ = [
    "answers",
    "audit",
    "clients",
    "company",
    "follow_ups",
    "invoices",
    "jira_facts",
    "law",
    "outbox",
    "payments",
    "plans",
    "policies",
    "rates",
    "runtime",
    "staff",
    "tenants",
]
