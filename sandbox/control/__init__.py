"""Directing the pretend world over HTTP: time, faults, webhooks, lifecycle, and what to count."""
