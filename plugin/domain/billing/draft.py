"""From worklog facts to a draft invoice in one pure pass: screen, rate, round, group, price, tax, sum."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from plugin.domain.billing.grouping import Grouping, Labels, describe, group_key, natural_order
from plugin.domain.billing.lines import BilledTime, DraftLine, build_line
from plugin.domain.billing.rates import NoRate, RateCard
from plugin.domain.billing.rounding import RoundingPolicy, RoundingUnit, allocate
from plugin.domain.billing.tax import TaxRate, TaxRules
from plugin.domain.billing.totals import Adjustment, Totals, compute_totals
from plugin.domain.billing.worklogs import ListedWorklog, NotBilled, WorklogFact, repeated, screen
from plugin.domain.money import Currency, Money


@dataclass(frozen=True, slots=True)
class BillingRules:
    """Everything that decides how one client's time becomes lines; ``roles`` maps account id to roles, main first."""

    currency: Currency
    rates: RateCard
    tax: TaxRules
    client_id: str | None = None
    rounding: RoundingPolicy = field(default_factory=RoundingPolicy)
    grouping: Grouping = Grouping.ISSUE
    roles: Mapping[str, Sequence[str]] = field(default_factory=dict)
    labels: Labels = field(default_factory=Labels)


@dataclass(frozen=True, slots=True)
class Draft:
    """Lines, the worklogs not billed with their reasons, and the totals. Every fact is on one line or listed once."""

    currency: Currency
    lines: tuple[DraftLine, ...]
    listed: tuple[ListedWorklog, ...]
    totals: Totals

    @property
    def seconds_logged(self) -> int:
        """Logged seconds behind the lines."""
        return sum(share.seconds_logged for line in self.lines for share in line.shares)

    @property
    def seconds_billed(self) -> int:
        """Billed seconds; exactly the printed hours."""
        return sum(line.seconds_billed for line in self.lines)

    @property
    def period(self) -> tuple[date, date] | None:
        """First and last civil day of billed work (BG-14); None without lines."""
        if not self.lines:
            return None
        return min(line.first_day for line in self.lines), max(line.last_day for line in self.lines)


def build_draft(
    facts: Iterable[WorklogFact],
    *,
    rules: BillingRules,
    today: date,
    claimed: Mapping[str, str] | None = None,
    adjustments: Sequence[Adjustment] = (),
    prepaid: int = 0,
) -> Draft:
    """A draft of ``facts`` (any order); ``today`` is the seller's civil day.

    ``claimed`` maps worklog id to the invoice that has it.
    """
    listed: list[ListedWorklog] = []
    entries = _rated(facts, rules=rules, today=today, claimed=claimed or {}, listed=listed)
    lines: list[DraftLine] = []
    for key, group in _grouped(_rounded(entries, rules.rounding), rules):
        line = _line(key, group, rules)
        if line is None:
            listed.extend(_rounded_to_zero(entry.fact) for entry in group)
        elif line.amount == 0:
            listed.extend(_worth_nothing(entry.fact, line, rules.currency) for entry in group)
        else:
            lines.append(line)
    totals = compute_totals(((line.amount, line.tax) for line in lines), adjustments=adjustments, prepaid=prepaid)
    return Draft(rules.currency, tuple(lines), tuple(listed), totals)


def _rated(
    facts: Iterable[WorklogFact],
    *,
    rules: BillingRules,
    today: date,
    claimed: Mapping[str, str],
    listed: list[ListedWorklog],
) -> list[BilledTime]:
    """The billable facts with rate and tax, in the order of day and id; the others go to ``listed``."""
    entries: list[BilledTime] = []
    seen: set[str] = set()
    for fact in sorted(facts, key=_reading_order):
        refusal = repeated(fact) if fact.worklog_id in seen else screen(fact, today=today, claimed=claimed)
        seen.add(fact.worklog_id)
        if refusal is not None:
            listed.append(refusal)
            continue
        roles = rules.roles.get(fact.author or "", ())
        rate = rules.rates.resolve(fact, currency=rules.currency, roles=roles, client_id=rules.client_id)
        if isinstance(rate, NoRate):
            listed.append(_unrated(fact, rate))
            continue
        tax = rules.tax.rate_for(issue_key=fact.issue_key, project_key=fact.project_key)
        entries.append(BilledTime(fact, fact.seconds, rate, tax))
    return entries


