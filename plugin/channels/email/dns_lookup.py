"""Looks up DNS records over the machine's resolvers, within seconds."""

import dns.exception
import dns.rdata
import dns.rdtypes.ANY.MX
import dns.rdtypes.ANY.PTR
import dns.rdtypes.ANY.TXT
import dns.rdtypes.IN.A
import dns.rdtypes.IN.AAAA
import dns.resolver

SECONDS = 4.0


def _text(record: dns.rdata.Rdata) -> str:
    match record:
        case dns.rdtypes.ANY.TXT.TXT():
            return b"".join(record.strings).decode("utf-8", "replace")
        case dns.rdtypes.ANY.MX.MX():
            return str(record.exchange.to_text(omit_final_dot=True))
        case dns.rdtypes.ANY.PTR.PTR():
            return str(record.target.to_text(omit_final_dot=True))
        case dns.rdtypes.IN.A.A() | dns.rdtypes.IN.AAAA.AAAA():
            return str(record.address)
    return record.to_text()


def dns_lookup(name: str, kind: str) -> list[str] | None:
    """The records of a name (``kind``: TXT, A, AAAA, MX, PTR) as text; none where it has none, None where nobody
    answered. A TXT record is joined from its parts; hosts have no dot at the end.
    """
    resolver = dns.resolver.Resolver()
    resolver.lifetime = SECONDS
    try:
        answer = resolver.resolve(name, kind)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return []
    except (dns.exception.DNSException, OSError, UnicodeError):
        return None
    return [_text(record) for record in answer]
