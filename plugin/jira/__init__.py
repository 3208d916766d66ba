"""What we say to Jira: the client, worklogs, issues, people, comments, properties."""
