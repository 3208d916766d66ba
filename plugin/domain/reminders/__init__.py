"""Follow-ups: policies, facts, and the one pure function ``plan`` that decides what goes out, when, and why."""
