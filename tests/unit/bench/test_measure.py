"""Figures of the benchmarks as they stand in bench/results.json."""

import pytest

from bench.measure import Figure, Peer, Spread, in_turns, paired

OURS = Spread(1.0, 2.0, 9.0)


def test_a_spread_is_minimum_median_and_maximum() -> None:
    assert Spread.of([5.0, 1.0, 3.0]) == Spread(1.0, 3.0, 5.0)
    assert Spread.of([4.0, 1.0, 2.0, 3.0]).median == 2.5


def test_a_row_has_the_keys_that_scripts_read() -> None:
    peer = Peer(name="select", spread=Spread(0.5, 0.5, 0.5), ratios=Spread(2.0, 4.0, 18.0))
    figure = Figure(name="tick", unit="ms", ours=OURS, other=peer, most=10)
    assert figure.as_json() == {
        "name": "tick",
        "unit": "ms",
        "ours": {"min": 1.0, "median": 2.0, "max": 9.0},
        "other": {"name": "select", "min": 0.5, "median": 0.5, "max": 0.5},
        "ratio": 4.0,
        "ratio_spread": {"min": 2.0, "median": 4.0, "max": 18.0},
        "target": "<= 10",
        "met": True,
    }


@pytest.mark.parametrize(
    ("most", "least", "target", "met"),
    [
        (1.9, None, "<= 1.9", False),
        (2.0, None, "<= 2", True),
        (None, 2.5, ">= 2.5", False),
        (None, 2.0, ">= 2", True),
        (None, None, None, None),
    ],
)
def test_the_median_decides_whether_a_target_is_met(
    most: float | None, least: float | None, target: str | None, met: bool | None
) -> None:
    figure = Figure(name="any", unit="ms", ours=OURS, most=most, least=least)
    assert (figure.target, figure.met) == (target, met)
    assert (figure.ratio, figure.as_json()["other"]) == (None, None)


def test_pairs_run_in_turns_either_way_about_and_the_first_rounds_only_warm_up() -> None:
    order: list[str] = []
    _, peer = in_turns(lambda: order.append("ours"), lambda: order.append("other"), name="a peer", rounds=2, warm=1)
    assert order == ["other", "ours", "ours", "other", "other", "ours"]
    assert peer.name == "a peer"


def test_the_ratio_is_the_median_of_the_pairs_ratios() -> None:
    ours, peer = paired([2.0, 30.0, 6.0], [1.0, 10.0, 1.0], name="a peer")
    assert ours == Spread(2.0, 6.0, 30.0)
    assert peer == Peer(name="a peer", spread=Spread(1.0, 1.0, 10.0), ratios=Spread(2.0, 3.0, 6.0))
