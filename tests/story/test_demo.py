"""``dunlin demo`` as a person starts it: pages, time machine, reset, Ctrl-C, and once more on the same folder."""

import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from tests.support.demo import READY, DemoProcess, survivors
from tests.support.processes import until

SECONDS_TO_COME_BACK = 30.0
"""Generous for a busy machine; ``make bench`` holds it against the real target."""
A_MINUTE_LOST = 30.0
"""What is woken and not planned is due again a minute later, and the page waits for it."""
SECONDS_TO_END = 15.0
PROCESSES = 8
"""Supervisor, Valkey, pretend Jira, web and its two workers, worker, clock."""
MOST_LEAPS = 8
"""As the page leaps: what is due may wait for something, then on to what is due after it."""


def now(demo: DemoProcess) -> datetime:
    return datetime.fromisoformat(demo.pulse()["now"])


def look_at_the_pages(demo: DemoProcess) -> None:
    """The printed addresses, and the app's page in the frame that the pretend Jira would open."""
    printed = [line.split()[-1] for line in demo.said if "http://" in line]
    assert printed[-3:] == [f"{demo.url}/", f"{demo.url}/mailbox/", f"{demo.service}/readyz"]
    front, mailbox, ready = (demo.get(url) for url in printed[-3:])
    assert "/browse/" in front.url
    assert "Heron &amp; Vale" in front.text
    assert "INV-" in mailbox.text
    assert ready.json()["ok"] is True
    frame = demo.get(f"{demo.url}/_host/frame", module="project", project="BRW").json()
    assert "<title>Billing</title>" in demo.get(frame["url"]).text


def go_to_the_next_mail(demo: DemoProcess) -> None:
    """What "Next follow-up" does: time goes on to a day of its own, and a reminder lies in the mailbox."""
    began, mails = now(demo), demo.pulse()["mail_count"]
    for _ in range(MOST_LEAPS):
        walk = demo.press("clock/next")
        assert (walk["settled"], walk["message"]) == (True, "")
        assert walk["waited_s"] < A_MINUTE_LOST
        if demo.pulse()["mail_count"] > mails:
            break
    assert demo.pulse()["mail_count"] > mails
    assert timedelta(0) < now(demo) - began < timedelta(days=30)
    assert "INV-" in demo.get(f"{demo.url}/mailbox/{demo.pulse()['last_mail']}").text


def reset(demo: DemoProcess, beginning: dict[str, Any]) -> None:
    """The world of the beginning is back, at the machine's present, while the pages stayed open."""
    demo.press("reset")
    demo.until_printed(READY, times=2)
    until(lambda: bool(demo.pulse()["ready"]), what="the pages go on")
    again = demo.pulse()
    assert (again["mail_count"], again["comments"]) == (beginning["mail_count"], beginning["comments"])
    assert datetime.fromisoformat(again["now"]) - datetime.fromisoformat(beginning["now"]) < timedelta(hours=1)


def end(demo: DemoProcess) -> None:
    """Ctrl-C ends the supervisor well and soon, and nobody is left behind: no worker, no server of the queue."""
    family = demo.family()
    assert len(family) >= PROCESSES
    began = time.monotonic()
    assert demo.interrupt() == 0
    assert time.monotonic() - began < SECONDS_TO_END
    assert survivors(family) == []


def test_the_demo_moves_time_resets_ends_and_goes_on_the_next_time(tmp_path: Path) -> None:
    with DemoProcess(tmp_path / "var") as demo:
        look_at_the_pages(demo)
        beginning = demo.pulse()
        walk = demo.press("clock/walk", days=1)
        assert (walk["settled"], round(walk["days"])) == (True, 1)
        assert now(demo) - datetime.fromisoformat(beginning["now"]) > timedelta(hours=23)
        reset(demo, beginning)
        look_at_the_pages(demo)
        end(demo)
    with DemoProcess(tmp_path / "var", jira_port=demo.jira_port) as demo:
        assert demo.seconds_to_start < SECONDS_TO_COME_BACK
        assert not any("Living through" in line for line in demo.said)
        look_at_the_pages(demo)
        go_to_the_next_mail(demo)
        demo.hang_the_web()
        end(demo)
