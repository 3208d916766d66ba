"""Every reason has words, and they fill in."""

import string
from datetime import UTC, date, datetime

import pytest

from plugin.domain.reminders.reasons import Reason, ReasonCode
from plugin.domain.reminders.sentences import WORDING, day_in_words, sentence
from tests.unit.domain.reminders.cases import eur


def test_every_code_has_words() -> None:
    assert set(WORDING) == set(ReasonCode)


@pytest.mark.parametrize("code", list(ReasonCode))
def test_words_are_whole_sentences_once_filled_in(code: ReasonCode) -> None:
    names = {name for _, name, _, _ in string.Formatter().parse(WORDING[code]) if name}
    told = sentence(Reason(code, dict.fromkeys(names, "a value.")))
    assert told[0].isupper() or told[0] in "'a"
    assert told.endswith(".")
    assert "{" not in told


def test_values_are_shown_as_people_write_them() -> None:
    assert day_in_words(date(2026, 12, 2)) == "2 December 2026"
    paused = Reason(ReasonCode.PAUSED, {"until": "", "cause": "merger"})
    told = sentence(Reason(ReasonCode.SHIFTED, {"planned": date(2026, 1, 1), "day": date(2026, 2, 3), "cause": paused}))
    assert told == "Planned for 1 January 2026, expected on 3 February 2026: Paused: merger."
    assert "12.34 EUR" in sentence(Reason(ReasonCode.SETTLED, {"balance": eur(1234)}))
    at_noon = datetime(2026, 1, 1, 12, 5, tzinfo=UTC)
    assert "1 January 2026 12:05 UTC" in sentence(Reason(ReasonCode.SENT, {"day": at_noon}))
