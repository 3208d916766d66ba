"""Times a thing and its peer in turns, so that a busy moment of the machine hits both."""

import statistics
from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter

Work = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Spread:
    """Minimum, median and maximum of a series, in the figure's unit."""

    min: float
    median: float
    max: float

    @classmethod
    def of(cls, values: list[float]) -> "Spread":
        return cls(min(values), statistics.median(values), max(values))


@dataclass(frozen=True, kw_only=True, slots=True)
class Peer:
    """What ours is compared with; ``ratios`` are ours by the peer's, pair by pair."""

    name: str
    spread: Spread
    ratios: Spread


@dataclass(frozen=True, kw_only=True, slots=True)
class Figure:
    """One measured figure. ``most`` and ``least`` bound the median; without a bound the figure is only shown."""

    name: str
    unit: str
    ours: Spread
    other: Peer | None = None
    most: float | None = None
    least: float | None = None

    @property
    def ratio(self) -> float | None:
        """The median over the pairs of ours by the peer's."""
        return None if self.other is None else self.other.ratios.median

    @property
    def target(self) -> str | None:
        if self.most is not None:
            return f"<= {self.most:g}"
        return None if self.least is None else f">= {self.least:g}"

    @property
    def met(self) -> bool | None:
        if self.most is not None:
            return self.ours.median <= self.most
        return None if self.least is None else self.ours.median >= self.least

    def as_json(self) -> dict[str, object]:
        """A row of ``bench/results.json``."""
        other = None if self.other is None else {"name": self.other.name, **_rounded(self.other.spread)}
        return {
            "name": self.name,
            "unit": self.unit,
            "ours": _rounded(self.ours),
            "other": other,
            "ratio": None if self.ratio is None else round(self.ratio, 2),
            "ratio_spread": None if self.other is None else _rounded(self.other.ratios),
            "target": self.target,
            "met": self.met,
        }


def in_turns(ours: Work, other: Work, *, name: str, rounds: int, warm: int = 2) -> tuple[Spread, Peer]:
    """Milliseconds of both, in turns, every second round the other way about; the first rounds only warm up."""
    pairs = [_pair(ours, other) if turn % 2 else _pair(other, ours)[::-1] for turn in range(warm + rounds)][warm:]
    return paired([mine for mine, _ in pairs], [theirs for _, theirs in pairs], name=name)


def paired(ours: list[float], other: list[float], *, name: str) -> tuple[Spread, Peer]:
    """What two series of one length say that were measured pair by pair; ``name`` is the peer's."""
    ratios = [mine / theirs for mine, theirs in zip(ours, other, strict=True)]
    return Spread.of(ours), Peer(name=name, spread=Spread.of(other), ratios=Spread.of(ratios))


def alone(ours: Work, *, rounds: int, warm: int = 2) -> Spread:
    """Milliseconds of one thing."""
    return Spread.of([milliseconds(ours) for _ in range(warm + rounds)][warm:])


def _pair(first: Work, second: Work) -> tuple[float, float]:
    return milliseconds(first), milliseconds(second)


def milliseconds(work: Work) -> float:
    """How long one run took."""
    began = perf_counter()
    work()
    return (perf_counter() - began) * 1000


def _rounded(spread: Spread) -> dict[str, float]:
    return {"min": round(spread.min, 3), "median": round(spread.median, 3), "max": round(spread.max, 3)}
