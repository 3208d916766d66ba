"""The room of the channel ``jira``: what a step needs, what it says, how it is carried out, how it is found again."""

from collections.abc import Mapping

from plugin.channels.jira.contents import compose
from plugin.channels.jira.reading import account_of, content_text, note_of, visibility_of
from plugin.domain.errors import DunlinError, InvalidInput, Permanent
from plugin.domain.reminders.policy import ActionKind, PolicyStep
from plugin.services.effects.evidence import Finding
from plugin.services.effects.jira_site import gateway_of
from plugin.services.effects.step_channel import Content, Receipt, StepAbout, StepJob
from plugin.services.jira_errors import JiraGone
from plugin.services.jira_facts import Notification
from plugin.services.jira_gateway import JiraGateway
from plugin.store.session import TenantSession

ACTIONS = (ActionKind.COMMENT, ActionKind.MENTION, ActionKind.NOTIFY, ActionKind.TRANSITION)
DONE = {
    "comment": "Comment written on the Jira issue",
    "mention": "The project's owner was mentioned on the Jira issue",
    "notify": "The project's owner was notified by Jira",
}


class JiraRoom:
    """Satisfies ``StepChannel``."""

    kind = "jira_action"
    what = "A step in Jira"
    keeps_content = False

    def check(self, session: TenantSession, step: PolicyStep) -> None:  # noqa: ARG002 - the room's protocol
        """An action that Jira can do, with the status to move to where it is a move."""
        if step.action is None or step.action.kind not in ACTIONS:
            raise InvalidInput(f"Step {step.key} does nothing in Jira; choose what it does.", field="action")
        if step.action.kind is ActionKind.TRANSITION and not step.action.target.strip():
            raise InvalidInput(f"Step {step.key} moves the issue; name the status to move it to.", field="action")

    def compose(self, session: TenantSession, about: StepAbout) -> Content:
        """The issue, the action, and the words for whoever may read them."""
        self.check(session, about.wanted)
        return compose(session, about)

    def act(self, job: StepJob) -> Receipt:
        """One call to Jira, two for a move."""
        jira = gateway_of(job.runtime, job.tenant_id)
        issue, action = content_text(job.content, "issue_id"), content_text(job.content, "action")
        match action:
            case "comment" | "mention":
                visibility = visibility_of(job.content)
                made = jira.add_note(issue, note_of(job.content), marker=job.effect_id, visibility=visibility)
                return Receipt(text=DONE[action], evidence={"comment_id": made.id})
            case "notify":
                subject, text = content_text(job.content, "subject"), content_text(job.content, "text")
                to = (account_of(job.content),)
                jira.notify(issue, Notification(subject=subject, text=text, account_ids=to))
                return Receipt(text=DONE[action])
        return _move(jira, issue, content_text(job.content, "target"))

    def look(self, job: StepJob) -> Finding:
        """A comment carries its marker, an issue its status; of a notification nobody can know."""
        if not job.content or job.content.get("action") == "notify":
            return Finding.NEVER
        try:
            return _found(gateway_of(job.runtime, job.tenant_id), job)
        except (JiraGone, Permanent):
            # On an issue that is gone nothing stands; the next try will say so.
            return Finding.ABSENT
        except DunlinError:
            return Finding.UNOBTAINABLE


def _found(jira: JiraGateway, job: StepJob) -> Finding:
    issue = content_text(job.content, "issue_id")
    if job.content.get("action") == "transition":
        there = _status(jira, issue).casefold() == content_text(job.content, "target").casefold()
        return Finding.FOUND if there else Finding.ABSENT
    return Finding.ABSENT if jira.find_comment(issue, marker=job.effect_id) is None else Finding.FOUND


def _move(jira: JiraGateway, issue: str, target: str) -> Receipt:
    """An issue that stands where it should is left alone."""
    done = Receipt(text=f"Issue moved to {target}", evidence={"status": target})
    if _status(jira, issue).casefold() == target.casefold():
        return done
    ways = [way for way in jira.transitions(issue) if way.to.casefold() == target.casefold()]
    if not ways:
        raise Permanent(f"No way leads from the issue's status to {target}; look at the workflow in Jira.")
    jira.move_issue(issue, ways[0].id)
    return done


def _status(jira: JiraGateway, issue: str) -> str:
    found = jira.issues([issue], fields=("status",))
    if not found:
        raise JiraGone(f"Jira does not have issue {issue} any more, or hides it from Dunlin.")
    status = found[0].extra.get("status")
    return str(status.get("name", "")) if isinstance(status, Mapping) else ""
