"""A pretend Jira Cloud: world, REST v3, install, webhooks, limits and faults over real HTTP."""
