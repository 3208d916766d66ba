"""Tests of the follow-up services on a SQLite file."""
