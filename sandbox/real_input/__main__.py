"""``python -m sandbox.real_input --time CSV --payments CSV``: the last line is one JSON object; exit 0 if all holds.

Ten years take many minutes; ``--projects N`` takes the N smallest projects only.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from plugin.clock import monotonic
from sandbox.real_input.run import run


def main(arguments: Sequence[str]) -> int:
    """Plays the campaign and prints progress, one line a check, and the figures."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.real_input", description=__doc__)
    parser.add_argument("--time", type=Path, required=True, help="logged time (CSV of the SiP shape)")
    parser.add_argument("--payments", type=Path, required=True, help="accounts-receivable history (CSV)")
    parser.add_argument("--projects", type=int, default=None, help="how many of the smallest projects; all by default")
    options = parser.parse_args(arguments)
    began = monotonic()
    figures = run(
        options.time,
        options.payments,
        projects=options.projects,
        say=lambda line: print(f"{monotonic() - began:7.0f} s  {line}", flush=True),
    )
    print(json.dumps(figures))
    return 0 if figures["ok"] else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
