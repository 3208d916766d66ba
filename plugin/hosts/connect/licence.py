"""Whether a site's licence is valid, as Jira says with each page load. The address is signed: nobody else says it."""

import json
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qsl

from plugin.hosts.connect.descriptor import DESCRIPTOR_FILE
from plugin.hosts.ports import HostRequest

LicenceReader = Callable[[HostRequest], bool | None]
"""True for a valid licence, False for a lapsed one, None where the request says nothing of it."""


def licence_reader(file: Path = DESCRIPTOR_FILE) -> LicenceReader:
    """How to read it: of an app that costs nothing Jira says ``lic=none`` for ever, which means nothing."""
    descriptor = json.loads(file.read_text(encoding="utf-8"))
    return licence_of_page if descriptor["enableLicensing"] else says_nothing


def licence_of_page(request: HostRequest) -> bool | None:
    """What ``lic`` says; anything but one ``active`` is no licence."""
    said = [value for name, value in parse_qsl(request.query, keep_blank_values=True) if name == "lic"]
    return said == ["active"] if said else None


def says_nothing(_request: HostRequest) -> bool | None:
    """An app without licences."""
    return None
