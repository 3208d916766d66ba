"""How DNS is asked about a sender's domain."""

from collections.abc import Callable, Sequence

Records = Sequence[str] | None
"""What a name has; None where nobody answered, so that nothing is known."""
Lookup = Callable[[str, str], Records]
"""The records of a name and kind (TXT, A, AAAA, MX, PTR)."""
MOST_SILENCES = 2


def patient(lookup: Lookup) -> Lookup:
    """Asks each question once, and nobody any more after two silences: somebody waits for the page."""
    known: dict[tuple[str, str], Records] = {}

    def ask(name: str, kind: str) -> Records:
        question = (name.lower().rstrip("."), kind)
        if question not in known:
            silent = sum(1 for answer in known.values() if answer is None)
            known[question] = None if silent >= MOST_SILENCES else lookup(*question)
        return known[question]

    return ask


def addresses_of(host: str, lookup: Lookup) -> Records:
    """The IPv4 and IPv6 addresses of a host; None where only silence came back."""
    found = [lookup(host, kind) for kind in ("A", "AAAA")]
    known = [address for answer in found for address in answer or ()]
    return known if known or None not in found else None
