"""What the pages of the pretend Jira show: plain values for the templates."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sandbox.host.adf_html import adf_html
from sandbox.jira.access import is_site_admin, sees
from sandbox.jira.model import ADMINISTRATORS, MANAGERS, Comment, Issue, Person, Project, Worklog, adf_text
from sandbox.jira.site import Site
from sandbox.mailbox.mail import Mail

View = dict[str, object]
KILOBYTE = 1024


class Views:
    """Things of one site as one person sees them."""

    def __init__(self, site: Site, viewer: Person) -> None:
        self._site = site
        self._world = site.world
        self._viewer = viewer

    def person(self, person: Person) -> View:
        """With the role that decides what the site shows them."""
        return {
            "account_id": person.account_id,
            "name": person.name,
            "role": self._role(person),
            "initials": initials(person.name),
            "locale": person.locale,
            "time_zone": person.time_zone,
        }

    def people(self) -> list[View]:
        """Everyone who can log in, admins first."""
        order = {"admin": 0, "manager": 1, "member": 2}
        shown = [self.person(p) for p in self._world.people.values() if p.account_type == "atlassian" and p.active]
        return sorted(shown, key=lambda view: order[str(view["role"])])

    def project(self, project: Project) -> View:
        return {"id": project.id, "key": project.key, "name": project.name, "description": project.description}

    def issue(self, issue: Issue) -> View:
        """The whole issue view."""
        project = self._world.project_of(issue)
        epic = self._world.issues.get(issue.epic) if issue.epic else None
        logs = [self._world.worklogs[each] for each in issue.worklog_ids]
        logs.sort(key=lambda log: log.started or log.created, reverse=True)
        return {
            **self.row(issue),
            "id": issue.id,
            "project": self.project(project),
            "reporter": self._name(issue.reporter),
            "components": issue.components,
            "labels": issue.labels,
            "parent": {"key": epic.key, "summary": epic.summary} if epic else None,
            "description": adf_text(issue.description),
            "worklogs": [self._worklog(log) for log in logs if self._may_see(log, project)],
            "total_seconds": sum(log.seconds for log in logs),
        }

    def row(self, issue: Issue) -> View:
        """An issue in a list."""
        spent = sum(self._world.worklogs[each].seconds for each in issue.worklog_ids)
        return {
            "key": issue.key,
            "summary": issue.summary,
            "type_name": issue.type_name,
            "status": issue.status,
            "assignee": self._name(issue.assignee),
            "time_spent": hours(spent),
        }

    def comments(self, issue: Issue) -> list[View]:
        """Those the person may see, oldest first."""
        project = self._world.project_of(issue)
        found = [self._world.comments[each] for each in issue.comment_ids]
        return [
            self._comment(each)
            for each in found
            if sees(self._world, self._viewer.account_id, each.visibility, project)
        ]

    def _comment(self, comment: Comment) -> View:
        author = self._name(comment.author) or "Former user"
        restriction = comment.visibility
        return {
            "id": comment.id,
            "author": author,
            "initials": initials(author),
            "created": self.instant(comment.created),
            "edited": comment.edits > 0,
            "html": adf_html(comment.body),
            "visibility": f"{restriction.name} only" if restriction else "",
        }

    def _worklog(self, log: Worklog) -> View:
        return {
            "id": log.id,
            "author": (self._name(log.author) if log.author else None) or "Former user",
            "started": f"{log.started:%-d %b %Y}" if log.started else "",
            "duration": hours(log.seconds),
            "comment": adf_text(log.comment),
            "restricted": log.visibility is not None,
        }

    def _may_see(self, log: Worklog, project: Project) -> bool:
        return sees(self._world, self._viewer.account_id, log.visibility, project)

    def instant(self, moment: datetime) -> str:
        """An instant in the viewer's zone."""
        return f"{moment.astimezone(ZoneInfo(self._viewer.time_zone)):%-d %b %Y, %H:%M}"

    def mail(self, mail: Mail) -> View:
        """A mail with all its parts."""
        return {
            **self.mail_row(mail),
            "text": mail.text,
            "has_html": bool(mail.html),
            "headers": [(name, mail.header(name)) for name in ("Message-ID", "Reply-To", "Date") if mail.header(name)],
        }

    def mail_row(self, mail: Mail) -> View:
        """A mail in a list."""
        return {
            "id": mail.number,
            "sender": mail.header("From") or mail.sender,
            "to": ", ".join(mail.recipients),
            "subject": mail.subject,
            "received": self.instant(mail.received_at),
            "attachments": [
                {"index": index, "name": each.name, "type": each.content_type, "size_text": size(len(each.content))}
                for index, each in enumerate(mail.attachments)
            ],
        }

    def _name(self, account: str | None) -> str | None:
        if account is None:
            return None
        person = self._world.people.get(account)
        return person.name if person is not None else "Former user"

    def _role(self, person: Person) -> str:
        if is_site_admin(self._world, person.account_id):
            return "admin"
        leads = (ADMINISTRATORS, MANAGERS)
        projects = self._world.projects.values()
        if any(person.account_id in project.roles.get(role, set()) for project in projects for role in leads):
            return "manager"
        return "member"


def initials(name: str) -> str:
    """The first letters of the first and the last word."""
    words = name.split() or ["?"]
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()


def hours(seconds: int) -> str:
    """``1h 30m``; nothing logged is ``0m``."""
    whole, minutes = divmod(seconds // 60, 60)
    return " ".join(part for part in (f"{whole}h" if whole else "", f"{minutes}m" if minutes else "") if part) or "0m"


def size(count: int) -> str:
    """Bytes as people read them."""
    return (
        f"{count / KILOBYTE / KILOBYTE:.1f} MB" if count >= KILOBYTE * KILOBYTE else f"{max(1, count // KILOBYTE)} kB"
    )
