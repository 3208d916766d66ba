"""What has grown large enough to think again: files over 300 lines, functions over 40. A report, not a refusal."""

import ast
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from tools.steps import ROOT

FOLDERS = ("plugin", "worker", "sandbox", "tools", "tests", "bench")
FILE_LINES = 300
FUNCTION_LINES = 40


def report(root: Path = ROOT) -> list[str]:
    """One line for each large file and function, and a last line with the medians."""
    files = [path for folder in FOLDERS for path in sorted((root / folder).rglob("*.py")) if path.stat().st_size]
    files = [path for path in files if "versions" not in path.parts]  # a migration is as long as its tables are many
    large, file_lines, function_lines = [], [], []
    for path in files:
        name = path.relative_to(root).as_posix()
        text = path.read_text(encoding="utf-8")
        length = text.count("\n")
        file_lines.append(length)
        if length > FILE_LINES:
            large.append(f"{name}: {length} lines")
        for function, lines in _functions(ast.parse(text)):
            function_lines.append(lines)
            if lines > FUNCTION_LINES:
                large.append(f"{name}: {function} has {lines} lines")
    middle = f"median file {median(file_lines or [0]):.0f} lines, median function {median(function_lines or [0]):.0f}"
    return [*large, f"{len(files)} files, {middle}"]


def _functions(tree: ast.Module) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno is not None:
            yield node.name, node.end_lineno - node.lineno + 1
