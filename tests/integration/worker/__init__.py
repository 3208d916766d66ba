"""The tick, the queue and the jobs on real servers."""
