"""What a gate is asked: may this step go on this day, given all that is known and foreseen?"""

from datetime import date, timedelta

from plugin.domain.calendar import BusinessCalendar
from plugin.domain.money import Money
from plugin.domain.reminders.facts import FIRST_RESEND, Instalment, InvoiceFacts, Recipient
from plugin.domain.reminders.history import History
from plugin.domain.reminders.policy import Anchor, Policy, PolicyStep, Role
from plugin.domain.reminders.slots import Slot


class Question:
    """One object for all questions of one plan; ``about`` points it at a slot and a day.

    ``amount``: the balance less what is disputed. ``issue_date``, ``due_date``: from which steps count; later than
    those on paper where the invoice left late (``is_late``).
    """

    __slots__ = (
        "_reach",
        "amount",
        "calendar",
        "day",
        "disputed",
        "due_date",
        "facts",
        "history",
        "is_late",
        "issue_date",
        "policy",
        "slot",
        "today",
    )

    def __init__(
        self, facts: InvoiceFacts, policy: Policy, calendar: BusinessCalendar, today: date, history: History
    ) -> None:
        self.facts = facts
        self.policy = policy
        self.calendar = calendar
        self.today = today
        self.history = history
        self.disputed = _disputed(facts)
        self.amount = Money(max(facts.balance.minor - self.disputed.minor, 0), facts.currency)
        self.issue_date = facts.ladder_issue_date
        self.due_date = facts.ladder_due_date
        self.is_late = self.due_date != facts.due_date
        self.slot: Slot
        self.day = today
        self._reach: dict[tuple[Role, ...], tuple[Recipient, ...]] = {}

    def about(self, slot: Slot, day: date) -> "Question":
        """The same facts, asked about ``slot`` going on ``day``."""
        self.slot = slot
        self.day = day
        return self

    @property
    def step(self) -> PolicyStep:
        """The step in question."""
        return self.slot.step

    def amount_for(self, slot: Slot, day: date) -> Money:
        """What ``slot`` asks for on ``day``: all that is undisputed, or what is open of instalments due by then."""
        if slot.step.anchor is not Anchor.INSTALMENT:
            return self.amount
        about = self.instalment_of(slot, day)
        by = max(day, about.due_on) if about else day
        minor = sum(each.open.minor for each in self.facts.instalments if each.due_on <= by)
        return Money(min(minor, self.amount.minor), self.facts.currency)

    def pay_by(self, slot: Slot, day: date) -> date:
        """The day by which that is to be paid: the instalment's own, or the one from which the ladder counts."""
        about = self.instalment_of(slot, day) if slot.step.anchor is Anchor.INSTALMENT else None
        return about.due_on if about else self.due_date

    def instalment_of(self, slot: Slot, day: date) -> Instalment | None:
        """The instalment that ``slot`` is about; a person's resend is about the last that is due by ``day``."""
        if slot.occurrence < FIRST_RESEND:
            return self.facts.instalment(slot.occurrence)
        due = [each for each in self.facts.instalments if each.due_on <= day]
        return due[-1] if due else next(iter(self.facts.instalments), None)

    def business_day(self, day: date) -> date:
        """``day`` or the next business day."""
        return self.calendar.next_business_day(day)

    def day_after(self, day: date) -> date:
        """The first business day after ``day``."""
        return self.calendar.next_business_day(day + timedelta(days=1))

    def recipients(self, roles: tuple[Role, ...]) -> tuple[Recipient, ...]:
        """Usable recipients of some roles, each address once.

        A role of the client without anybody falls back to billing; what is for the account manager does not.
        """
        found = self._reach.get(roles)
        if found is None:
            found = self._reach[roles] = _recipients(self.facts.recipients, roles)
        return found


def _disputed(facts: InvoiceFacts) -> Money:
    """All of the balance when one dispute covers the whole invoice, otherwise the sum of the parts."""
    minor = 0
    for dispute in facts.disputes:
        if dispute.amount is None:
            return Money(max(facts.balance.minor, 0), facts.currency)
        minor += dispute.amount.minor
    return Money(minor, facts.currency)


def _recipients(everybody: tuple[Recipient, ...], roles: tuple[Role, ...]) -> tuple[Recipient, ...]:
    chosen: dict[str, Recipient] = {}
    for role in roles:
        people = [person for person in everybody if person.role is role]
        if not people and role is not Role.ACCOUNT_MANAGER:
            people = [person for person in everybody if person.role is Role.BILLING]
        for person in people:
            if not person.failed_reason:
                chosen.setdefault(person.address.casefold(), person)
    return tuple(chosen.values())
