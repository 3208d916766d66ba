"""What a check has to say about a document."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """Whether the document must not be issued, or may be once a person has seen the finding."""

    BLOCKS = "blocks"
    WARNS = "warns"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong with a document.

    ``field`` is the path in the model (``seller.name``, ``lines[3].description``), ``sentence`` says what is wrong and
    what to enter where, ``rule`` names the source: an EN 16931 rule, a rule of law or one of Dunlin's invariants.
    """

    field: str
    sentence: str
    rule: str
    severity: Severity = Severity.BLOCKS
