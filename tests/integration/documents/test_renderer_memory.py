"""A lasting renderer keeps its size: large documents do not pile up in the engine's cache."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
PROGRAM = """
import resource
from plugin.documents.renderer import TypstRenderer
from tests.samples.documents import invoice, line

def megabytes():
    return int(open("/proc/self/statm").read().split()[1]) * resource.getpagesize() // 2**20

sizes = []
for number in range(6):
    rows = [line(place, f"Support {number} {place}", 100, 100 + number) for place in range(1, 401)]
    TypstRenderer().render(invoice(rows))
    sizes.append(megabytes())
print(sizes[0], sizes[-1])
"""


def test_six_documents_of_400_lines_need_hardly_more_than_one() -> None:
    run = subprocess.run([sys.executable, "-c", PROGRAM], cwd=ROOT, capture_output=True, text=True, check=True)
    first, last = map(int, run.stdout.split())
    assert last - first < 60
    assert last < 400
