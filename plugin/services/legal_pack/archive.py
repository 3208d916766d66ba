"""An archive whose bytes follow from its files alone: fixed order, fixed dates, with a manifest of digests."""

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping

EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest date that the format knows; when a file was made stands in the manifest's own facts, if anywhere."""
MANIFEST = "manifest.json"


def archive(files: Mapping[str, bytes], facts: Mapping[str, object]) -> bytes:
    """The ZIP of these files by name, and ``manifest.json`` with ``facts`` and the SHA-256 of each file."""
    digests = {name: hashlib.sha256(files[name]).hexdigest() for name in sorted(files)}
    manifest = json.dumps({**facts, "files": digests}, indent=2, sort_keys=True, ensure_ascii=False)
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, content in sorted({**files, MANIFEST: manifest.encode()}.items()):
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            entry.external_attr = 0o644 << 16
            zipped.writestr(entry, content, compresslevel=6)
    return kept.getvalue()
