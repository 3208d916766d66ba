"""``python -m sandbox.smoke``: the last line is one JSON object; exit status 0 only if all figures are right."""

import json
import sys

from plugin.clock import monotonic
from sandbox.smoke.plot import MOST_SECONDS, START
from sandbox.smoke.story import Smoke
from sandbox.stage import Stage

KEYS = (
    "worklogs",
    "seconds_logged",
    "seconds_billed",
    "invoices",
    "lines",
    "net_minor",
    "tax_minor",
    "gross_minor",
    "pdf_bytes",
    "steps_planned",
    "mails_accepted",
    "history_comments",
    "payments",
    "duplicates",
    "after_payment",
)


def main() -> int:
    """Runs the story and prints its figures; an error still leaves the JSON as the last line of the output."""
    began, figures, ok = monotonic(), dict.fromkeys(KEYS, 0), False
    try:
        with Stage(start=START) as stage:
            smoke = Smoke(stage)
            figures = smoke.run()
        elapsed = monotonic() - began
        smoke.checks.equal(f"done within {MOST_SECONDS} s", elapsed <= MOST_SECONDS, True)
        ok = smoke.checks.ok
    finally:
        elapsed = round(monotonic() - began, 1)
        print(json.dumps({key: figures[key] for key in KEYS} | {"elapsed_s": elapsed, "ok": ok}))
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
