"""What clients say on the signed page behind a mail's link, and what follows from it."""
