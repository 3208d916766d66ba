"""The pretend world's copy of the rule of the offset file agrees with the product's."""

from datetime import timedelta
from pathlib import Path

from plugin.clock import FileClock
from sandbox.clock import OffsetFileClock

NEAR = timedelta(seconds=5)


def test_both_clocks_show_the_same_time_whoever_moves_it(tmp_path: Path) -> None:
    ours, products = OffsetFileClock(tmp_path / "clock"), FileClock(tmp_path / "clock")
    assert abs(ours.now() - products.now()) < NEAR
    before = ours.now()
    ours.advance(timedelta(days=3))
    assert abs(products.now() - before - timedelta(days=3)) < NEAR
    products.set_offset(-86400)
    assert abs(ours.now() - before + timedelta(days=1)) < NEAR
    ours.reset()
    assert products.offset() == 0


def test_the_file_is_made_with_its_folder(tmp_path: Path) -> None:
    clock = OffsetFileClock(tmp_path / "deep" / "clock")
    assert clock.offset() == 0
    clock.advance(timedelta(hours=1))
    assert (tmp_path / "deep" / "clock").read_text(encoding="ascii") == "3600.0"
