"""What admins and project managers set: company, mail, numbers, clients, projects, rates, policies. All audited."""
