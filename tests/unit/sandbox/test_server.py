"""A body that nobody reads to its end is closed all the same."""

from collections.abc import Iterator

from werkzeug.test import EnvironBuilder

from sandbox.server import closing


class Body:
    """Two pieces, and whether anybody closed them."""

    closed = False

    def __iter__(self) -> Iterator[bytes]:
        return iter((b"one", b"two"))

    def close(self) -> None:
        self.closed = True


def test_a_body_is_closed_when_its_reader_goes_away() -> None:
    body = Body()
    served = iter(closing(lambda _environ, _start: body)(EnvironBuilder().get_environ(), lambda *_: lambda _: None))
    assert next(served) == b"one"
    assert not body.closed
    del served
    assert body.closed


def test_a_body_is_closed_at_its_end() -> None:
    body = Body()
    served = closing(lambda _environ, _start: body)(EnvironBuilder().get_environ(), lambda *_: lambda _: None)
    assert list(served) == [b"one", b"two"]
    assert body.closed
