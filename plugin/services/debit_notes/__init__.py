"""Claims for late payment on paper: issued beside an invoice, booked when paid, cancelled with a reason (L14)."""
