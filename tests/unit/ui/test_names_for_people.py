"""Whatever runs by itself has a name for people: a new kind without one would break the page that lists it."""

from plugin.services.effects.outcomes import WHAT
from plugin.services.effects.run import HANDLERS
from plugin.services.sync.run import _READERS
from plugin.services.tenant_defaults import CURSORS
from plugin.store.effects import STEP_KINDS
from plugin.ui.admin.attention import EFFECTS, READINGS
from plugin.ui.admin.frame import TABS
from plugin.ui.admin.routes import SHOW


def test_every_effect_that_is_carried_out_has_a_name() -> None:
    assert set(EFFECTS) == set(HANDLERS)
    assert set(WHAT) == set(HANDLERS) - set(STEP_KINDS)


def test_every_reading_has_a_cursor_a_reader_and_a_name() -> None:
    assert set(READINGS) == set(CURSORS) == set(_READERS)


def test_every_tab_has_a_page() -> None:
    assert set(SHOW) == set(TABS)
