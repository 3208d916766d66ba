"""Whole stories through the real servers of the pretend world, on a frozen clock."""
