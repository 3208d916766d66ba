"""A client with a browser of its own: opens the links of its mails, fills in the forms it finds there."""

import re
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import urljoin

import requests

from sandbox.mailbox.mail import Mail

PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 Version/19.0 Mobile Safari/604.1"
LINK = re.compile(r"https?://\S+/c/[A-Za-z0-9_-]+(?:\?a=[a-z_]+)?")


class _Forms(HTMLParser):
    """Collects each form's address and the values of its fields."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.found.append((given.get("action", ""), {}))
        elif tag == "input" and self.found and given.get("name") and given.get("type") != "checkbox":
            self.found[-1][1][given["name"]] = given.get("value", "")


def links_of(mail: Mail) -> list[str]:
    """The addresses under a mail, in their order."""
    return LINK.findall(mail.text)


@dataclass
class ClientBrowser:
    """Sends what a person's browser sends; keeps no cookies, as none may be needed."""

    agent: str = PHONE

    def open(self, address: str, **headers: str) -> requests.Response:
        return requests.get(address, headers={"User-Agent": self.agent, **headers}, timeout=20)

    def look(self, address: str) -> requests.Response:
        """What the page's script does when somebody has looked for two seconds."""
        return requests.post(f"{address.partition('?')[0]}/seen", headers={"User-Agent": self.agent}, timeout=20)

    def forms(self, address: str) -> dict[str, tuple[str, dict[str, str]]]:
        """The answer forms of the page by kind: where they go, and what is in them."""
        reader = _Forms()
        reader.feed(self.open(address).text)
        origin = "/".join(address.split("/", 3)[:3])
        return {
            values["kind"]: (origin + action.partition("#")[0], values)
            for action, values in reader.found
            if "kind" in values
        }

    def answer(self, address: str, kind: str, **typed: str) -> requests.Response:
        """Fills in a form and sends it."""
        action, values = self.forms(address)[kind]
        return self.send(action, values | typed)

    def after(self, told: requests.Response) -> requests.Response:
        """The page to which an answer leads."""
        return self.open(urljoin(told.url, told.headers["Location"]))

    def send(self, action: str, values: dict[str, str]) -> requests.Response:
        return requests.post(action, data=values, headers={"User-Agent": self.agent}, timeout=20, allow_redirects=False)
