"""How long each stage of a mail's dialogue may take (section 2.5, RFC 5321 4.5.3.2)."""

from dataclasses import dataclass

USUAL_SENDING_LEASE = 660.0


@dataclass(frozen=True, kw_only=True, slots=True)
class SmtpTimeouts:
    """Seconds. ``body`` and ``after_dot`` together are the sending lease: after it nobody may still be sending.

    ``dialogue`` covers everything before the gate, since a job must keep eleven minutes for what follows.
    """

    connect: float = 30.0
    command: float = 240.0
    dialogue: float = 240.0
    body: float = 60.0
    after_dot: float = 600.0

    @classmethod
    def scaled(cls, sending_lease_seconds: float) -> "SmtpTimeouts":
        """The usual times, stretched as this lease is to the usual one of eleven minutes."""
        factor = sending_lease_seconds / USUAL_SENDING_LEASE
        usual = cls()
        return cls(
            connect=usual.connect * factor,
            command=usual.command * factor,
            dialogue=usual.dialogue * factor,
            body=usual.body * factor,
            after_dot=usual.after_dot * factor,
        )
