"""Names of people, looked up in Jira when a page is shown and kept in memory for a minute: never stored (GDPR)."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from plugin.domain.errors import DunlinError
from plugin.services.jira_facts import User

SECONDS = 60.0
MOST = 5_000
SOMEBODY = "Team member"
OURSELVES = {"": "Dunlin", "dunlin": "Dunlin", "jira": "Jira", "system": "Dunlin", "client": "The client"}

Ask = Callable[[Sequence[str]], Sequence[User]]


class People:
    """One per process. A name that Jira does not tell, or not now, is "Team member": a page never fails for it."""

    def __init__(self, *, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._known: dict[tuple[str, str], tuple[float, str]] = {}

    def names(self, tenant_id: str, account_ids: Iterable[str | None], ask: Ask) -> Mapping[str, str]:
        """Display names by account id, for those asked and for our own actors."""
        wanted = {account for account in account_ids if account} - set(OURSELVES)
        now = self._monotonic()
        fresh = {
            account: name
            for account in wanted
            if (found := self._known.get((tenant_id, account))) and now - found[0] < SECONDS
            for name in (found[1],)
        }
        missing = sorted(wanted - set(fresh))
        if missing:
            fresh |= self._look_up(tenant_id, missing, ask, now)
        return {**OURSELVES, **dict.fromkeys(wanted, SOMEBODY), **fresh}

    def _look_up(self, tenant_id: str, missing: list[str], ask: Ask, now: float) -> dict[str, str]:
        try:
            users = ask(missing)
        except DunlinError:
            return {}
        if len(self._known) > MOST:
            self._known.clear()
        names = {user.account_id: user.display_name for user in users if user.display_name}
        for account in missing:
            self._known[tenant_id, account] = (now, names.get(account, SOMEBODY))
        return names
