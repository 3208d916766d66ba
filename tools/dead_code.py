"""What nobody calls: vulture over the product, with the templates as callers and the tests not.

Fields and enum members are left out: vulture cannot see that a database, a template or JSON reads them. Exceptions
stand in ``[tool.vulture]`` of pyproject.toml, each with its reason.
"""

import re
import sys
import tomllib
from pathlib import Path

from vulture.core import Vulture

ROOT = Path(__file__).resolve().parent.parent
PRODUCT = ("plugin", "worker", "tools")
WITH_TESTS = ("plugin", "worker", "sandbox", "tools", "bench", "tests")
KINDS = ("class", "function", "import", "method", "property", "unreachable_code")
NEVER_CALLED = 60


def main() -> int:
    """Prints each finding; 1 if there is any."""
    found = {*unused(PRODUCT, within=("plugin", "worker", "tools")), *unused(WITH_TESTS, within=("sandbox",))}
    for line in sorted(found):
        print(line)
    return int(bool(found))


def unused(callers: tuple[str, ...], *, within: tuple[str, ...]) -> list[str]:
    """Findings in some folders, where only the folders of ``callers`` and the templates count as callers."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        config = tomllib.load(file)["tool"]["vulture"]
    names = [*config["ignore_names"], *_names_in_templates()]
    vulture = Vulture(ignore_names=names, ignore_decorators=config["ignore_decorators"])
    vulture.scavenge([str(ROOT / folder) for folder in callers if (ROOT / folder).is_dir()])
    return [
        f"{item.filename.relative_to(ROOT)}:{item.first_lineno}: nobody uses the {item.typ} '{item.name}'"
        for item in vulture.get_unused_code(min_confidence=NEVER_CALLED)
        if item.typ in KINDS and item.filename.relative_to(ROOT).parts[0] in within
    ]


def _names_in_templates() -> set[str]:
    templates = [path for path in (ROOT / "templates").rglob("*") if path.is_file()]
    return {
        name
        for path in templates
        for name in re.findall(r"[A-Za-z_]\w+", path.read_text(encoding="utf-8", errors="ignore"))
    }


if __name__ == "__main__":
    sys.exit(main())
