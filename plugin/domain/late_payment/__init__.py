"""What the law lets a seller claim for late payment: dated profiles, interest by days, fixed sums."""
