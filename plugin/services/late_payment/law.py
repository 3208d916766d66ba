"""Which law of late payment counts for a client."""

from plugin.domain.late_payment.profile import Debtor, LawProfile
from plugin.domain.late_payment.profiles import profile_for
from plugin.store.tables.clients import Client
from plugin.store.tables.company import CompanyProfile


def law_of(client: Client, company: CompanyProfile) -> LawProfile | None:
    """The profile that the client's row names, else that of the seller's country; None for no claims at all."""
    return profile_for(client.law_profile, seller_country=company.country)


def debtor_of(client: Client) -> Debtor:
    """A consumer is asked for less, in most countries for nothing (L01)."""
    return Debtor.BUSINESS if client.is_business else Debtor.CONSUMER
