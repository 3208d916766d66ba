"""Looking a message up: a clear answer, or none."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest

from plugin.channels.email.evidence import HttpEvidence
from plugin.embedded import free_port
from plugin.services.effects.evidence import Finding
from sandbox import Mailbox, PretendJira

ANSWERS = {
    "<found@x>": (200, {"count": 1}),
    "<twice@x>": (200, {"count": 2}),
    "<absent@x>": (200, {"count": 0}),
    "<away@x>": (503, {"count": 0}),
    "<moved@x>": (302, {"count": 0}),
    "<odd@x>": (200, {"number": 1}),
    "<text@x>": (200, "count"),
}


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        (wanted,) = parse_qs(urlsplit(self.path).query)["message_id"]
        status, answer = ANSWERS[wanted]
        body = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: object) -> None:
        """Keeps the test's output clean."""


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/messages"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("message_id", "finding"),
    [
        ("<found@x>", Finding.FOUND),
        ("<twice@x>", Finding.FOUND),
        ("<absent@x>", Finding.ABSENT),
        ("<away@x>", Finding.UNOBTAINABLE),
        ("<moved@x>", Finding.UNOBTAINABLE),
        ("<odd@x>", Finding.UNOBTAINABLE),
        ("<text@x>", Finding.UNOBTAINABLE),
    ],
)
def test_only_a_clear_answer_counts(url: str, message_id: str, finding: Finding) -> None:
    assert HttpEvidence(url).look(message_id) is finding


def test_a_source_that_is_away_is_unobtainable() -> None:
    assert HttpEvidence(f"http://127.0.0.1:{free_port()}/x").look("<a@x>") is Finding.UNOBTAINABLE


def test_the_pretend_mailbox_answers_as_documented() -> None:
    with Mailbox() as box, PretendJira(mailbox=box) as jira:
        source = HttpEvidence(f"{jira.base_url}/mailbox/api/messages")
        assert source.look("<never@x>") is Finding.ABSENT
        box.evidence = False
        assert source.look("<never@x>") is Finding.UNOBTAINABLE
