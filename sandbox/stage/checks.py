"""Compares what came out with what was expected, prints one line a figure, and remembers whether all held."""

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass
class Checks:
    """``show`` gets each line; ``failed`` names the figures that did not hold."""

    show: Callable[[str], None] = print
    failed: list[str] = field(default_factory=list)

    def equal(self, name: str, got: object, expected: object) -> None:
        """The figure is as expected."""
        if got == expected:
            self.show(f"  ok    {name}: {got}")
            return
        self.failed.append(name)
        self.show(f"  WRONG {name}: {got}, expected {expected}")

    @property
    def ok(self) -> bool:
        return not self.failed
