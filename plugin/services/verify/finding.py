"""What a check found."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class VerifyFinding:
    """An invariant that does not hold ("I4") and a sentence that names the row."""

    invariant: str
    sentence: str
