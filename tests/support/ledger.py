"""Rows of clients, invoices and what became of them, written straight into the tables: many, and of any kind."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random

from sqlalchemy import select

from plugin.domain.reminders.policy_json import to_dict
from plugin.domain.reminders.policy_presets import presets
from plugin.store.base import Base
from plugin.store.session import TenantSession
from plugin.store.tables.answers import ClientAnswer, InboundMail
from plugin.store.tables.clients import Client, Contact
from plugin.store.tables.company import MailSettings
from plugin.store.tables.follow_ups import Hold, Message, MessageMember, PlannedStep, Task
from plugin.store.tables.invoices import Invoice
from plugin.store.tables.outbox import Effect
from plugin.store.tables.payments import Payment
from plugin.store.tables.plans import Instalment, InstalmentPlan
from plugin.store.tables.policies import PolicyRow, PolicyVersion, QuietPeriod
from tests.support.books import PROJECT

ZONES = ("Europe/Berlin", "America/New_York", "Asia/Tokyo")
STATES = ("planned", "held", "sent", "skipped", "cancelled", "superseded", "failed")


def noon(day: date, hour: int = 12) -> datetime:
    """An hour of a day in UTC."""
    return datetime.combine(day, time(hour), UTC)


@dataclass
class Ledger:
    """Adds rows within a session; ids are counted, so that a row is told from another at a glance."""

    session: TenantSession
    today: date
    count: int = 0

    def add(self, row: Base) -> str:
        """The row's id, which it gets here where it has none."""
        self.count += 1
        if getattr(row, "id", None) is None:
            row.id = f"{type(row).__name__.lower()}-{self.count:05d}"  # type: ignore[attr-defined]
        self.session.add(row)
        self.session.flush()
        found: str = row.id  # type: ignore[attr-defined]
        return found

    def day(self, days: int) -> date:
        """So many days from today."""
        return self.today + timedelta(days=days)

    def version(self, name: str) -> str:
        """A version of one of the policies that come along; gives its id."""
        policy_id = self.add(PolicyRow(name=f"{name} {self.count}"))
        body = to_dict(presets()[name])
        return self.add(PolicyVersion(policy_id=policy_id, version=1, body=body, published_at=noon(self.today)))

    def client(self, **values: object) -> str:
        """A client with a person for its bills."""
        client_id = self.add(Client(**{"name": f"Client {self.count}", "country": "DE", **values}))
        self.add(Contact(client_id=client_id, email=f"{client_id}@client.example"))
        return client_id

    def invoice(self, client_id: str, version: str, *, due: int = -10, **values: object) -> str:
        """An open invoice of 1,000.00, ``due`` days from today."""
        row = {
            "number": f"INV-{self.count:05d}",
            "state": "issued",
            "client_id": client_id,
            "project_id": PROJECT,
            "currency": "EUR",
            "language": "en",
            "issued_on": self.day(due - 30),
            "due_on": self.day(due),
            "gross_minor": 100_000,
            "balance_minor": 100_000,
            "policy_version_id": version,
            "created_at": noon(self.day(due - 30)),
        }
        return self.add(Invoice(**{**row, **values}))

    def paid(self, client_id: str, version: str, *, due: int, paid: int) -> str:
        """An invoice that is settled, with the payment that did it."""
        invoice_id = self.invoice(client_id, version, due=due, state="paid", balance_minor=0)
        self.payment(invoice_id, paid)
        return invoice_id

    def payment(self, invoice_id: str, on: int, *, kind: str = "payment") -> None:
        """1,000.00 on a day, or back."""
        self.add(
            Payment(
                invoice_id=invoice_id,
                kind=kind,
                amount_minor=100_000,
                currency="EUR",
                received_on=self.day(on),
                recorded_at=noon(self.day(on)),
            )
        )

    def mail(
        self,
        client_id: str,
        members: list[tuple[str, str, int]],
        *,
        on: int,
        kind: str = "follow_up",
        state: str = "sent",
        currency: str = "EUR",
    ) -> str:
        """A mail about steps (invoice, key, occurrence), and its effect."""
        message_id = self.add(
            Message(
                kind=kind,
                client_id=client_id,
                currency=currency,
                day=self.day(on),
                recipient="ap@client.example",
                message_id=f"<{self.count}@dunlin.example>",
                language="en",
                created_at=noon(self.day(on)),
            )
        )
        for invoice_id, key, occurrence in members:
            self.add(
                MessageMember(
                    message_row_id=message_id,
                    invoice_id=invoice_id,
                    step_key=key,
                    occurrence=occurrence,
                    recipient=f"{self.count}@client.example",
                    amount_minor=100_000,
                )
            )
        self.add(
            Effect(
                kind="mail",
                dedupe_key=f"mail:{message_id}",
                subject_id=message_id,
                state=state,
                done_at=noon(self.day(on)) if state == "sent" else None,
                created_at=noon(self.day(on)),
            )
        )
        return message_id

    def step(self, invoice_id: str, key: str, state: str, *, on: int, **values: object) -> str:
        """A stored step that got into its state on a day."""
        is_done = state not in ("planned", "held")
        row = {
            "invoice_id": invoice_id,
            "policy_version_id": "",
            "step_key": key,
            "channel": "email",
            "tone": "friendly",
            "level": 2,
            "state": state,
            "planned_on": self.day(on),
            "done_on": self.day(on) if is_done else None,
            "done_at": noon(self.day(on)) if is_done else None,
        }
        return self.add(PlannedStep(**{**row, **values}))

    def hold(self, invoice_id: str, kind: str, **values: object) -> str:
        """A hold that nobody has lifted."""
        row = {"invoice_id": invoice_id, "kind": kind, "reason": "They asked", "created_by": "alice"}
        return self.add(Hold(**{**row, "created_at": noon(self.day(-5)), **values}))

    def plan(self, invoice_id: str, parts: list[tuple[int, int]], **values: object) -> str:
        """A payment plan that runs: parts as (day, amount)."""
        row = {"state": "running", "offered_by": "alice", "offered_at": noon(self.day(-9)), "note": "agreed"}
        plan_id = self.add(
            InstalmentPlan(invoice_id=invoice_id, **{**row, "accepted_at": noon(self.day(-8)), **values})
        )
        for number, (on, amount) in enumerate(parts, start=1):
            self.add(Instalment(plan_id=plan_id, number=number, due_on=self.day(on), amount_minor=amount))
        return plan_id

    def reply(self, client_id: str, invoice_ids: list[str], *, on: int, **values: object) -> str:
        """A mail of the client that nobody has dealt with."""
        row = {"source_id": f"in-{self.count}", "kind": "reply", "sender": "a@client.example", "client_id": client_id}
        return self.add(InboundMail(**{**row, "invoice_ids": invoice_ids, "received_at": noon(self.day(on)), **values}))

    def answer(self, invoice_id: str, kind: str, *, on: int, **values: object) -> str:
        """An answer from the signed page."""
        return self.add(ClientAnswer(invoice_id=invoice_id, kind=kind, given_at=noon(self.day(on)), **values))

    def call(self, invoice_id: str, outcome: str, *, on: int, key: str = "call") -> str:
        """A phone call that was logged."""
        return self.add(
            Task(
                invoice_id=invoice_id,
                step_key=key,
                kind="call",
                state="done",
                due_on=self.day(on),
                outcome=outcome,
                done_at=noon(self.day(on)),
                created_at=noon(self.day(on)),
            )
        )

    def quiet(self, first: date, last: date, *, yearly: bool = False, client_id: str | None = None) -> str:
        """A quiet period of the site, or of a client."""
        return self.add(QuietPeriod(client_id=client_id, name="Summer", starts_on=first, ends_on=last, yearly=yearly))

    def settings(self, **values: object) -> None:
        """Changes the site's settings of mail."""
        mail = self.session.scalars(select(MailSettings)).one()
        for name, value in values.items():
            setattr(mail, name, value)
        self.session.flush()


