"""What the law gives a seller for a late invoice, from the rows; stated in mails, never on an invoice."""
