"""From logged time to an invoice: facts, rates, rounding, grouping, lines, tax, totals, numbers, states."""
