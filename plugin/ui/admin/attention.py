"""What waits for an administrator: alerts, and what is in doubt; and how Jira is read."""

from flask import request

from plugin.domain.errors import InvalidInput, NotFound
from plugin.services.effects.settle import mark_as_sent, resend, try_again
from plugin.services.installations import start_reading
from plugin.services.settle_alert import settle_alert
from plugin.store.effects import STEP_KINDS
from plugin.store.queries.admin import cursors, open_alerts, parked_steps, waiting_effects
from plugin.store.queries.ended import ended_schedules
from plugin.store.session import TenantSession
from plugin.store.tables.outbox import Effect
from plugin.ui import here
from plugin.ui.admin.frame import admin_values, shown
from plugin.ui.forms import Failed
from plugin.ui.submit import Said
from plugin.ui.surface import Shown
from plugin.ui.words import title_of_step

EFFECTS = {
    "mail": "Mail",
    "staff_mail": "Mail to a colleague",
    "document": "Document",
    "jira_comment": "Comment in Jira",
    "jira_property": "Property in Jira",
    "jira_action": "Step in Jira",
    "jira_call": "Issue of a call",
    "jira_call_done": "Issue of a call, to be closed",
    "jira_query": "Issue of a client's question",
    "jira_mention": "Mention in Jira",
    "webhook": "Webhook",
    "letter": "Letter",
}
READINGS = {
    "inbox": ("News from Jira", "What Jira tells by itself, worked off in order."),
    "failed_webhooks": ("News that got lost", "What Jira could not tell is fetched."),
    "worklogs_updated": ("Logged time", "New and changed worklogs."),
    "worklogs_deleted": ("Deleted time", "Worklogs that are gone."),
    "sweep": ("Logged time, compared once a day", "The last weeks are read again, in case a change was missed."),
    "issues": ("Issues", "Titles, epics and projects of issues."),
    "projects": ("Projects", "Names, and projects that came or went."),
    "imap": ("Mailbox", "Mails that clients answered with, where a mailbox is named."),
    "control": ("Control", "Plans, ended schedules, the age of payments, and the forewarning of the next day."),
    "buckets": ("Due dates on issues", "Invoices that became overdue are marked on their issues, for searches."),
}
"""What is kept in step with Jira: its name for people, and what it does."""


def show_attention(failed: Failed | None = None) -> Shown:
    """The tab of alerts and of what may have been sent."""
    with here.reading() as session:
        values = admin_values(session, tab="attention", failed=failed)
        alerts, effects = open_alerts(session), waiting_effects(session)
        ended = ended_schedules(session, today=here.today_of(session))
        parked = parked_steps(session)
    waiting = {"alerts": alerts, "effects": effects, "effect_names": EFFECTS, "ended": ended, "parked": parked}
    return shown({**values, **waiting, "step_title": title_of_step, "step_kinds": STEP_KINDS})


def settle(session: TenantSession, alert_id: str) -> Said:
    """An administrator has seen to an alert."""
    settle_alert(session, alert_id, now=here.now(), actor=here.actor())
    return Said(title="Settled", refresh=False)


def decide(session: TenantSession, effect_id: str) -> Said:
    """What an administrator knows of an effect in doubt, or wants of one that failed."""
    if session.get(Effect, (session.tenant_id, effect_id)) is None:
        raise NotFound("There is no such entry here; reload the page.")
    built = here.container()
    now, actor = here.now(), here.actor()
    match request.form.get("decision", ""):
        case "sent":
            mark_as_sent(session, effect_id, actor=actor, now=now, follow_ups=built.follow_ups)
            return Said(title="Marked as sent")
        case "resend":
            resend(session, effect_id, actor=actor, now=now, keys=built.keys, host_name=built.settings.host_name)
            return Said(title="It is sent once more", tone="warning")
        case "again":
            try_again(session, effect_id, actor=actor, now=now)
            return Said(title="It is tried again")
    raise InvalidInput("Choose what to do.", field="decision")


def show_sync(failed: Failed | None = None) -> Shown:
    """The tab of the recurring reads of Jira."""
    with here.reading() as session:
        values = admin_values(session, tab="sync", failed=failed)
        rows = cursors(session)
    order = list(READINGS)
    return shown({**values, "cursors": sorted(rows, key=lambda row: order.index(row.name)), "readings": READINGS})


def read_now(session: TenantSession) -> Said:
    """Makes every read due at once."""
    start_reading(session, now=here.now())
    return Said(title="Jira is read now", refresh=False)
