"""Typst, kept warm: one compiler a thread, since two threads on one fail ("Already borrowed").

A process that has made a document must not fork and make another in the child: Typst's own threads do not survive the
fork, and the child would wait for them for ever. So a child of such a process refuses at once.
"""

import json
import os
import threading
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Final

import typst

from plugin.documents.pdf.fonts import fonts
from plugin.documents.pdf.places import ENTRY, PACKAGES, TEMPLATES
from plugin.documents.pdf.printable import Json
from plugin.domain.errors import DunlinError, Permanent

LARGE: Final = 150
"""Lines from which on a document's intermediate results are dropped after it; ten such would hold some 700 MB."""
GENERATIONS: Final = 11
"""Typst forgets a result that the last ten compilations did not ask for."""

_of_thread = threading.local()
_used_by: set[int] = set()


@dataclass(frozen=True, slots=True)
class Compiled:
    """A PDF and what Typst had to say about it; an unknown font, for one, is only a warning."""

    content: bytes
    warnings: tuple[str, ...]


def compile_pdf(page: Json, *, issued: date, entry: Path = ENTRY) -> Compiled:
    """The page data as a tagged PDF/A-3a and PDF/UA-1.

    The file's date is the issue date at midnight UTC, so that equal data give equal bytes.
    Raises ``Permanent`` when Typst refuses; there is no second attempt without the standards.
    """
    stamp = datetime.combine(issued, time(), tzinfo=UTC)
    try:
        content, warnings = _compiler(entry).compile_with_warnings(
            format="pdf",
            sys_inputs={"data": json.dumps(page, ensure_ascii=False)},
            pdf_standards=["a-3a", "ua-1"],
            timestamp=int(stamp.timestamp()),
        )
    except typst.TypstError as error:
        raise Permanent(
            f"The PDF could not be made: {error.message}. The document is parked; look at its texts."
        ) from error
    if not isinstance(content, bytes):
        raise Permanent("The PDF could not be made: Typst gave no single file. The document is parked.")
    return Compiled(content, tuple(warning.message for warning in warnings))


def forget_large_document(lines: int) -> None:
    """Gives memory back after a document of many lines (some 70 ms); nothing happens after a small one.

    Typst's cache belongs to the process, so a new compiler frees nothing; tiny compilations push the old results out.
    """
    if lines >= LARGE:
        for _ in range(GENERATIONS):
            typst.compile(b"x", font_paths=fonts())


def _compiler(entry: Path) -> typst.Compiler:
    _used_by.add(os.getpid())
    if len(_used_by) > 1:
        raise DunlinError("This process was forked from one that had made a PDF; make the first one after the fork.")
    compilers: dict[Path, typst.Compiler] = _of_thread.__dict__.setdefault("compilers", {})
    if entry not in compilers:
        compilers[entry] = _fresh(entry)
    return compilers[entry]


def _fresh(entry: Path) -> typst.Compiler:
    """The templates name no packages: the folder for them need not exist, and nothing comes from the network."""
    return typst.Compiler(
        input=str(entry),
        root=str(TEMPLATES),
        font_paths=fonts(),
        package_path=str(PACKAGES),
        package_cache_path=str(PACKAGES),
    )
