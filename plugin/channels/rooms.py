"""The rooms of channels that carry one step alone, by the kind of their effects. A new channel is added here."""

from collections.abc import Mapping

from plugin.channels.jira.room import JiraRoom
from plugin.channels.letter.room import LetterRoom
from plugin.channels.webhook.room import WebhookRoom
from plugin.services.effects.step_channel import StepChannel


def step_channels() -> Mapping[str, StepChannel]:
    """One of each."""
    rooms: tuple[StepChannel, ...] = (JiraRoom(), WebhookRoom(), LetterRoom())
    return {room.kind: room for room in rooms}
