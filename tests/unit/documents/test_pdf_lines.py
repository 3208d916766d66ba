"""The table of lines: work named once, whatever number of people did it, and nothing of it lost on the way."""

import os
import subprocess
import sys
from pathlib import Path

from plugin.documents.renderer import TypstRenderer
from plugin.domain.documents.model import Line
from tests.samples.documents import invoice, line
from tests.samples.pdf import links_of, pages_of, text_of

ROOT = Path(__file__).resolve().parents[3]
ROLES = ("Lead", "Senior", "Developer", "Design")


def team_work(*, tasks: int, roles: int = 4) -> list[Line]:
    """Tasks of several roles each, at a price a role."""
    return [
        line(
            task * roles + number + 1,
            f"Task {task} of the month",
            25 * (task + 1),
            9_500 + 500 * number,
            detail=f"{ROLES[number % 4]} {task}",
            issue_keys=(f"WEB-{task}",),
        )
        for task in range(tasks)
        for number in range(roles)
    ]


def test_the_work_is_named_once_and_every_line_keeps_its_number_and_figures() -> None:
    lines = team_work(tasks=3)
    content = TypstRenderer().render(invoice(lines)).content
    text = text_of(content)
    for task in range(3):
        assert text.count(f"Task {task} of the month WEB-{task}") == 1
    for each in lines:
        amount = f"{each.amount_minor // 100}.{each.amount_minor % 100:02d}"
        price = f"{each.unit_price_minor // 100}.{each.unit_price_minor % 100:02d}"
        hours = f"{each.quantity_hundredths // 100}.{each.quantity_hundredths % 100:02d}"
        assert f"{each.position} {each.detail} {hours} h {price} 19% {amount}" in text
    assert [url.rpartition("/")[2] for url in links_of(content)] == ["WEB-0", "WEB-1", "WEB-2"]


def test_lines_that_only_look_alike_stay_apart() -> None:
    lines = [
        line(1, "Support", 100, 9_500, detail="Lead", issue_keys=("WEB-1",)),
        line(2, "Support", 100, 9_500, detail="Lead", issue_keys=("WEB-2",)),
        line(3, "Support", 100, 9_500, issue_keys=("WEB-2",)),
        line(4, "Travel", 100, 9_500, detail="Lead", issue_keys=("WEB-2",)),
        line(5, "Support", 100, 9_500, detail="Lead", issue_keys=("WEB-2",)),
    ]
    text = text_of(TypstRenderer().render(invoice(lines)).content)
    for words in ("1 Support WEB-1", "2 Support WEB-2", "3 Support WEB-2", "4 Travel WEB-2", "5 Support WEB-2"):
        assert words in text


def test_a_heading_never_stands_alone_at_the_foot_of_a_page() -> None:
    pages = pages_of(TypstRenderer().render(invoice(team_work(tasks=40, roles=3))).content)
    assert len(pages) > 2
    for task in range(40):
        (page,) = (page for page in pages if f"Task {task} of the month" in page)
        for number in range(3):
            assert f"{ROLES[number]} {task} " in page


def test_a_long_group_goes_on_under_its_heading_on_the_next_page() -> None:
    lines = team_work(tasks=1, roles=60)
    pages = pages_of(TypstRenderer().render(invoice(lines)).content)
    assert all("Task 0 of the month" in page for page in pages[:2])
    assert sum(page.count(" h ") for page in pages) == 60


def test_rendering_leaves_no_file_behind(tmp_path: Path) -> None:
    """In a process of its own, whose folder for passing things is empty before."""
    script = "from tests.samples.documents import invoice; from plugin.documents.renderer import TypstRenderer; "
    script += "print(len(TypstRenderer().render(invoice()).content))"
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    command = [sys.executable, "-c", script]
    ran = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=True)
    assert int(ran.stdout) > 10_000
    assert list(tmp_path.iterdir()) == []
