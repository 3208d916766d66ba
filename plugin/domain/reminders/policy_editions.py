"""What presets gained since a site began with one: offered to it as a diff, never changed silently."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from plugin.domain.reminders.policy import Policy, PolicyStep, Track
from plugin.domain.reminders.policy_diff import PolicyDiff, policy_diff
from plugin.domain.reminders.policy_presets import presets


@dataclass(frozen=True, slots=True)
class PresetOffer:
    """``preset``: its name. ``policy``: the site's newest version with what the preset has more; ``diff``: the same."""

    preset: str
    policy: Policy
    diff: PolicyDiff


def former_editions() -> Mapping[str, tuple[PolicyStep, ...]]:
    """The steps that presets had in the first release, by their id: those without reminders of instalments."""
    return {key: _ladder(policy) for key, policy in presets().items() if _ladder(policy) != policy.steps}


def offer_to(versions: Sequence[Policy]) -> PresetOffer | None:
    """What the preset that a policy began with has more by now. ``versions``: all of the policy, the oldest first.

    None for a policy that never was such a preset, and for one that has, or once had, reminders of instalments of its
    own: what a site took out is not offered again.
    """
    if not versions or any(_ladder(version) != version.steps for version in versions):
        return None
    known = {steps: key for key, steps in former_editions().items()}
    began = next((known[version.steps] for version in versions if version.steps in known), None)
    if began is None:
        return None
    newest, preset = versions[-1], presets()[began]
    grown = replace(newest, steps=(*newest.steps, *_added(preset, newest)))
    return PresetOffer(preset.name, grown, policy_diff(newest, grown))


def _added(preset: Policy, newest: Policy) -> tuple[PolicyStep, ...]:
    """The preset's reminders of instalments, with levels above those of the ladder that they stand beside."""
    top = max((step.level for step in newest.steps), default=0)
    more = [step for step in preset.steps if step.track is Track.INSTALMENTS]
    return tuple(replace(step, level=top + place) for place, step in enumerate(more, start=1))


def _ladder(policy: Policy) -> tuple[PolicyStep, ...]:
    return tuple(step for step in policy.steps if step.track is not Track.INSTALMENTS)
