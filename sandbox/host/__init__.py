"""The pages that look like Jira: routes here, templates and scripts beside them."""
