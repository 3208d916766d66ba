"""The lint with what the site knows: the languages its clients read, the texts that exist, the client's terms."""

from sqlalchemy import select

from plugin.domain.errors import InvalidInput
from plugin.domain.reminders.lint_findings import LintFinding, Severity
from plugin.domain.reminders.policy import Policy
from plugin.domain.reminders.policy_lint import lint
from plugin.services.policies.outside import Outside, outside_findings
from plugin.services.texts.values import LANGUAGES, TEMPLATES
from plugin.store.session import TenantSession
from plugin.store.tables.clients import Client
from plugin.store.tables.policies import MailText


def judge(
    session: TenantSession, policy: Policy, outside: Outside, *, terms_days: int | None = None
) -> tuple[LintFinding, ...]:
    """Every remark about a policy as this site would use it, what it lacks outside among them."""
    return (*outside_findings(session, policy, outside), *_said(session, policy, terms_days=terms_days))


def require_sound(session: TenantSession, policy: Policy, *, terms_days: int | None = None) -> None:
    """Raises InvalidInput with the first error, so that no step fails only on its day: a text that does not exist."""
    for finding in _said(session, policy, terms_days=terms_days):
        if finding.severity is Severity.ERROR:
            raise InvalidInput(finding.sentence, field=finding.field or "policy")


def _said(session: TenantSession, policy: Policy, *, terms_days: int | None) -> tuple[LintFinding, ...]:
    languages = set(session.scalars(select(Client.language).distinct()))
    own = session.execute(select(MailText.template, MailText.language))
    ours = {(template, language) for template in TEMPLATES for language in LANGUAGES}
    texts = ours | {(template, language) for template, language in own}
    return lint(policy, terms_days=terms_days, texts=texts, languages=sorted(languages))
