"""The pretend world: Jira Cloud, mailbox and seed data as servers of their own. The product never imports it."""

from sandbox.clock import FrozenWorldClock
from sandbox.jira.faults import Fault
from sandbox.jira.lifecycle import Forgery, InstallRefused
from sandbox.jira.webhooks import Delivery
from sandbox.mailbox.faults import MailFault
from sandbox.mailbox.sink import Mailbox
from sandbox.pretend import PretendJira

__all__ = ["Delivery", "Fault", "Forgery", "FrozenWorldClock", "InstallRefused", "MailFault", "Mailbox", "PretendJira"]
