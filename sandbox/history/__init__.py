"""The last months of the pretend company, lived through by the product itself: real drafts, mails, calls, payments."""
