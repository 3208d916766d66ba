"""Mail that comes in: read within bounds, tied to the mail it answers, and told apart: reply, robot, bounce."""
