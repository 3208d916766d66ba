"""Following up: facts gathered, the planner asked, steps stored, messages composed, outcomes written."""
