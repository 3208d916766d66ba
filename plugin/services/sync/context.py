"""What every reader of Jira gets: the site, one tenant's transactions, and the time."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime

from plugin.services.inbound.folder import MailFolder
from plugin.services.jira_gateway import JiraGateway
from plugin.store.session import TenantSession


@dataclass(frozen=True, kw_only=True, slots=True)
class SyncContext:
    """``now`` is business time as an aware instant; ``writing`` opens one transaction of the tenant a page.

    ``keep`` stores how far a long read has come, so that what ends it early (a limit, a crash) repeats one page only.
    ``folder`` opens the tenant's mailbox; None where it has none.
    """

    jira: JiraGateway
    writing: Callable[[], AbstractContextManager[TenantSession]]
    now: datetime
    keep: Callable[[str], None] = lambda _value: None
    folder: Callable[[], MailFolder | None] = lambda: None
    look_after: Callable[[str], tuple[str, int]] = lambda value: (value, 0)


def in_batches(items: list[str], size: int) -> list[list[str]]:
    """The items in lists of at most ``size``."""
    return [items[start : start + size] for start in range(0, len(items), size)]
