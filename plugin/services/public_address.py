"""Where a host that a person typed may lead: to an address of the public internet, looked up once and then kept (A59).

Whoever connects uses the address given here, so that a second look-up cannot lead elsewhere.
"""

import ipaddress
import socket
from collections.abc import Callable, Sequence

from plugin.domain.errors import InvalidInput, Transient

Resolve = Callable[[str, int], Sequence[str]]
"""Gives the addresses of a host as text. Raises OSError where there are none."""

_NAT64 = ipaddress.ip_network("64:ff9b::/96")


def look_up(host: str, port: int) -> list[str]:
    """The addresses that the machine's resolver knows, each once."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def reachable_address(
    host: str, port: int, *, resolve: Resolve = look_up, may_be_private: bool = False, field: str | None = None
) -> str:
    """The address to connect to. Raises InvalidInput where any address of the host is not public, Transient where the
    host is not known at the moment.
    """
    try:
        addresses = list(resolve(host, port))
    except (OSError, UnicodeError):
        addresses = []
    if not addresses:
        raise Transient(f"The host {host[:100]} is not known at the moment; look at its spelling, or try again later.")
    if not may_be_private and not all(is_public(address) for address in addresses):
        raise InvalidInput(
            f"The host {host[:100]} leads into a private network, where Dunlin does not connect to.", field=field
        )
    return addresses[0]


def is_public(text: str) -> bool:
    """Whether an address belongs to the public internet, whatever it is wrapped in."""
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return is_public(str(address.ipv4_mapped))
        if address in _NAT64:
            return is_public(str(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)))
        if address.sixtofour is not None or address.teredo is not None:
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved
