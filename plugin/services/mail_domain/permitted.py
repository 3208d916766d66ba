"""Whether the SPF record of the sender's domain permits the server that sends (RFC 7208, evaluated by spftrace)."""

import ipaddress
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial

import spftrace
from spftrace import BaseResolver

from plugin.services.mail_domain.lookup import Lookup, addresses_of
from plugin.services.public_address import is_public

MOST_ADDRESSES = 4
SECONDS = 15.0


@dataclass(frozen=True, kw_only=True, slots=True)
class SendingServer:
    """The server that takes our mail, and what SPF says of each of its addresses.

    ``results``: pass, fail, softfail, neutral, none, permerror or temperror by address; empty where ``obstacle`` says
    in a sentence why nobody can know. ``reason``: why a record cannot be evaluated.
    """

    host: str
    results: Mapping[str, str] = field(default_factory=dict)
    obstacle: str = ""
    reason: str = ""

    @property
    def term(self) -> str:
        """The term that permits it."""
        address = _literal(self.host)
        return f"a:{self.host}" if address is None else f"ip{address.version}:{address}"


def permitted(domain: str, host: str, *, lookup: Lookup) -> SendingServer:
    """Evaluates SPF for each address of a host as the sender of mails from ``domain``."""
    literal = _literal(host)
    addresses = [str(literal)] if literal else addresses_of(host, lookup)
    if addresses is None:
        return SendingServer(host=host, obstacle=f"DNS did not say where {host} is; try again in a minute.")
    if not addresses:
        return SendingServer(
            host=host, obstacle=f"{host} has no address in DNS, so nobody can say whether it may send."
        )
    if not all(is_public(address) for address in addresses):
        words = f"{host} lies inside a private network, so the address that receivers see is not known here."
        return SendingServer(host=host, obstacle=words)
    found = {address: _evaluated(address, domain, host, lookup) for address in addresses[:MOST_ADDRESSES]}
    results = {address: result.result for address, result in found.items()}
    return SendingServer(host=host, results=results, reason=next(filter(None, map(_reason, found.values())), ""))


def _evaluated(address: str, domain: str, host: str, lookup: Lookup) -> spftrace.Result:
    """In a thread of its own: spftrace brings its event loop, and refuses a thread in which another one runs."""
    ask = partial(spftrace.check, resolver=_Resolver(lookup), time_limit=SECONDS)
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="spf") as thread:
        return thread.submit(ask, address, f"postmaster@{domain}", host).result()


def _reason(result: spftrace.Result) -> str:
    exits = [event.data.get("reason", "") for event in result.trace.events if event.kind == "exit"]
    return str(exits[-1]) if exits and result.result == "permerror" else ""


def _literal(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return None


class _Resolver(BaseResolver):
    """Our look-ups as spftrace asks for them."""

    def __init__(self, lookup: Lookup) -> None:
        self._ask = lookup

    async def _lookup(self, name: str, rtype: str) -> tuple[str, list[str]]:
        found = self._ask(name, rtype)
        if found is None:
            return "TIMEOUT", []
        return "NOERROR" if found else "NXDOMAIN", list(found)
