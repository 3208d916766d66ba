"""A mail that came in, as values: what its headers and its text say, and nothing that was not asked for."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class DeliveryReport:
    """What a mail server says about a mail of ours (RFC 3464). ``is_final``: it gave up; else it still tries."""

    recipient: str
    is_final: bool
    status: str
    diagnostic: str

    @property
    def is_permanent(self) -> bool:
        """Whether the address itself is refused (5.x.x), not just out of reach for too long."""
        return self.is_final and not self.status.startswith("4")


@dataclass(frozen=True, kw_only=True, slots=True)
class IncomingMail:
    """``answers`` are the Message-IDs that it names, the nearest first; ``addressed_to`` all its recipients.

    ``robot`` says by what a robot was recognised; empty for a person. ``was_cut``: too much or too deep to be read
    whole, so only its headers are known.
    """

    source_id: str
    sender: str
    addressed_to: tuple[str, ...]
    subject: str
    text: str
    answers: tuple[str, ...] = ()
    robot: str = ""
    report: DeliveryReport | None = None
    is_complaint: bool = False
    is_ours: bool = False
    was_cut: bool = False
