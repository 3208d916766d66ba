"""From logged time to an issued invoice: what is unbilled, the draft, the issue, the document it freezes."""
