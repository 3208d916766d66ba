"""``python -m sandbox``: the pretend world of the demo, until Ctrl-C."""

import argparse
import os
import signal
import sys
import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from sandbox.demo import Demo
from sandbox.options import Options


def main(arguments: Sequence[str]) -> int:
    """Starts everything, prints the addresses, waits. Exit status 0 after SIGINT or SIGTERM."""
    try:
        options = _options(arguments)
    except ValueError as error:
        print(f"sandbox: {error}", file=sys.stderr)
        return 2
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    with Demo(options) as demo:
        for line in demo.addresses():
            print(line, flush=True)
        demo.install_when_it_answers()
        ended.wait()
    return 0


def _options(arguments: Sequence[str]) -> Options:
    options = Options.from_environment(os.environ)
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    parser.add_argument("--port", type=int, default=options.port, help="of the main site")
    parser.add_argument("--second-port", type=int, default=options.second_port, help="of the second site; 0: none")
    parser.add_argument("--smtp-port", type=int, default=options.smtp_port)
    parser.add_argument("--app-url", default=options.app_url, help="the app to install")
    parser.add_argument("--clock-file", type=Path, default=options.clock_file)
    parser.add_argument("--state", type=Path, default=options.state, help="folder that remembers the world")
    return replace(options, **vars(parser.parse_args(arguments)))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
