"""The kinds of error Dunlin knows. Every error carries a sentence for the person who reads it.

``plugin/errors.py`` maps kinds to HTTP statuses and to retries; nothing else decides either.
"""

from enum import StrEnum


class Kind(StrEnum):
    """What an error means for the caller: fix the input, try later, tell a person, or mend the code."""

    EXPECTED = "expected"
    TRANSIENT = "transient"
    PERMANENT = "permanent"
    BUG = "bug"


class DunlinError(Exception):
    """Base of all our errors. ``sentence`` says what happened, to which thing, and what to do now."""

    kind: Kind = Kind.BUG

    def __init__(self, sentence: str, *, field: str | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.field = field


class InvalidInput(DunlinError):
    """A value a person or a remote gave breaks a rule; nothing was changed. ``field`` names the form field."""

    kind = Kind.EXPECTED


class NotFound(DunlinError):
    """No such row in this tenant. A row of another tenant is answered the same way."""

    kind = Kind.EXPECTED


class Gone(DunlinError):
    """It was there, and is not any more: a link that is over, or was taken back."""

    kind = Kind.EXPECTED


class NotAllowed(DunlinError):
    """The person is known, but lacks the right; the sentence names the right."""

    kind = Kind.EXPECTED


class Unauthenticated(DunlinError):
    """The caller is not who the request claims. The answer never says why."""

    kind = Kind.EXPECTED


class Conflict(DunlinError):
    """Somebody changed the row meanwhile, or the state machine refuses the step."""

    kind = Kind.EXPECTED


class Transient(DunlinError):
    """Worth another try. ``retry_after`` is in seconds, ``None`` where the other side did not say."""

    kind = Kind.TRANSIENT

    def __init__(self, sentence: str, *, retry_after: float | None = None) -> None:
        super().__init__(sentence)
        self.retry_after = retry_after


class Permanent(DunlinError):
    """No retry will help; a person has to act."""

    kind = Kind.PERMANENT
