"""Atlassian's npm package ``atlassian-jwt`` behind a pipe: an oracle that shares neither code nor language with us."""

import json
import os
import shutil
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Self

import pytest

SCRIPT = Path(__file__).with_suffix(".cjs")
PACKAGE = Path(__file__).parents[2] / "frontend" / "node_modules" / "atlassian-jwt"
NOT_CHECKED = "CONFORMANCE NOT CHECKED: node or the package atlassian-jwt is not here; `make setup` brings both"


class Oracle:
    """A process of Node that answers one question after the other."""

    def __init__(self, node: str) -> None:
        self._process = subprocess.Popen(
            [node, SCRIPT, PACKAGE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.communicate(timeout=10)

    def canonical(self, method: str, url: str, *, base: str) -> str:
        """The canonical request; ``base`` is the address below which it is."""
        return str(self._ask("canonical", method=method, url=url, base=base))

    def hash(self, method: str, url: str, *, base: str) -> str:
        """The query string hash in hex."""
        return str(self._ask("hash", method=method, url=url, base=base))

    def sign(self, claims: dict[str, object], secret: str) -> str:
        """An HS256 token."""
        return str(self._ask("sign", claims=claims, secret=secret))

    def read(self, token: str, secret: str) -> object:
        """The claims of an HS256 token whose signature fits; AssertionError otherwise."""
        return self._ask("read", token=token, secret=secret)

    def _ask(self, ask: str, **given: object) -> object:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"ask": ask, **given}) + "\n")
        self._process.stdin.flush()
        said = json.loads(self._process.stdout.readline())
        assert "error" not in said, said
        answer: object = said["answer"]
        return answer


def new_oracle() -> Oracle:
    """Starts one. Where Node or the package is missing the test is skipped, loudly; in CI it fails."""
    node = shutil.which("node")
    if node is None or not PACKAGE.is_dir():
        (pytest.fail if os.environ.get("CI") else pytest.skip)(NOT_CHECKED)
    assert node is not None
    return Oracle(node)
