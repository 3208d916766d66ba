"""CLV: a French hotel group with a booking portal and a support contract."""

from sandbox.seed.plan import PlannedEpic, PlannedIssue, PlannedProject

PORTAL = PlannedEpic(
    "Booking portal",
    (
        PlannedIssue("Room calendar with nightly rates", "Story", "Booking", 0, 30, 6),
        PlannedIssue(
            "Tourist tax by commune (taxe de séjour)",
            "Story",
            "Booking",
            10,
            34,
            4,
            "Rates per person and night differ between Lyon, Annecy and Chamonix; children are exempt.",
        ),
        PlannedIssue("Group bookings with a shared deposit", "Story", "Booking", 28, 62, 6),
        PlannedIssue("Bookings over midnight land on the wrong day", "Bug", "Booking", 36, 48, 4),
        PlannedIssue("Confirmation mails in French, English and German", "Task", "Mail", 42, 60, 3),
        PlannedIssue("Spa and restaurant as extras to a stay", "Story", "Extras", 58, 90, 5),
        PlannedIssue("Voucher codes « Escapade d’été »", "Task", "Extras", 64, 78, 3),
        PlannedIssue("Late check-out request from the guest’s phone", "Story", "Extras", 80, 100, 4),
    ),
)
CHANNELS = PlannedEpic(
    "Channel manager",
    (
        PlannedIssue("Push availability to two booking sites", "Story", "Channels", 6, 40, 5),
        PlannedIssue("Overbooking when two sites sell the last room", "Bug", "Channels", 46, 58, 4),
        PlannedIssue("Rate parity report for the revenue manager", "Task", "Channels", 68, 92, 4),
        PlannedIssue("Cancelled stays come back after a resync", "Bug", "Channels", 84, 98, 3),
    ),
)
SUPPORT = PlannedEpic(
    "Support contract",
    (
        PlannedIssue("Questions from the front desks", "Task", "Support", 0, 100, 3),
        PlannedIssue("Monthly report to Mme Clairval", "Task", "Support", 0, 100, 1),
        PlannedIssue("Key cards are not printed at Annecy", "Bug", "Support", 24, 32, 2),
        PlannedIssue("Payment terminal: nightly totals do not match", "Bug", "Support", 70, 82, 3),
        PlannedIssue("Security updates of the portal", "Task", "Operations", 0, 100, 2),
    ),
)
NOTES = {
    "Bug": (
        "Traced it with the front desk on the phone",
        "Fixed and tested against last week’s bookings",
        "Looked at the provider’s answers",
        "Corrected the affected bookings by hand",
        "Hotfix and check after midnight",
    ),
    "Story": (
        "Data model and first screens",
        "Worked in the remarks of the Lyon team",
        "Rules with Mme Clairval’s controller",
        "Translations and mail texts",
        "Tests with two hotels",
        "Rounding of deposits, edge cases",
        "Rollout to Chamonix",
    ),
    "Task": (
        "Answered and documented",
        "Call with reception, short guide written",
        "Numbers put together",
        "Installed, checked, noted",
        "Aligned with the hotel managers",
    ),
}
BOOKING = PlannedProject(
    "CLV",
    "Clairval Hotels",
    "Booking portal and support for Clairval Hôtels SAS, Lyon.",
    "service_desk",
    (PORTAL, CHANNELS, SUPPORT),
    NOTES,
)
