"""What a project manager does about one invoice beside its money: plans, problems, lines, the outbox, legal steps."""
