"""Small ladders for stories, as the JSON that a policy is published with."""

from collections.abc import Mapping


def step(key: str, days: int, channel: str, *, level: int = 1, **more: object) -> dict[str, object]:
    """A step so many days from the due date, friendly unless said otherwise."""
    return {
        "key": key,
        "level": level,
        "anchor": "due_date",
        "offset": days,
        "unit": "days",
        "channel": channel,
        "tone": "friendly",
        **more,
    }


def ladder(*steps: Mapping[str, object], name: str = "Standard") -> dict[str, object]:
    """A policy of these steps; their levels rise in the order given."""
    numbered = [{**each, "level": place} for place, each in enumerate(steps, 1)]
    return {"name": name, "ask_first": False, "ask_when_late_days": None, "steps": numbered}
