"""What the demo's world remembers: over a restart, and of the moment when its history had been lived."""

import pickle
import threading
from collections.abc import Sequence
from pathlib import Path

from sandbox.clock import OffsetFileClock
from sandbox.host.facts import guide_file, guide_of
from sandbox.mailbox.sink import Mailbox
from sandbox.pretend import PretendJira


class Memory:
    """Two files in ``folder``: the world as it is, and as it was at its beginning."""

    def __init__(self, folder: Path, sites: Sequence[PretendJira], mailbox: Mailbox, clock: OffsetFileClock) -> None:
        self._sites = sites
        self._mailbox = mailbox
        self._clock = clock
        self._folder = folder
        self._file = folder / "world.pickle"
        self._first = folder / "beginning.pickle"
        self._writing = threading.Lock()
        self._saved: object = None

    def save(self) -> None:
        """Writes the world, if it changed since."""
        with self._writing:
            version = self._version()
            if version == self._saved:
                return
            self._write(self._file)
            self._saved = version

    def recall(self) -> bool:
        """Takes the world from its file; whether there was one."""
        return self._read(self._file)

    def keep(self) -> None:
        """From here on everything counts: this is the world that ``restore`` brings back, and the guide begins."""
        with self._writing:
            for jira in self._sites:
                guide_of(jira.site, self._mailbox, [], guide_file(self._folder, jira.site)).begin()
            self._write(self._first)

    def restore(self) -> bool:
        """Brings the kept world back, at the machine's present; whether one was kept. Pages stay open meanwhile."""
        with self._writing:
            if not self._read(self._first):
                return False
            for jira in self._sites:
                jira.webhooks.pending.clear()
                jira.faults.clear()
            self._clock.reset()
            self._write(self._file)
            return True

    def _write(self, path: Path) -> None:
        kept = {
            "sites": [(jira.world.export(), jira.site.installation, jira.site.client_key) for jira in self._sites],
            "mailbox": self._mailbox.mails,
        }
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(".draft")
        draft.write_bytes(pickle.dumps(kept))
        draft.replace(path)

    def _read(self, path: Path) -> bool:
        if not path.is_file():
            return False
        kept = pickle.loads(path.read_bytes())
        for jira, (world, installation, client_key) in zip(self._sites, kept["sites"], strict=False):
            jira.world.restore(world)
            jira.site.installation = installation
            jira.site.client_key = client_key
        self._mailbox.restore(kept["mailbox"])
        self._saved = self._version()
        return True

    def _version(self) -> object:
        sites = [(jira.world.version, jira.site.installation, jira.site.client_key) for jira in self._sites]
        return repr([sites, len(self._mailbox.mails)])
