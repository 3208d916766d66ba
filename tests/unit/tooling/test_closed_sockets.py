"""A unit test opens no socket, nor does a thread that it starts; a server that ran before it still answers."""

import socket
import threading
from collections.abc import Callable

import pytest
from pytest_socket import SocketBlockedError

from tests.support.closed_sockets import spare_older_threads


def outcome_in_a_thread() -> tuple[threading.Thread, Callable[[], bool]]:
    """A thread that tries to open a socket once it is told, and whether it could."""
    told, found = threading.Event(), []

    def tries() -> None:
        told.wait(10)
        try:
            socket.socket().close()
            found.append(True)
        except (SocketBlockedError, UserWarning):
            found.append(False)

    thread = threading.Thread(target=tries)
    thread.start()

    def outcome() -> bool:
        told.set()
        thread.join(10)
        return found == [True]

    return thread, outcome


def test_a_unit_test_and_its_threads_open_no_socket() -> None:
    with pytest.raises((SocketBlockedError, UserWarning)):
        socket.socket()
    _, could = outcome_in_a_thread()
    assert not could()


def test_a_thread_that_is_older_than_the_test_may() -> None:
    _, could = outcome_in_a_thread()
    closed = socket.socket
    spare_older_threads()
    try:
        with pytest.raises((SocketBlockedError, UserWarning)):
            socket.socket()
        assert could()
    finally:
        # Not by monkeypatch, whose turn comes after sockets have been opened again for the next test.
        socket.socket = closed  # type: ignore[misc]
