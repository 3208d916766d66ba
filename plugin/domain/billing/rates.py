"""Rates per hour: dated rules, the most specific wins, and a trace says why the others lost."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import IntEnum
from fractions import Fraction

from plugin.domain.billing.worklogs import NotBilled, WorklogFact
from plugin.domain.errors import InvalidInput
from plugin.domain.money import Currency, Money, exact, is_whole

HIGHEST_PRICE = 10**12
"""Minor units per hour above which a rate is a typing mistake."""


class RateLevel(IntEnum):
    """Where a rate hangs, most specific first. Gaps leave room for invoice override (10) and worklog attribute (20)."""

    PERSON_IN_PROJECT = 30
    ROLE = 40
    PROJECT = 50
    CLIENT = 60
    SITE = 70

    @property
    def label(self) -> str:
        """The level in words."""
        return self.name.replace("_", " ").lower()


_SUBJECT_FIELDS: Mapping[RateLevel, frozenset[str]] = {
    RateLevel.PERSON_IN_PROJECT: frozenset({"account_id", "project_key"}),
    RateLevel.ROLE: frozenset({"role"}),
    RateLevel.PROJECT: frozenset({"project_key"}),
    RateLevel.CLIENT: frozenset({"client_id"}),
    RateLevel.SITE: frozenset(),
}
_ALL_FIELDS = ("account_id", "role", "project_key", "client_id")

Subject = tuple[str | None, str | None, str | None, str | None]


@dataclass(frozen=True, slots=True)
class RateRule:
    """A price per hour in minor units for one subject, in force from ``valid_from`` to ``valid_to`` inclusive."""

    rule_id: str
    level: RateLevel
    currency: Currency
    price: int
    valid_from: date
    valid_to: date | None = None
    account_id: str | None = None
    role: str | None = None
    project_key: str | None = None
    client_id: str | None = None

    def __post_init__(self) -> None:
        if not is_whole(self.price):
            raise InvalidInput(f"A rate of {self.price!r} is no whole number of minor units per hour.", field="price")
        _check_price(self.price, shown=str(self.price))
        if self.valid_to is not None and self.valid_to < self.valid_from:
            raise InvalidInput(
                f"The rate ends on {self.valid_to}, before it starts on {self.valid_from}.", field="valid_to"
            )
        needed = _SUBJECT_FIELDS[self.level]
        for name in _ALL_FIELDS:
            if bool(getattr(self, name)) != (name in needed):
                verb = "needs" if name in needed else "cannot have"
                raise InvalidInput(f"A {self.level.label} rate {verb} a value for {name}.", field=name)

    @property
    def subject(self) -> Subject:
        """What the rule is for, comparable within its level."""
        return (self.account_id, self.role, self.project_key, self.client_id)

    def in_force(self, day: date) -> bool:
        """Whether the rule applies on ``day``."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    def describe(self) -> str:
        """The rule in words, without anybody's name: ``project AB 120.00 EUR/h from 2026-01-01``."""
        subject = " ".join(part for part in self.subject if part)
        until = f" to {self.valid_to}" if self.valid_to else ""
        price = Money(self.price, self.currency).to_decimal()
        where = f"{self.level.label} {subject}".rstrip()
        return f"{where} {price:f} {self.currency.code}/h from {self.valid_from}{until}"


def parse_price(value: Decimal | int | str, currency: Currency) -> int:
    """A typed price per hour in major units as minor units; 0, -1, NaN and 1e400 are refused with a sentence."""
    number = exact(value)
    _check_price(number, shown=str(value))
    return Money.parse(value, currency).minor


def _check_price(value: Fraction | int, *, shown: str) -> None:
    if value <= 0:
        raise InvalidInput(
            f"A rate of {shown} per hour is not above zero; time is never billed at zero.", field="price"
        )
    if value > HIGHEST_PRICE:
        raise InvalidInput(f"A rate of {shown[:40]} per hour is too large; check the figure.", field="price")


@dataclass(frozen=True, slots=True)
class LostRate:
    """A rule that matched the subject and did not win, with the reason."""

    rule: RateRule
    reason: str


@dataclass(frozen=True, slots=True)
class RateDecision:
    """The rule that sets the price, those that lost to it, and both in sentences, winner first (features.md U17)."""

    winner: RateRule
    losers: tuple[LostRate, ...]
    trace: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NoRate:
    """No rule sets a price; ``reason`` is NO_RATE or OTHER_CURRENCY, ``considered`` the rules that came close."""

    reason: NotBilled
    sentence: str
    considered: tuple[LostRate, ...]
    trace: tuple[str, ...]


