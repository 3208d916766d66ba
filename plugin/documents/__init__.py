"""Documents on paper: PDF, logo, payment code."""
