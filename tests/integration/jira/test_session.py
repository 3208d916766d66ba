"""The session on real sockets: no redirect, no private address, no endless answer, no token for a stranger."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import requests

from plugin.jira.session import ANSWER_BYTES, AnswerTooLarge, JiraSession
from plugin.jira.site import JiraSite
from plugin.services.jira_errors import JiraUnavailable
from plugin.services.jira_facts import HistoryComment
from tests.unit.jira.wire import Stamp

COMMENT = HistoryComment(lead=("x",), columns=(), rows=())


class Handler(BaseHTTPRequestHandler):
    """Plays a site that misbehaves in the way the path says."""

    seen: list[str]

    def do_GET(self) -> None:
        self.seen.append(self.path)
        if self.path.startswith("/redirect"):
            self.send_response(302)
            self.send_header("Location", f"http://{self.headers['Host']}/stolen")
            self.send_header("Content-Length", "0")
            self.end_headers()
        elif self.path.startswith("/endless"):
            self.send_response(200)
            self.end_headers()
            self._pour()
        elif self.path.endswith("/myself"):
            self.send_response(200)
            self.send_header("Content-Length", "100")
            self.end_headers()
            self.wfile.write(b'{"accountId": "app"')

    def do_POST(self) -> None:
        self.seen.append(self.path)
        self.rfile.read(int(self.headers["Content-Length"]))

    def log_message(self, *args: object) -> None:
        """Tests say what matters themselves."""

    def _pour(self) -> None:
        try:
            while True:
                self.wfile.write(b" " * 65_536)
        except OSError:
            self.close_connection = True


@contextmanager
def site() -> Iterator[tuple[str, list[str]]]:
    seen: list[str] = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bad", (Handler,), {"seen": seen}))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", seen
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_attack_A31_a_redirect_is_given_back_not_followed() -> None:
    with site() as (url, seen), JiraSession(Stamp()) as session:
        assert session.get(f"{url}/redirect").status_code == 302
        assert seen == ["/redirect"]


def test_fault_F31_an_endless_answer_is_cut_off() -> None:
    with site() as (url, _), JiraSession(Stamp()) as session, pytest.raises(AnswerTooLarge, match=str(ANSWER_BYTES)):
        session.get(f"{url}/endless", timeout=10)


def test_fault_F31_an_answer_that_breaks_off_is_a_failure() -> None:
    with site() as (url, _):
        gateway = JiraSite(url, Stamp())
        with gateway.session, pytest.raises(JiraUnavailable) as caught:
            gateway.myself()
        assert not caught.value.ambiguous


def test_fault_F28_a_connection_cut_after_the_comment_arrived_leaves_it_in_doubt() -> None:
    with site() as (url, seen):
        gateway = JiraSite(url, Stamp())
        with gateway.session, pytest.raises(JiraUnavailable) as caught:
            gateway.add_comment("ABC-1", COMMENT, marker="m", visibility=None)
        assert caught.value.ambiguous
        assert seen == ["/rest/api/3/issue/ABC-1/comment"]


def test_a_refused_connection_leaves_no_doubt() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    gateway = JiraSite(f"http://127.0.0.1:{port}", Stamp())
    with gateway.session, pytest.raises(JiraUnavailable) as caught:
        gateway.add_comment("ABC-1", COMMENT, marker="m", visibility=None)
    assert not caught.value.ambiguous


def test_attack_A31_a_name_that_leads_to_this_machine_gets_not_a_byte() -> None:
    with socket.create_server(("127.0.0.1", 0)) as inside:
        inside.settimeout(10)
        gateway = JiraSite(f"https://localhost:{inside.getsockname()[1]}", Stamp())
        with gateway.session, pytest.raises(JiraUnavailable) as caught:
            gateway.add_comment("ABC-1", COMMENT, marker="m", visibility=None)
        assert not caught.value.ambiguous
        assert isinstance(caught.value.__cause__, requests.ConnectionError)
        connection, _ = inside.accept()
        with connection:
            connection.settimeout(10)
            assert connection.recv(1) == b""