class RateCard:
    """All rate rules of a site, checked for overlap and indexed; decisions are remembered, so 5,000 facts are cheap."""

    def __init__(self, rules: Iterable[RateRule]) -> None:
        """Raises InvalidInput where two rules of one subject and currency are in force on the same day."""
        self._by_subject: dict[tuple[RateLevel, Subject], list[RateRule]] = {}
        for rule in rules:
            self._by_subject.setdefault((rule.level, rule.subject), []).append(rule)
        for same_subject in self._by_subject.values():
            same_subject.sort(key=lambda rule: (rule.valid_from, rule.currency.code, rule.rule_id))
            _refuse_overlap(same_subject)
        self._fitting: dict[tuple[object, ...], tuple[RateRule, ...]] = {}
        self._decided: dict[tuple[object, ...], RateDecision | NoRate] = {}

    def resolve(
        self, fact: WorklogFact, *, currency: Currency, roles: Sequence[str] = (), client_id: str | None = None
    ) -> RateDecision | NoRate:
        """The rate of a screened fact (author and day present). ``roles`` are the person's, the main one first.

        Facts that meet the same rules in force get the same decision, whatever their day.
        """
        author, day = fact.author, fact.day
        if author is None or day is None:
            raise InvalidInput(f"Worklog {fact.worklog_id} has no author or no day, so no rate can be looked up.")
        subject = (author, fact.project_key, tuple(roles), client_id)
        candidates = self._fitting.get(subject)
        if candidates is None:
            candidates = tuple(self._candidates(author, fact.project_key, tuple(roles), client_id))
            self._fitting[subject] = candidates
        in_force = tuple(rule.in_force(day) for rule in candidates)
        key = (subject, in_force, currency)
        known = self._decided.get(key)
        if known is None:
            known = self._decided[key] = _decide(candidates, day=day, currency=currency)
        return known

    def _candidates(
        self, author: str, project_key: str, roles: tuple[str, ...], client_id: str | None
    ) -> list[RateRule]:
        """Rules whose subject fits, most specific first."""
        subjects: list[tuple[RateLevel, Subject]] = [
            (RateLevel.PERSON_IN_PROJECT, (author, None, project_key, None)),
            *((RateLevel.ROLE, (None, role, None, None)) for role in dict.fromkeys(roles)),
            (RateLevel.PROJECT, (None, None, project_key, None)),
            (RateLevel.CLIENT, (None, None, None, client_id)),
            (RateLevel.SITE, (None, None, None, None)),
        ]
        return [rule for subject in subjects for rule in self._by_subject.get(subject, ())]


def _refuse_overlap(rules: Sequence[RateRule]) -> None:
    last: dict[Currency, RateRule] = {}
    for rule in rules:
        before = last.get(rule.currency)
        if before is not None and (before.valid_to is None or rule.valid_from <= before.valid_to):
            raise InvalidInput(
                f"Two rates for the same subject overlap: {before.describe()}, {rule.describe()}. End the first one.",
                field="valid_from",
            )
        last[rule.currency] = rule


def _decide(candidates: Sequence[RateRule], *, day: date, currency: Currency) -> RateDecision | NoRate:
    """The first candidate in force sets the level; only a rule of that level's subject in ``currency`` may win.

    Falling through to a wider rate because the narrow one is in another currency would bill a guess.
    """
    in_force = [rule for rule in candidates if rule.in_force(day)]
    leader = in_force[0] if in_force else None
    winner = None
    if leader is not None:
        same_subject = [rule for rule in in_force if (rule.level, rule.subject) == (leader.level, leader.subject)]
        winner = next((rule for rule in same_subject if rule.currency == currency), None)
    lost = tuple(
        LostRate(rule, _why_lost(rule, day=day, currency=currency, leader=leader))
        for rule in candidates
        if rule is not winner
    )
    not_applied = tuple(f"Not applied: {item.rule.describe()}: {item.reason}." for item in lost)
    if winner is not None:
        return RateDecision(winner, lost, (f"Applied: {winner.describe()}.", *not_applied))
    if leader is None:
        return NoRate(NotBilled.NO_RATE, "no rate is in force; add one for person, role or project", lost, not_applied)
    sentence = f"its rate is in {leader.currency.code}, the invoice in {currency.code}; add a rate in {currency.code}"
    return NoRate(NotBilled.OTHER_CURRENCY, sentence, lost, not_applied)


def _why_lost(rule: RateRule, *, day: date, currency: Currency, leader: RateRule | None) -> str:
    if day < rule.valid_from:
        return f"starts only on {rule.valid_from}"
    if not rule.in_force(day):
        return f"ended on {rule.valid_to}"
    if rule.currency != currency:
        return f"is in {rule.currency.code}, the invoice in {currency.code}"
    if leader is not None and rule.level == leader.level:
        return "belongs to a role that comes later among the person's roles"
    level = leader.level.label if leader is not None else "more specific"
    return f"the {level} rate is more specific"
