"""Supplies Atlassian's own schema of Connect modules for the tests of the descriptor. Standard library only.

It stands in a package for Forge manifests, is not ours to pass on, and is therefore fetched and never committed. Of the
package (90 MB with what it needs) only the one file is taken, without installing anything.
"""

import base64
import hashlib
import subprocess
import tarfile
import tempfile
from pathlib import Path

from tools.steps import VAR, SetupFailed, environment, long_run, one_at_a_time, say

PACKAGE = "@forge/manifest@13.7.0"
INTEGRITY = "sha512-H2wz7OUjXmAes2ihPJecf9FHmeL0NTbUuuTUq7WNnmopuYPdxXc0DrPHs4tQgcOfDaUOh7EorCguF5EIyZ0UFQ=="
MEMBER = "package/out/schema/manifest-schema.json"
STORED = VAR / "conformance" / "manifest-schema-13.7.0.json"
NOT_CHECKED = "the descriptor is NOT held against Atlassian's schema of Connect modules: npm could not fetch it"


def supply_connect_schema() -> Path | None:
    """The file with the schema; None, with a sentence, where it cannot be had."""
    if STORED.is_file():
        return STORED
    with one_at_a_time(), tempfile.TemporaryDirectory() as folder:
        try:
            pack = ["npm", "pack", PACKAGE, "--silent", "--pack-destination", folder]
            long_run("Atlassian's schema of Connect modules", pack, env=environment())
            (packed,) = Path(folder).glob("*.tgz")
            take_schema(packed, STORED)
        except (SetupFailed, OSError, subprocess.SubprocessError) as error:
            say(f"  npm gave no schema: {str(error).splitlines()[-1]}")
            return None
    return STORED


def take_schema(packed: Path, stored: Path, *, integrity: str = INTEGRITY) -> None:
    """Takes the schema out of a package whose hash is the one known. Raises SetupFailed for any other."""
    digest = base64.b64encode(hashlib.sha512(packed.read_bytes()).digest()).decode()
    if f"sha512-{digest}" != integrity:
        raise SetupFailed(f"{packed.name} is not the {PACKAGE} that we know; nothing of it was used")
    with tarfile.open(packed) as archive:
        member = archive.extractfile(MEMBER)
        if member is None:
            raise SetupFailed(f"{PACKAGE} has no {MEMBER}")
        content = member.read()
    stored.parent.mkdir(parents=True, exist_ok=True)
    # Whole or not at all: another run may look at the same time.
    half = stored.with_suffix(".half")
    half.write_bytes(content)
    half.replace(stored)