def scatter(ledger: Ledger, chance: Random, *, invoices: int) -> list[str]:
    """Clients and open invoices with anything that may have happened to them; gives the invoices' ids."""
    versions = [ledger.version(name) for name in presets()]
    clients = [
        ledger.client(
            zone=chance.choice(ZONES),
            autopay=chance.random() < 0.2,
            segment=chance.choice(["", "Key account"]),
            is_business=chance.random() < 0.8,
            opt_out_reason=chance.choice(["", "", "", "Barter"]),
            opt_out_since=ledger.day(-3),
        )
        for _ in range(chance.randint(1, 4))
    ]
    ledger.settings(
        contact_interval_days=chance.randint(0, 5),
        manual_quiet_days=chance.randint(0, 3),
        payments_limit_hours=chance.choice([None, 48]),
        payments_as_of=noon(ledger.day(-1)),
    )
    ledger.quiet(ledger.day(3), ledger.day(9), yearly=True, client_id=chance.choice([None, clients[0]]))
    for client_id in clients:
        for _ in range(chance.randint(0, 14)):
            ledger.paid(client_id, versions[0], due=chance.randint(-300, -20), paid=chance.randint(-310, -10))
    found = []
    for _ in range(invoices):
        client_id = chance.choice(clients)
        invoice_id = ledger.invoice(
            client_id,
            chance.choice(versions),
            due=chance.randint(-60, 30),
            balance_minor=chance.choice([100_000, 40_000]),
            currency=chance.choice(["EUR", "EUR", "USD"]),
            opt_out_reason=chance.choice(["", "", "", "", "Contested"]),
            viewed_at=chance.choice([None, noon(ledger.day(-2))]),
        )
        found.append(invoice_id)
        _happen(ledger, chance, client_id, invoice_id, found)
    return found


def _happen(ledger: Ledger, chance: Random, client_id: str, invoice_id: str, others: list[str]) -> None:
    """Some of all that can happen to an invoice."""
    if chance.random() < 0.5:
        ledger.mail(
            client_id, [(invoice_id, "issue", 1)], on=-15, kind="invoice", state=chance.choice(["sent", "failed"])
        )
    for key in ("notice", "friendly", "second"):
        if chance.random() < 0.4:
            on = chance.randint(-12, 0)
            state = chance.choice(STATES)
            ledger.step(invoice_id, key, state, on=on, requested=chance.random() < 0.2, approved=chance.random() < 0.2)
            if state == "sent":
                more = [
                    (other, key, 9) for other in chance.sample(others, k=min(len(others), 2)) if other != invoice_id
                ]
                ledger.mail(client_id, [(invoice_id, key, chance.choice([1, 1, 1001])), *more], on=on)
    if chance.random() < 0.3:
        ledger.call(invoice_id, chance.choice(["answered", "no_answer", "promise"]), on=chance.randint(-9, 0))
    for kind in ("paused", "disputed", "promised", "obstacle"):
        if chance.random() < 0.15:
            ledger.hold(invoice_id, kind, until=ledger.day(chance.randint(-2, 9)), detail={"resume_level": 4})
    if chance.random() < 0.25:
        ledger.plan(invoice_id, [(-4, 50_000), (10, 50_000)], state=chance.choice(["running", "withdrawn", "broken"]))
    if chance.random() < 0.15:
        ledger.reply(client_id, chance.choice([[], [invoice_id]]), on=-1)
    if chance.random() < 0.15:
        ledger.answer(invoice_id, "already_paid", on=-2, handled_at=chance.choice([None, noon(ledger.day(-1))]))
