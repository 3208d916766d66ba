"""The mail provider of the pretend world: what clients answer is handed to the app, whole and signed."""

import hashlib
import hmac
import json
import time
from dataclasses import dataclass
from pathlib import Path

import requests

FILE = "provider.json"
PATIENCE = 20.0


@dataclass(frozen=True, slots=True)
class Provider:
    """Where the app takes mail, and the secret that it gave its provider."""

    address: str
    secret: str

    def keep(self, folder: Path) -> None:
        """Tells the pretend world, in a file of its state."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / FILE).write_text(json.dumps({"address": self.address, "secret": self.secret}), encoding="utf-8")

    def hand_over(self, raw: bytes) -> int:
        """Posts a mail, and gives the app's status. The stamp is real time: a signature is not for tomorrow."""
        stamp = str(int(time.time()))
        digest = hmac.new(self.secret.encode(), stamp.encode() + b"." + raw, hashlib.sha256).hexdigest()
        headers = {"X-Dunlin-Timestamp": stamp, "X-Dunlin-Signature": digest, "Content-Type": "message/rfc822"}
        return requests.post(self.address, data=raw, headers=headers, timeout=PATIENCE).status_code


def provider_of(folder: Path) -> Provider | None:
    """The provider, where the app has named one."""
    try:
        known = json.loads((folder / FILE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return Provider(known["address"], known["secret"])
