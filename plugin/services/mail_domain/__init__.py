"""The domain of the sender: its DKIM key, its DNS records, and whether SPF, DKIM and DMARC align with it (L50, C36)."""
