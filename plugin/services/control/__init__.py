"""What is looked after by itself, every few minutes: plans, ended ladders, the age of payments, the forewarning."""
