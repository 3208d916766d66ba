"""The product and the pretend world in one process, on real HTTP and SMTP: for stories, smoke and real input."""

from sandbox.stage.stage import Stage

__all__ = ["Stage"]
