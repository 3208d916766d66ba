"""What should go wrong in an SMTP conversation, and how often."""

import threading
from dataclasses import dataclass
from typing import Literal

MailFaultKind = Literal[
    "refuse",
    "greeting",
    "rcpt",
    "auth",
    "data",
    "drop_after_354",
    "drop_after_dot",
    "delay",
    "tarpit",
    "noise_after_250",
    "noise_instead",
]


@dataclass(frozen=True, slots=True)
class MailFault:
    """One way in which the conversation goes wrong. Made by the named constructors."""

    kind: MailFaultKind
    code: int = 0
    address: str | None = None
    seconds: float = 0.0
    keep: bool = False

    @classmethod
    def refuse(cls) -> "MailFault":
        """The port is closed (ECONNREFUSED) until the faults are cleared."""
        return cls("refuse")

    @classmethod
    def greeting(cls, code: int = 421) -> "MailFault":
        """Greets with a refusal and hangs up."""
        return cls("greeting", code=code)

    @classmethod
    def rcpt(cls, code: int, *, address: str | None = None) -> "MailFault":
        """Refuses RCPT TO, of one address or of any."""
        return cls("rcpt", code=code, address=address)

    @classmethod
    def auth(cls, code: int = 535) -> "MailFault":
        """Refuses AUTH (the sink offers it when made with a login)."""
        return cls("auth", code=code)

    @classmethod
    def data(cls, code: int = 552) -> "MailFault":
        """Takes the body, then refuses it."""
        return cls("data", code=code)

    @classmethod
    def drop_after_354(cls) -> "MailFault":
        """Hangs up as soon as the body may come."""
        return cls("drop_after_354")

    @classmethod
    def drop_after_dot_kept(cls) -> "MailFault":
        """Keeps the mail, then hangs up instead of saying 250."""
        return cls("drop_after_dot", keep=True)

    @classmethod
    def drop_after_dot_lost(cls) -> "MailFault":
        """Hangs up after the dot, and has not kept the mail."""
        return cls("drop_after_dot", keep=False)

    @classmethod
    def delay(cls, seconds: float) -> "MailFault":
        """Keeps the mail, then says 250 late (machine time)."""
        return cls("delay", seconds=seconds)

    @classmethod
    def tarpit(cls, seconds_per_byte: float) -> "MailFault":
        """Greets byte by byte."""
        return cls("tarpit", seconds=seconds_per_byte)

    @classmethod
    def noise_after_250(cls) -> "MailFault":
        """Says 250 twice and something that is no reply, then hangs up."""
        return cls("noise_after_250")

    @classmethod
    def noise_instead(cls) -> "MailFault":
        """Keeps the mail, but says something that is no reply and hangs up."""
        return cls("noise_instead")


class MailFaults:
    """What is still to go wrong, first planned first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._planned: list[tuple[MailFault, int | None]] = []

    def add(self, fault: MailFault, *, times: int | None = 1) -> None:
        """Plans a fault; ``times`` None: until cleared."""
        with self._lock:
            self._planned.append((fault, times))

    def clear(self) -> None:
        """All goes well again."""
        with self._lock:
            self._planned.clear()

    def take(self, *kinds: MailFaultKind, address: str | None = None) -> MailFault | None:
        """The next fault of one of the kinds (for that address), if there is one; it counts as used."""
        with self._lock:
            for place, (fault, left) in enumerate(self._planned):
                if fault.kind not in kinds or (fault.address and fault.address != address):
                    continue
                if left == 1:
                    del self._planned[place]
                elif left is not None:
                    self._planned[place] = (fault, left - 1)
                return fault
        return None
