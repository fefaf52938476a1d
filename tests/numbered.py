"""Releases that are numbered as they are made, and the question which of them is served."""

from __future__ import annotations

import hashlib
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import quote

from scograph.build.pipeline import Checked
from scograph.build.write import write_into
from tests.patience import patience

NUMBER = "SELECT ?n { <urn:example:this> <urn:example:number> ?n } #"
LARGE = 60_000  # quads, which take about half a second to load


class NumberedReleases:
    """A folder whose releases are numbered as they are made, so that a newer one has more."""

    def __init__(self, folder: Path, checked: Checked) -> None:
        assert checked.files is not None
        assert checked.manifest is not None
        self.folder, self._files, self._manifest = folder, checked.files, checked.manifest
        self.newest = 0
        self.good: set[int] = set()
        (folder / "releases").mkdir(parents=True)

    def path(self, number: int) -> Path:
        return self.folder / "releases" / str(number)

    @property
    def away(self) -> Path:
        return self.folder / f"{self.newest} away"

    def make(self, size: int = 0) -> None:
        """Make another release and point to it; one that was taken away comes back."""
        if self.away.exists():
            self.mend()
        self.newest += 1
        more = [f'<urn:example:this> <urn:example:number> "{self.newest}" .\n']
        more += [f'<urn:example:{i}> <urn:example:is> "{i}" .\n' for i in range(size)]
        dataset = self._files["dataset.nq"] + "".join(more).encode()
        files = {**self._files, "dataset.nq": dataset}
        digests = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
        named = {
            name: {"sha256": digests[name], "bytes": len(content)}
            for name, content in files.items()
        }
        manifest = {**self._manifest, "release": digests["dataset.nq"], "files": named}
        write_into(self.path(self.newest), files, manifest)
        self.good.add(self.newest)
        self.point()

    def point(self) -> None:
        link = self.folder / "releases" / "next"
        link.symlink_to(str(self.newest))
        link.replace(self.folder / "releases" / "current")

    def damage(self) -> None:
        """Make another release, of which one byte is wrong."""
        number = self.newest + 1
        self.make()
        self.good.discard(number)
        self._flip()

    def mend(self) -> None:
        """Mend the newest release in place."""
        if self.away.exists():
            self.away.rename(self.path(self.newest))
        elif self.newest not in self.good:
            self._flip()
        self.good.add(self.newest)

    def lose(self) -> None:
        """Take the newest release away; the link points nowhere."""
        if self.newest in self.good:
            self.path(self.newest).rename(self.away)
            self.good.discard(self.newest)

    def _flip(self) -> None:
        with (self.path(self.newest) / "dataset.nq").open("r+b") as file:
            first = file.read(1)
            file.seek(0)
            file.write(bytes([first[0] ^ 1]))


def asked(address: str, query: str) -> tuple[int, bytes]:
    wanted = urllib.request.Request(  # noqa: S310
        f"{address}/sparql?query={quote(query)}", headers={"Accept": "text/csv"}
    )
    try:
        with urllib.request.urlopen(wanted, timeout=patience("answer")) as answer:  # noqa: S310
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()
    except OSError:
        return 0, b""


def number(address: str, comment: object = "") -> int:
    """The number of the release that answers; 0 where none does."""
    status, content = asked(address, f"{NUMBER}{comment}")
    return int(content.split()[1]) if status == 200 else 0
