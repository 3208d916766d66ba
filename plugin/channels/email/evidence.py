"""Asks a mailbox or provider over HTTP whether it took a message: ``GET <url>?message_id=…`` gives ``{"count": n}``."""

import requests
from msgspec import DecodeError, Struct, ValidationError, json

from plugin.services.effects.evidence import Finding

TIMEOUT = (5.0, 20.0)
MOST_BYTES = 1_000_000


class _Answer(Struct):
    count: int


class HttpEvidence:
    """An ``EvidenceSource``. ``url`` is the whole address without the query."""

    def __init__(self, url: str) -> None:
        self._url = url

    def look(self, message_id: str) -> Finding:
        """Only a clear answer counts; anything else is as good as none."""
        try:
            with requests.get(
                self._url, params={"message_id": message_id}, timeout=TIMEOUT, allow_redirects=False, stream=True
            ) as response:
                if response.status_code != 200:
                    return Finding.UNOBTAINABLE
                answer = json.decode(response.raw.read(MOST_BYTES, decode_content=True), type=_Answer)
        except (requests.RequestException, OSError, DecodeError, ValidationError):
            return Finding.UNOBTAINABLE
        return Finding.FOUND if answer.count > 0 else Finding.ABSENT
