"""Mail: addresses, MIME, the dialogue with the server, and where to look a message up."""
