"""Page breaks: nothing is lost, heads repeat, the sums never stand alone."""

import pytest

from plugin.documents.renderer import TypstRenderer
from tests.samples.documents import invoice, line, work_lines
from tests.samples.pdf import pages_of, text_of

HEAD = "# Description Quantity Unit price VAT Amount (EUR)"


@pytest.mark.parametrize("count", [1, 4, 40, 600])
def test_pages_are_numbered_and_the_head_repeats(count: int) -> None:
    pages = pages_of(TypstRenderer().render(invoice(work_lines(count))).content)
    for number, page in enumerate(pages, start=1):
        assert f"Page {number} of {len(pages)}" in page
        assert (HEAD in page) == any(f"{row.position} {row.description}" in page for row in work_lines(count))
        assert ("Invoice INV-2026-0042" in page) or number == 1
    assert sum(page.count("Net total") for page in pages) == 1
    assert (len(pages) > 1) == (count > 4)


def test_all_600_lines_are_there_in_order() -> None:
    text = text_of(TypstRenderer().render(invoice(work_lines(600))).content)
    places = [text.index(f" {row.position} {row.description}") for row in work_lines(600)]
    assert places == sorted(places)


@pytest.mark.parametrize("count", range(15, 27))
def test_the_sums_stand_on_the_page_of_the_last_line(count: int) -> None:
    rows = [line(number, f"Support {number}.", 100, 100) for number in range(1, count + 1)]
    pages = pages_of(TypstRenderer().render(invoice(rows)).content)
    (with_sums,) = [page for page in pages if "Net total" in page]
    assert f"Support {count}." in with_sums


def test_a_description_of_many_pages_is_printed_whole() -> None:
    words = [f"w{number}x" for number in range(2_000)]
    rows = [line(1, " ".join(words), 100, 100), line(2, "z" * 10_000, 100, 100), line(3, "Last", 100, 100)]
    text = text_of(TypstRenderer().render(invoice(rows)).content)
    assert [word for word in words if word not in text] == []
    assert text.count("z") >= 10_000
    assert "3 Last" in text


def test_a_draft_without_lines_can_be_looked_at() -> None:
    assert "Net total €0.00" in text_of(TypstRenderer().render(invoice([], number=None)).content)
