"""Reading Jira: by cursor and in pages, with webhooks as hints only. What Jira says twice is stored once."""
