"""What a check has to say about a document."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One reason why the document must not be issued as it is.

    ``field`` is the path in the model (``seller.name``, ``lines[3].description``), ``sentence`` says what is wrong and
    what to enter where, ``rule`` names the source: an EN 16931 rule, a rule of law or one of Dunlin's invariants.
    """

    field: str
    sentence: str
    rule: str
