"""MRL: an English outdoor outfitter whose shop is rebuilt."""

from sandbox.seed.plan import PlannedEpic, PlannedIssue, PlannedProject

STOREFRONT = PlannedEpic(
    "Storefront relaunch",
    (
        PlannedIssue("Move the catalogue to the new search", "Story", "Search", 0, 24, 6),
        PlannedIssue(
            "Filter tents by season, weight and persons",
            "Story",
            "Search",
            8,
            36,
            5,
            "Filters must survive the back button. Counts next to each value, empty values greyed out.",
        ),
        PlannedIssue("Product pages: size guide and fit notes", "Story", "Catalogue", 14, 44, 4),
        PlannedIssue("Reviews imported twice after the nightly run", "Bug", "Catalogue", 30, 42, 3),
        PlannedIssue("Basket loses its contents when the session ends", "Bug", "Checkout", 34, 48, 4),
        PlannedIssue("One-page checkout", "Story", "Checkout", 38, 74, 7),
        PlannedIssue("Gift cards at checkout", "Story", "Checkout", 66, 90, 4),
        PlannedIssue("Store finder with opening hours", "Story", "Catalogue", 72, 100, 4),
        PlannedIssue("Autumn campaign landing pages", "Task", "Design", 78, 100, 4),
        PlannedIssue("Images crop badly on wide screens", "Bug", "Design", 82, 94, 2),
    ),
)
RETURNS = PlannedEpic(
    "Returns and repairs",
    (
        PlannedIssue(
            "Returns label from the customer account",
            "Story",
            "Returns",
            20,
            50,
            4,
            "Whoever sends something back prints the label at home instead of writing to the service desk.",
        ),
        PlannedIssue("Repair desk: book a boot resole online", "Story", "Returns", 52, 84, 5),
        PlannedIssue("Refund status mail is sent in the wrong order", "Bug", "Returns", 60, 70, 2),
        PlannedIssue("Warehouse export of expected returns", "Task", "Returns", 76, 96, 3),
    ),
)
RUNNING = PlannedEpic(
    "Design system and running the site",
    (
        PlannedIssue("Type scale and colours for the relaunch", "Task", "Design", 0, 22, 4),
        PlannedIssue("Component library: cards, badges, price tags", "Task", "Design", 16, 58, 4),
        PlannedIssue("Weekly call with Marlowe's e-commerce team", "Task", "Management", 0, 100, 2),
        PlannedIssue("Accessibility review of the checkout", "Task", "Design", 68, 80, 3),
        PlannedIssue("Monitoring and on-call handover", "Task", "Operations", 44, 60, 2),
    ),
)
NOTES = {
    "Bug": (
        "Reproduced on staging, narrowed it down",
        "Fix with a regression test",
        "Checked the fix with their support lead",
        "Went through the logs of last week",
        "Deployed and watched for an hour",
    ),
    "Story": (
        "First working version",
        "Built the page to Marta's design",
        "Review comments from Priya worked in",
        "Tests for the odd cases",
        "Pairing with Bob on the data model",
        "Demo to the client and notes",
        "Polish before sign-off",
        "Performance: fewer queries per page",
    ),
    "Task": (
        "Prepared and sent round",
        "Workshop with the client",
        "Set up and checked",
        "Call, notes shared",
        "Follow-ups from the call",
        "Second round after feedback",
    ),
}
OUTDOOR = PlannedProject(
    "MRL",
    "Marlowe Outdoor",
    "New shop for Marlowe Outdoor Ltd, Leeds.",
    "software",
    (STOREFRONT, RETURNS, RUNNING),
    NOTES,
)
