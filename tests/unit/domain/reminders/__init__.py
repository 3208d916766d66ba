"""Tests of the follow-up rules."""
