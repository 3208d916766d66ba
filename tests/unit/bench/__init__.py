"""How benchmarks are measured and shown; their times are never asserted."""
