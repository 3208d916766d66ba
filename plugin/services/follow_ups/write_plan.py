"""Writes what the planner said into the planned steps, in bulk and only where it says something new."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, insert, select
from sqlalchemy.orm.util import identity_key

from plugin.domain.calendar import SendWindow
from plugin.domain.reminders.timeline import Entry, Timeline, Verdict
from plugin.services.follow_ups.gather import PlanInput
from plugin.store.base import new_id
from plugin.store.schedule import STEP, rewrite_steps
from plugin.store.session import TenantSession
from plugin.store.tables.follow_ups import PlannedStep

FINAL = {Verdict.SKIPPED: "skipped", Verdict.SUPERSEDED: "superseded", Verdict.CANCELLED: "cancelled"}
REST = timedelta(minutes=1)
UTC = ZoneInfo("UTC")

_Values = dict[str, object]


class _Written(NamedTuple):
    """The columns of a step that the planner writes; the order is that of the statement."""

    channel: str
    tone: str
    level: int
    state: str
    reason_code: str
    reason: str
    planned_on: date
    next_at: datetime | None
    done_at: datetime | None
    done_on: date | None


_STORED = select(
    PlannedStep.invoice_id,
    PlannedStep.step_key,
    PlannedStep.occurrence,
    PlannedStep.id,
    PlannedStep.message_row_id,
    PlannedStep.effect_id,
    *(getattr(PlannedStep, name) for name in _Written._fields),
).where(PlannedStep.invoice_id.in_(bindparam("ids", expanding=True)))


class _Stored(NamedTuple):
    id: str
    is_carried: bool
    written: _Written


def write_plans(
    session: TenantSession,
    planned: Sequence[tuple[PlanInput, Timeline]],
    *,
    versions: Mapping[str, str],
    now: datetime,
) -> None:
    """Stores the open entries of some timelines. ``versions``: the policy version each invoice follows, by its id.

    The invoices are locked by the caller. A step that a message or an effect carries is left to that.
    """
    stored = _stored(session, versions)
    new: list[_Values] = []
    changed: list[tuple[str, _Written]] = []
    for asked, timeline in planned:
        rows = stored[timeline.invoice_id]
        for entry in timeline.entries:
            if entry.settled:
                continue
            row = rows.get((entry.key, entry.occurrence))
            if row is None:
                new.append(_new_row(entry, timeline, asked, version=versions[timeline.invoice_id], now=now))
            elif not row.is_carried:
                verdict = _verdict(entry, timeline, asked, before=row.written, now=now)
                if verdict != row.written:
                    changed.append((row.id, verdict))
    _insert(session, new)
    _update(session, changed)


def _stored(session: TenantSession, ids: Iterable[str]) -> dict[str, dict[tuple[str, int], _Stored]]:
    found: dict[str, dict[tuple[str, int], _Stored]] = defaultdict(dict)
    for invoice_id, key, occurrence, row_id, message_id, effect_id, *written in session.execute(
        _STORED, {"ids": list(ids)}
    ):
        is_carried = message_id is not None or effect_id is not None
        found[invoice_id][key, occurrence] = _Stored(row_id, is_carried, _Written._make(written))
    return found


def _insert(session: TenantSession, rows: list[_Values]) -> None:
    if rows:
        session.execute(insert(PlannedStep), [{"tenant_id": session.tenant_id, **row} for row in rows])


def _update(session: TenantSession, changed: Iterable[tuple[str, _Written]]) -> None:
    """Rows that the caller holds are changed as objects, so that it sees the change; the others in one statement."""
    bulk: list[_Values] = []
    for row_id, written in changed:
        held = session.identity_map.get(identity_key(PlannedStep, (session.tenant_id, row_id)))
        if held is None:
            bulk.append({STEP: row_id, **written._asdict()})
            continue
        for name, value in written._asdict().items():
            setattr(held, name, value)
    session.flush()
    rewrite_steps(session, bulk, columns=_Written._fields)


def _new_row(entry: Entry, timeline: Timeline, asked: PlanInput, *, version: str, now: datetime) -> _Values:
    return {
        "id": new_id(),
        "invoice_id": timeline.invoice_id,
        "policy_version_id": version,
        "step_key": entry.key,
        "occurrence": entry.occurrence,
        **_verdict(entry, timeline, asked, before=None, now=now)._asdict(),
    }


def _verdict(entry: Entry, timeline: Timeline, asked: PlanInput, *, before: _Written | None, now: datetime) -> _Written:
    """What is stored of an entry. A later skip or supersession is a forecast, open until its day."""
    day = entry.day or entry.nominal
    is_final = entry.verdict is Verdict.CANCELLED or (entry.verdict in FINAL and (day is None or day <= asked.today))
    code = entry.reason.code.value
    state, next_at = _state(entry, timeline, asked, is_final=is_final, now=now)
    if is_final and before is not None and (before.state, before.reason_code) == (state, code):
        # It ended so before, and keeps the day of that.
        return before
    return _Written(
        channel=entry.channel.value,
        tone=entry.tone.value,
        level=entry.level,
        state=state,
        reason_code=code,
        reason=entry.sentence,
        planned_on=day or (before.planned_on if before else asked.today),
        next_at=next_at,
        done_at=now if is_final else None,
        done_on=asked.today if is_final else None,
    )


def _state(
    entry: Entry, timeline: Timeline, asked: PlanInput, *, is_final: bool, now: datetime
) -> tuple[str, datetime | None]:
    if is_final:
        return FINAL[entry.verdict], None
    if entry.verdict is Verdict.DUE:
        return "planned", now
    state = "held" if entry.verdict is Verdict.HELD else "planned"
    return state, _next_look(entry, timeline, asked=asked, now=now)


def _next_look(entry: Entry, timeline: Timeline, *, asked: PlanInput, now: datetime) -> datetime | None:
    """When the step is looked at again: at the opening of the window on the day that its verdict may change."""
    if entry.until_at is not None:
        return max(entry.until_at, now + REST)
    day = entry.until or entry.day or timeline.next_look
    if day is None:
        return None
    if day <= asked.today:
        day = timeline.next_look or asked.today + timedelta(days=1)
    return _opening(asked.facts.window, day)


@lru_cache(maxsize=4096)
def _opening(window: SendWindow | None, day: date) -> datetime:
    """Many steps open on one day, and zones take their time."""
    if window is None:
        return datetime.combine(day, time(0), tzinfo=UTC)
    return window.instant_on(day) or datetime.combine(day, time(0), tzinfo=ZoneInfo(window.zone))
