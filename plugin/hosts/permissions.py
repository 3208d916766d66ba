"""What a person may do, asked of Jira on the server and only when needed. Whatever is not granted is denied."""

from collections.abc import Callable, Hashable
from typing import Protocol

from plugin.domain.errors import NotAllowed
from plugin.services.jira_facts import Granted, ProjectPermission

CACHE_SECONDS = 60.0
CACHE_ENTRIES = 10_000


class PermissionChecker(Protocol):
    """The part of the Jira gateway that answers what a person may do."""

    def granted(
        self, account_id: str, *, site: tuple[str, ...] = (), projects: tuple[ProjectPermission, ...] = ()
    ) -> Granted: ...


class PermissionCache:
    """Answers by (installation, person, question), each at most a minute old. One per process; holds no failure."""

    def __init__(self, *, monotonic: Callable[[], float], seconds: float = CACHE_SECONDS) -> None:
        self._monotonic = monotonic
        self._seconds = min(seconds, CACHE_SECONDS)
        self._answers: dict[Hashable, tuple[float, bool]] = {}

    def answer(self, question: Hashable, ask: Callable[[], bool]) -> bool:
        """The cached answer, or what ``ask`` says now. What ``ask`` raises is passed on and nothing is kept."""
        now = self._monotonic()
        known = self._answers.get(question)
        if known is not None and now - known[0] < self._seconds:
            return known[1]
        granted = ask()
        if len(self._answers) >= CACHE_ENTRIES:
            self._answers.clear()
        self._answers[question] = (now, granted)
        return granted


class Permissions:
    """One person's rights on one site. Raises what the gateway raises: an unanswered question is never a yes."""

    def __init__(
        self,
        *,
        installation_id: str,
        account_id: str | None,
        checker: Callable[[], PermissionChecker],
        cache: PermissionCache,
    ) -> None:
        self._installation_id = installation_id
        self._account_id = account_id
        self._checker = checker
        self._cache = cache

    def is_site_admin(self) -> bool:
        """Whether the person administers the Jira site."""
        return self._ask_site("ADMINISTER")

    def is_project_admin(self, project_id: str) -> bool:
        """Whether the person administers the project (numeric id as text)."""
        return self._ask_project("ADMINISTER_PROJECTS", project_id)

    def can_browse_project(self, project_id: str) -> bool:
        """Whether the person sees the project."""
        return self._ask_project("BROWSE_PROJECTS", project_id)

    def can_browse_issue(self, issue_id: str) -> bool:
        """Whether the person sees the issue, security levels included."""
        return self._ask_issue("BROWSE_PROJECTS", issue_id)

    def require_site_admin(self) -> None:
        """Raises NotAllowed unless the person administers the site."""
        if not self.is_site_admin():
            raise NotAllowed("This page needs the permission Administer Jira; ask a Jira administrator.")

    def require_browse_project(self, project_id: str) -> None:
        """Raises NotAllowed unless the person sees the project."""
        if not self.can_browse_project(project_id):
            raise NotAllowed("This project does not exist or you may not see it; ask its administrator for access.")

    def require_browse_issue(self, issue_id: str) -> None:
        """Raises NotAllowed unless the person sees the issue."""
        if not self.can_browse_issue(issue_id):
            raise NotAllowed("This issue does not exist or you may not see it; ask the project's administrator.")

    def _ask_site(self, permission: str) -> bool:
        return self._answer(permission, lambda who: permission in self._checker().granted(who, site=(permission,)).site)

    def _ask_project(self, permission: str, project_id: str) -> bool:
        asked = ProjectPermission(permission=permission, project_ids=(project_id,))

        def ask(who: str) -> bool:
            return (permission, project_id) in self._checker().granted(who, projects=(asked,)).projects

        return _is_id(project_id) and self._answer(asked, ask)

    def _ask_issue(self, permission: str, issue_id: str) -> bool:
        asked = ProjectPermission(permission=permission, issue_ids=(issue_id,))

        def ask(who: str) -> bool:
            return (permission, issue_id) in self._checker().granted(who, projects=(asked,)).issues

        return _is_id(issue_id) and self._answer(asked, ask)

    def _answer(self, asked: Hashable, ask: Callable[[str], bool]) -> bool:
        account_id = self._account_id
        if account_id is None:
            return False
        return self._cache.answer((self._installation_id, account_id, asked), lambda: ask(account_id))


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 18
