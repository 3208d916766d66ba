"""Looks up TXT records over the machine's resolvers, within seconds."""

import dns.exception
import dns.resolver

SECONDS = 4.0


def dns_texts(name: str) -> list[str] | None:
    """The TXT records of a name, each joined from its parts; none where it has none, None where nobody answered."""
    resolver = dns.resolver.Resolver()
    resolver.lifetime = SECONDS
    try:
        answer = resolver.resolve(name, "TXT")
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return []
    except (dns.exception.DNSException, OSError):
        return None
    return [b"".join(record.strings).decode("utf-8", "replace") for record in answer]
