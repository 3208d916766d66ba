"""Steps that happen in Jira: a comment, a mention of the project's owner, a notification, a move of the home issue."""