def _rounded(entries: list[BilledTime], policy: RoundingPolicy) -> list[BilledTime]:
    """Entries with rounded seconds where worklogs or a person's days are rounded; lines are rounded later."""
    if policy.unit is RoundingUnit.LINE:
        return entries
    if policy.unit is RoundingUnit.WORKLOG:
        return [_with_seconds(entry, policy.round_seconds(entry.fact.seconds)) for entry in entries]
    days: dict[tuple[str | None, date | None], list[BilledTime]] = {}
    for entry in entries:
        days.setdefault((entry.fact.author, entry.fact.day), []).append(entry)
    rounded: list[BilledTime] = []
    for day in days.values():
        weights = [entry.fact.seconds for entry in day]
        shares = allocate(policy.round_seconds(sum(weights)), weights)
        rounded.extend(_with_seconds(entry, seconds) for entry, seconds in zip(day, shares, strict=True))
    return rounded


def _grouped(entries: list[BilledTime], rules: BillingRules) -> list[tuple[str, list[BilledTime]]]:
    """Entries of one line together: same grouping value, price and tax; in natural order of the value."""
    groups: dict[tuple[str, int, TaxRate], list[BilledTime]] = {}
    for entry in entries:
        roles = rules.roles.get(entry.fact.author or "", ())
        key = group_key(entry.fact, rules.grouping, roles=roles)
        groups.setdefault((key, entry.rate.winner.price, entry.tax), []).append(entry)
    ordered = sorted(groups.items(), key=lambda item: (natural_order(item[0][0]), -item[0][1], item[0][2]))
    return [(key, group) for (key, _, _), group in ordered]


def _line(key: str, group: list[BilledTime], rules: BillingRules) -> DraftLine | None:
    seconds = sum(entry.seconds for entry in group)
    if rules.rounding.unit is RoundingUnit.LINE:
        seconds = rules.rounding.round_seconds(seconds)
    description = describe(key, rules.grouping, [entry.fact for entry in group], rules.labels)
    return build_line(group, seconds=seconds, group_key=key, description=description)


def _with_seconds(entry: BilledTime, seconds: int) -> BilledTime:
    return BilledTime(entry.fact, seconds, entry.rate, entry.tax)


def _reading_order(fact: WorklogFact) -> tuple[date, str]:
    return (fact.day or date.max, fact.worklog_id)


def _unrated(fact: WorklogFact, rate: NoRate) -> ListedWorklog:
    sentence = f"Worklog {fact.worklog_id} on {fact.issue_key} of {fact.day} cannot be priced: {rate.sentence}."
    return ListedWorklog(fact, rate.reason, sentence, rate.trace)


def _rounded_to_zero(fact: WorklogFact) -> ListedWorklog:
    sentence = f"Worklog {fact.worklog_id} on {fact.issue_key} is too short: its line rounds to 0.00 h."
    return ListedWorklog(fact, NotBilled.ROUNDED_TO_ZERO, sentence)


def _worth_nothing(fact: WorklogFact, line: DraftLine, currency: Currency) -> ListedWorklog:
    price, nothing = Money(line.price, currency), Money.zero(currency)
    sentence = (
        f"Worklog {fact.worklog_id} on {fact.issue_key} is not billed: at {price} an hour its line comes to {nothing}. "
        "Log more time, or set a higher rate."
    )
    return ListedWorklog(fact, NotBilled.ROUNDED_TO_ZERO, sentence)
