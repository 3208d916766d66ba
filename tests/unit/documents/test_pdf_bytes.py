"""The file itself: the same bytes for ever, standards claimed, only our fonts, no warnings."""

import hashlib
import io
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pikepdf
import pytest
from structlog.testing import capture_logs

from plugin.documents.renderer import TypstRenderer, file_name
from plugin.domain.documents.model import DocumentKind, InvoiceDocument, Language
from plugin.domain.documents.snapshot import from_snapshot, to_snapshot
from plugin.services.renderer import Renderer
from tests.samples.documents import days_later, invoice
from tests.samples.pdf import font_names_of

ROOT = Path(__file__).parents[3]
renderer: Renderer = TypstRenderer()


def test_invariant_I6_the_same_document_gives_the_same_bytes() -> None:
    first = renderer.render(invoice())
    assert renderer.render(invoice()) == first
    assert first.sha256 == hashlib.sha256(first.content).hexdigest()
    assert first.media_type == "application/pdf"


def test_invariant_I6_a_new_compiler_in_a_new_thread_gives_the_same_bytes() -> None:
    found: list[bytes] = []
    thread = threading.Thread(target=lambda: found.append(renderer.render(invoice()).content))
    thread.start()
    thread.join()
    assert found == [renderer.render(invoice()).content]


def test_invariant_I6_a_new_process_gives_the_same_bytes_from_the_snapshot(tmp_path: Path) -> None:
    snapshot = tmp_path / "snapshot.json"
    snapshot.write_text(to_snapshot(invoice()), encoding="ascii")
    program = (
        "import sys; from pathlib import Path\n"
        "from plugin.documents.renderer import TypstRenderer\n"
        "from plugin.domain.documents.snapshot import from_snapshot\n"
        "print(TypstRenderer().render(from_snapshot(Path(sys.argv[1]).read_text())).sha256)"
    )
    other = subprocess.run(
        [sys.executable, "-c", program, snapshot], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert other.stdout.strip() == renderer.render(invoice()).sha256


def test_the_snapshot_renders_as_the_document_did() -> None:
    assert renderer.render(from_snapshot(to_snapshot(invoice()))) == renderer.render(invoice())


def test_another_document_gives_other_bytes() -> None:
    base = invoice()
    other = replace(base, issue_date=days_later(base, 1))
    assert renderer.render(other).sha256 != renderer.render(base).sha256


@pytest.mark.parametrize("language", list(Language))
def test_the_file_claims_pdf_a_3a_and_pdf_ua_1_names_itself_and_typst_has_no_warning(language: Language) -> None:
    with capture_logs() as logs:
        content = renderer.render(invoice(language=language)).content
    assert logs == []
    with pikepdf.open(io.BytesIO(content)) as document:
        with document.open_metadata() as metadata:
            claims = {key: metadata.get(key) for key in ("pdfaid:part", "pdfaid:conformance", "pdfuaid:part")}
            title = metadata.get("dc:title")
        assert claims == {"pdfaid:part": "3", "pdfaid:conformance": "A", "pdfuaid:part": "1"}
        assert title is not None
        assert "INV-2026-0042" in str(title)
        assert str(document.Root.Lang) == language.value
        assert bool(document.Root.MarkInfo.Marked)
        assert str(document.docinfo["/CreationDate"]).startswith("D:20261102")


def test_fonts_are_the_shipped_ones() -> None:
    names = font_names_of(renderer.render(invoice()).content)
    assert names
    assert all(name.startswith("Noto") for name in names)


@pytest.mark.parametrize("kind", [DocumentKind.CREDIT_NOTE, DocumentKind.RECEIPT])
def test_typst_has_no_warning_about_another_document(kind: DocumentKind) -> None:
    with capture_logs() as logs:
        renderer.render(invoice(kind=kind))
    assert logs == []


def test_a_fork_of_a_process_that_made_pdfs_refuses_instead_of_hanging() -> None:
    program = (
        "import os, signal\n"
        "from plugin.documents.renderer import TypstRenderer\n"
        "from plugin.domain.errors import DunlinError\n"
        "from tests.samples.documents import invoice\n"
        "TypstRenderer().render(invoice())\n"
        "if os.fork() == 0:\n"
        "    signal.alarm(60)\n"
        "    try:\n"
        "        TypstRenderer().render(invoice())\n"
        "    except DunlinError as error:\n"
        "        os._exit(7 if 'after the fork' in error.sentence else 8)\n"
        "    os._exit(9)\n"
        "print(os.waitstatus_to_exitcode(os.wait()[1]))"
    )
    run = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "7"


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (invoice(), "invoice-INV-2026-0042.pdf"),
        (invoice(number=None), "invoice-draft.pdf"),
        (invoice(number="CN/7", kind=DocumentKind.CREDIT_NOTE), "credit-note-CN-7.pdf"),
        (invoice(number='a"\r\nX: y'), "invoice-a-X-y.pdf"),
        (invoice(number="../../etc/passwd"), "invoice-etc-passwd.pdf"),
        (invoice(number="№ ÄÖ"), "invoice-document.pdf"),
    ],
)
def test_attack_A68_file_names_are_plain(document: InvoiceDocument, expected: str) -> None:
    assert file_name(document) == expected
