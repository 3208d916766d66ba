"""How a line is told: the work once, and beside it the role that tells two lines about the same work apart."""

from collections.abc import Mapping
from typing import NamedTuple

from sqlalchemy import select

from plugin.domain.billing.lines import DraftLine
from plugin.store.session import TenantSession
from plugin.store.tables.rates import Rate


class LineWords(NamedTuple):
    """``detail`` names the roles whose rates the line was billed at; empty where the rates hang on no role."""

    description: str
    detail: str


def role_names(session: TenantSession) -> dict[str, str]:
    """Rate id -> role, for the rates that hang on one."""
    query = select(Rate.id, Rate.role).where(Rate.tenant_id == session.tenant_id, Rate.role.is_not(None))
    return {rate_id: role for rate_id, role in session.execute(query) if role}


def line_words(line: DraftLine, roles: Mapping[str, str]) -> LineWords:
    """The work without the issue's key, which is printed below it, and the roles by their rates' ids."""
    key = line.issue_keys[0] if len(line.issue_keys) == 1 else ""
    words = line.description.removeprefix(f"{key} ").strip() if key else line.description
    said = dict.fromkeys(roles[share.rate_rule_id] for share in line.shares if share.rate_rule_id in roles)
    return LineWords(description=words or line.description, detail=", ".join(said))
