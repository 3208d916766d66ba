"""Looks up the records of the sender's domain and says how they stand."""

from collections.abc import Sequence

from plugin.services.mail_domain.keys import SigningDomain
from plugin.services.mail_domain.lookup import Lookup, patient
from plugin.services.mail_domain.permitted import permitted
from plugin.services.mail_domain.records import RecordCheck, Standing, check_dkim, check_dmarc, check_spf, domain_of


def check_domain(from_address: str, signing: SigningDomain, *, server: str, lookup: Lookup) -> list[RecordCheck]:
    """SPF, DKIM and DMARC of the From's domain, in this order. ``server``: the host that takes our mail to send it."""
    ask = patient(lookup)
    sender = domain_of(from_address)
    name = f"{signing.selector}._domainkey.{signing.domain}"
    published = ask(name, "TXT") if signing.public_key else ()
    parent = sender.partition(".")[2]
    dmarc = ask(f"_dmarc.{sender}", "TXT")
    above = ask(f"_dmarc.{parent}", "TXT") if not dmarc and "." in parent else ()
    return [
        check_spf(sender, ask(sender, "TXT"), permitted(sender, server, lookup=ask)),
        check_dkim(signing.domain, signing.selector, signing.public_key, sender, published),
        check_dmarc(sender, signing.domain, dmarc, above),
    ]


def aligns(checks: Sequence[RecordCheck]) -> bool:
    """Whether mail of the domain aligns: no record is wrong (C36)."""
    return all(check.standing is not Standing.ERROR for check in checks)
