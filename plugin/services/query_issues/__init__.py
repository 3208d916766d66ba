"""What a client asks or contests as an issue in Jira, linked to the invoice's home issue (U12)."""
