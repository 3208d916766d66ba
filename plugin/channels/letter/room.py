"""The room of the channel ``letter``: it puts the letter into the queue to print, once for each step."""

from sqlalchemy import select

from plugin.domain.errors import InvalidInput, Permanent
from plugin.domain.reminders.policy import PolicyStep
from plugin.services.effects.evidence import Finding
from plugin.services.effects.step_channel import Content, Receipt, StepAbout, StepJob
from plugin.services.follow_ups.calendar import client_today
from plugin.services.follow_ups.open_task import open_own_task
from plugin.services.follow_ups.step_text import step_text
from plugin.services.follow_ups.task_words import LETTER
from plugin.store.session import TenantSession
from plugin.store.tables.clients import Client, Project
from plugin.store.tables.company import CompanyProfile
from plugin.store.tables.follow_ups import PlannedStep, Task
from plugin.store.tables.invoices import Invoice


class LetterRoom:
    """Satisfies ``StepChannel``."""

    kind = "letter"
    what = "A letter"
    keeps_content = True

    def check(self, session: TenantSession, step: PolicyStep) -> None:  # noqa: ARG002 - the room's protocol
        """A text to print."""
        if not step.template:
            raise InvalidInput(f"Step {step.key} is a letter without a text; choose one.", field="template")

    def compose(self, session: TenantSession, about: StepAbout) -> Content:
        """Both addresses and the words of the day on which the letter was made."""
        self.check(session, about.wanted)
        words = step_text(session, about)
        if words is None:
            raise Permanent("Nothing is left to write about.")
        if not about.client.address.strip():
            raise Permanent(f"{about.client.name} has no postal address; enter it at the client, then try again.")
        company = session.get_one(CompanyProfile, session.tenant_id)
        amount = about.entry.amount
        return {
            "facts": {
                "sender": company.name,
                "sender_address": company.address,
                "address": f"{about.client.name}\n{about.client.address}",
                "language": about.client.language,
                "open_minor": amount.minor if amount else 0,
            },
            "subject": words.subject,
            "text": words.text,
            "day": about.today.isoformat(),
        }

    def act(self, job: StepJob) -> Receipt:
        """Opens the task to print and post it."""
        with job.runtime.writing(job.tenant_id) as session:
            if _task(session, job) is None:
                _open(session, job)
        return Receipt(text="Letter made, to be printed and posted")

    def look(self, job: StepJob) -> Finding:
        """Whether its task was opened."""
        with job.runtime.reading(job.tenant_id) as session:
            return Finding.ABSENT if _task(session, job) is None else Finding.FOUND


def _task(session: TenantSession, job: StepJob) -> Task | None:
    return session.scalars(select(Task).where(Task.step_key == f"{LETTER}:{job.effect_id}"[:64])).first()


def _open(session: TenantSession, job: StepJob) -> None:
    step = session.get_one(PlannedStep, (job.tenant_id, job.step_id))
    invoice = session.get_one(Invoice, (job.tenant_id, step.invoice_id))
    client = session.get_one(Client, (job.tenant_id, invoice.client_id))
    project = session.get_one(Project, (job.tenant_id, invoice.project_id))
    open_own_task(
        session,
        invoice,
        kind=LETTER,
        key=job.effect_id,
        what=f"Print the letter about invoice {invoice.number} and post it.",
        due_on=client_today(client, job.now),
        now=job.now,
        assignee=project.owner_account_id,
        detail={"effect_id": job.effect_id},
    )
