"""The fixed sums of a law profile are claimed only after an administrator has said so, on record (L08)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from plugin.domain.billing.states import OPEN
from plugin.domain.errors import Conflict, InvalidInput
from plugin.domain.late_payment.claim import fixed_sum_of
from plugin.domain.late_payment.profile import Debtor, FixedSum, LawProfile
from plugin.domain.late_payment.profiles import PROFILES, profile_for
from plugin.domain.money import Money
from plugin.services.currencies import currency_of
from plugin.store.audit import record_audit
from plugin.store.session import TenantSession
from plugin.store.tables.clients import Client
from plugin.store.tables.company import CompanyProfile
from plugin.store.tables.invoices import Invoice
from plugin.store.tables.law import FixedSumConfirmation


@dataclass(frozen=True, kw_only=True, slots=True)
class Offered:
    """What the law gives at the most for the open invoices that are late: how many, and the sum by currency."""

    invoices: int
    sums: Sequence[Money]


def confirmed_sums(session: TenantSession, law: LawProfile) -> tuple[FixedSum, ...]:
    """Those of the profile that an administrator confirmed. A sum that has changed since then is asked about anew."""
    row = session.get(FixedSumConfirmation, (session.tenant_id, law.key))
    known = row.sums if row is not None else []
    return tuple(one for one in law.business.fixed_sums if _as_stored(one) in known)


def confirmations(session: TenantSession) -> Mapping[str, FixedSumConfirmation]:
    """By profile."""
    return {row.profile: row for row in session.scalars(select(FixedSumConfirmation))}


def confirm_fixed_sums(session: TenantSession, profile: str, *, now: datetime, actor: str) -> None:
    """From now on texts and debt notes by this profile carry its fixed sums."""
    law = _with_sums(profile)
    row = _locked(session, profile)
    before = {"sums": row.sums} if row is not None else None
    if row is None:
        row = FixedSumConfirmation(profile=profile)
        session.add(row)
    row.sums, row.confirmed_by, row.confirmed_at = [_as_stored(one) for one in law.business.fixed_sums], actor, now
    session.flush()
    record_audit(
        session,
        actor=actor,
        action="fixed_sum.confirmed",
        subject=profile,
        now=now,
        before=before,
        after={"sums": row.sums},
    )


def withdraw_fixed_sums(session: TenantSession, profile: str, *, now: datetime, actor: str) -> None:
    """No text and no new debt note carries them any more; what was issued stays. Conflict where nobody confirmed."""
    _with_sums(profile)
    row = _locked(session, profile)
    if row is None:
        raise Conflict("These fixed sums are not claimed; reload the page.")
    before = {"sums": row.sums, "confirmed_by": row.confirmed_by}
    session.delete(row)
    session.flush()
    record_audit(session, actor=actor, action="fixed_sum.withdrawn", subject=profile, now=now, before=before)


def offered_now(session: TenantSession, *, today: date) -> Mapping[str, Offered]:
    """By profile, over the open invoices that are late on the seller's civil day: one sum for each of them (L08)."""
    company = session.get_one(CompanyProfile, session.tenant_id)
    late = (
        select(Invoice.gross_minor, Invoice.currency, Client.law_profile, Client.is_business)
        .join(Client, (Client.tenant_id == Invoice.tenant_id) & (Client.id == Invoice.client_id))
        .where(Invoice.tenant_id == session.tenant_id)
        .where(Invoice.state.in_([state.value for state in OPEN]), Invoice.due_on < today, Invoice.balance_minor > 0)
    )
    counts: dict[str, int] = defaultdict(int)
    sums: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for gross_minor, code, chosen, is_business in session.execute(late):
        law = profile_for(chosen, seller_country=company.country)
        terms = law.terms(Debtor.BUSINESS if is_business else Debtor.CONSUMER) if law is not None else None
        sum_ = fixed_sum_of(terms.fixed_sums, Money(gross_minor, currency_of(code))) if terms is not None else None
        if law is not None and sum_:
            counts[law.key] += 1
            sums[law.key][code] += sum_.minor
    return {
        key: Offered(
            invoices=counts[key], sums=[Money(minor, currency_of(code)) for code, minor in sorted(of_profile.items())]
        )
        for key, of_profile in sums.items()
    }


def _with_sums(profile: str) -> LawProfile:
    law = PROFILES.get(profile)
    if law is None or not law.business.fixed_sums:
        raise InvalidInput("Choose a country whose law gives a fixed sum.", field="profile")
    return law


def _locked(session: TenantSession, profile: str) -> FixedSumConfirmation | None:
    query = select(FixedSumConfirmation).where(FixedSumConfirmation.profile == profile)
    return session.scalars(query.with_for_update(), execution_options={"populate_existing": True}).one_or_none()


def _as_stored(one: FixedSum) -> list[object]:
    return [one.from_minor, one.amount_minor, one.currency]
