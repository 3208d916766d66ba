"""Looks up the records of the sender's domain and says how they stand."""

from collections.abc import Callable, Sequence

from plugin.services.mail_domain.keys import SigningDomain
from plugin.services.mail_domain.records import RecordCheck, Standing, check_dkim, check_dmarc, check_spf, domain_of

TextLookup = Callable[[str], Sequence[str] | None]
"""The TXT records of a name, none where it has none; None where nobody answered."""


def check_domain(from_address: str, signing: SigningDomain, *, texts: TextLookup) -> list[RecordCheck]:
    """SPF, DKIM and DMARC of the From's domain, in this order."""
    sender = domain_of(from_address)
    name = f"{signing.selector}._domainkey.{signing.domain}"
    published = texts(name) if signing.public_key else ()
    parent = sender.partition(".")[2]
    dmarc = texts(f"_dmarc.{sender}")
    above = texts(f"_dmarc.{parent}") if not dmarc and "." in parent else ()
    return [
        check_spf(sender, texts(sender)),
        check_dkim(signing.domain, signing.selector, signing.public_key, sender, published),
        check_dmarc(sender, signing.domain, dmarc, above),
    ]


def aligns(checks: Sequence[RecordCheck]) -> bool:
    """Whether mail of the domain aligns: no record is wrong (C36)."""
    return all(check.standing is not Standing.ERROR for check in checks)
