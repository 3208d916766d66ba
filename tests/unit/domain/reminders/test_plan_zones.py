"""Hours and days in the client's zone: clock changes and the far ends of the map."""

from datetime import UTC, date, datetime, time

import pytest

from plugin.domain.calendar import SendWindow, civil_day
from plugin.domain.reminders.timeline import Verdict
from tests.unit.domain.reminders.cases import EVERY_DAY, at, invoice, mail, policy, the

LADDER = policy(mail("notice", 1, -3))


def opening(zone: str, now: datetime, start: time = time(9)) -> datetime | None:
    """When the notice, due now at the client's place, may leave; None: at once."""
    today = civil_day(now, zone)
    facts = invoice(
        issue_date=date(2026, 1, 1),
        due_date=date.fromordinal(today.toordinal() + 3),
        read_at=now,
        window=SendWindow(start, time(17), zone),
    )
    entry = the(at(facts, today, LADDER, EVERY_DAY), "notice")
    return None if entry.verdict is Verdict.DUE else entry.until_at


@pytest.mark.parametrize(
    ("zone", "now", "expected"),
    [
        ("Pacific/Auckland", datetime(2026, 7, 1, 20, tzinfo=UTC), datetime(2026, 7, 1, 21, tzinfo=UTC)),
        ("Pacific/Honolulu", datetime(2026, 7, 1, 18, tzinfo=UTC), datetime(2026, 7, 1, 19, tzinfo=UTC)),
        ("Pacific/Kiritimati", datetime(2026, 7, 1, 18, tzinfo=UTC), datetime(2026, 7, 1, 19, tzinfo=UTC)),
        ("Pacific/Niue", datetime(2026, 7, 1, 19, tzinfo=UTC), datetime(2026, 7, 1, 20, tzinfo=UTC)),
        ("Asia/Kathmandu", datetime(2026, 7, 1, 3, tzinfo=UTC), datetime(2026, 7, 1, 3, 15, tzinfo=UTC)),
        ("Australia/Sydney", datetime(2026, 4, 4, 20, tzinfo=UTC), datetime(2026, 4, 4, 23, tzinfo=UTC)),
        ("Australia/Sydney", datetime(2026, 10, 3, 20, tzinfo=UTC), datetime(2026, 10, 3, 22, tzinfo=UTC)),
    ],
)
def test_complaint_C15_C16_nine_o_clock_is_nine_o_clock_everywhere(
    zone: str, now: datetime, expected: datetime
) -> None:
    assert opening(zone, now) == expected


def test_fault_F50_an_hour_that_does_not_exist_opens_at_the_next_valid_one() -> None:
    before = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)
    assert opening("Europe/Berlin", before, start=time(2, 30)) == datetime(2026, 3, 29, 1, tzinfo=UTC)


def test_fault_F50_an_hour_that_comes_twice_opens_at_its_first_coming() -> None:
    before = datetime(2026, 10, 24, 23, tzinfo=UTC)
    assert opening("Europe/Berlin", before, start=time(2, 30)) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_req_F27_the_day_is_that_of_the_client() -> None:
    now = datetime(2026, 12, 6, 21, tzinfo=UTC)
    ladder = policy(mail("notice", 1, -3))
    auckland = at(invoice(read_at=now), civil_day(now, "Pacific/Auckland"), ladder)
    honolulu = at(invoice(read_at=now), civil_day(now, "Pacific/Honolulu"), ladder)
    assert the(auckland, "notice").verdict is Verdict.DUE
    assert the(honolulu, "notice").verdict is Verdict.PLANNED


def test_after_the_window_it_goes_at_the_next_opening_on_the_next_day() -> None:
    late = datetime(2026, 7, 1, 16, tzinfo=UTC)
    assert opening("Europe/Berlin", late) == datetime(2026, 7, 2, 7, tzinfo=UTC)


def test_a_mail_that_waits_for_the_window_counts_as_todays_contact_in_the_forecast() -> None:
    ladder = policy(mail("one", 1, 3), mail("two", 2, 5))
    early = datetime(2026, 12, 13, 5, tzinfo=UTC)
    facts = invoice(read_at=early, window=SendWindow(time(9), time(17), "Europe/Berlin"), contact_interval_days=7)
    timeline = at(facts, date(2026, 12, 13), ladder)
    assert (the(timeline, "one").until_at, the(timeline, "two").day) == (
        datetime(2026, 12, 13, 8, tzinfo=UTC),
        date(2026, 12, 20),
    )
