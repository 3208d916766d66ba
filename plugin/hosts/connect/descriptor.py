"""Serves the Connect descriptor: the file at the project's root, with the address of this service filled in."""

import json
from pathlib import Path

APP_KEY = "com.dunlin.jira"
DESCRIPTOR_FILE = Path(__file__).resolve().parents[3] / "atlassian-connect.json"


def descriptor_bytes(base_url: str, *, file: Path = DESCRIPTOR_FILE) -> bytes:
    """The descriptor as JSON in UTF-8, with ``baseUrl`` and every absolute address of ours under ``base_url``."""
    descriptor = json.loads(file.read_text(encoding="utf-8"))
    own = base_url.rstrip("/")
    descriptor["baseUrl"] = own
    descriptor["links"]["self"] = f"{own}/atlassian-connect.json"
    return json.dumps(descriptor, indent=2).encode()
