"""The history of an invoice, and how it shows on the Jira issues it bills."""
