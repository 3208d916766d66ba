"""Fixtures of the stories."""

from tests.support.stage import new_story, new_story_on_both, story

__all__ = ["new_story", "new_story_on_both", "story"]
